import type { AttrsOf } from '../engine/resource.ts';
import type { loadBalancer } from '../resources/elbv2/load-balancer.ts';
import type { targetGroup } from '../resources/elbv2/target-group.ts';
import type { NodeOf } from './node-of.ts';

interface Front {
  balancer: NodeOf<typeof loadBalancer>;
  targets: NodeOf<typeof targetGroup>;
  /** Of blue/green deployments. */
  alternate: NodeOf<typeof targetGroup> | undefined;
}

/** What every listener that forwards to the tasks needs, and the properties that follow from it. */
export function forwarding({ balancer, targets, alternate }: Front) {
  const needs = { balancer, targets, other: alternate ?? targets };
  return {
    needs,
    props: (attrs: AttrsOf<typeof needs>) => ({
      loadBalancerArn: attrs.balancer.arn,
      targetGroupArn: attrs.targets.arn,
      alternateTargetGroupArn: alternate && attrs.other.arn,
    }),
  };
}

export type Forwarding = ReturnType<typeof forwarding>;
