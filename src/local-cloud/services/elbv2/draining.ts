import type { LocalCloud } from '../../cloud.ts';
import type { StoredTargetGroup } from './state.ts';

/** Takes the deregistered targets out of a group that the load balancer has drained since. */
export function pruneDrained({ dataPlane }: LocalCloud, group: StoredTargetGroup): void {
  for (const [id, { draining }] of group.targets) {
    if (draining && dataPlane.balancer.health(group.TargetGroupArn, id) === undefined)
      group.targets.delete(id);
  }
}
