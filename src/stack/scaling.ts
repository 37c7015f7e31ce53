import { expressionOf } from '../config/fields/schedule.ts';
import type { Config } from '../config/schema.ts';
import { resource } from '../engine/resource.ts';
import { scalableTarget } from '../resources/application-autoscaling/scalable-target.ts';
import type { TargetTracking } from '../resources/application-autoscaling/scaling-policy.ts';
import type { service } from '../resources/ecs/service.ts';
import type { StackInput } from './input.ts';
import type { NodeOf } from './node-of.ts';

/** What scales the service, where the config asks for it: its limits, target tracking and scheduled actions. */
export function scalingOf({ config, names }: StackInput, tasks: NodeOf<typeof service>) {
  const wanted = config.service.autoscaling;
  if (wanted === undefined) return [];
  const node = resource({
    id: 'scalable-target',
    kind: scalableTarget,
    needs: { tasks },
    props: () => ({
      resourceId: `service/${names.cluster}/${names.service}`,
      min: wanted.min,
      max: wanted.max,
      policies: {
        ...(wanted.cpu !== undefined && { cpu: tracking('ECSServiceAverageCPUUtilization', wanted.cpu) }),
        ...(wanted.memory !== undefined && {
          memory: tracking('ECSServiceAverageMemoryUtilization', wanted.memory),
        }),
      },
      scheduledActions: Object.fromEntries(
        wanted.schedule.map((action, index) => {
          const { timezone, min, max } = action;
          return [`schedule-${index + 1}`, { schedule: expressionOf(action), timezone, min, max }];
        }),
      ),
    }),
  });
  return [node];
}

/** The fewest and most tasks that the scaler may ever want, whatever the time; undefined where nothing scales. */
export function scaledCounts({ service: { autoscaling } }: Config): { min: number; max: number } | undefined {
  if (autoscaling === undefined) return undefined;
  const { min, max, schedule } = autoscaling;
  return {
    min: Math.min(min, ...schedule.map((action) => action.min ?? min)),
    max: Math.max(max, ...schedule.map((action) => action.max ?? max)),
  };
}

/** Tasks come a minute after the ones before them, and go five minutes after: a chat's clients pay for each that goes. */
function tracking(metric: TargetTracking['metric'], target: number): TargetTracking {
  return { metric, target, scaleOutCooldown: 60, scaleInCooldown: 300, disableScaleIn: false };
}
