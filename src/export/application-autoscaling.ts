import { scalableTarget } from '../resources/application-autoscaling/scalable-target.ts';
import { block, link } from './hcl.ts';
import { mapping, nameOf, type Exported, type Mapping } from './mapping.ts';

const dimension = { service_namespace: 'ecs', scalable_dimension: 'ecs:service:DesiredCount' };

/** What sets the number of tasks: the target, its policies and its scheduled actions. */
export const applicationAutoScaling: Mapping[] = [
  mapping(scalableTarget, ({ attrs, name, tags }) => {
    const id = `ecs/${attrs.resourceId}/${dimension.scalable_dimension}`;
    const about = { ...dimension, resource_id: link(attrs.resourceId, 'aws_appautoscaling_target') };
    return [
      {
        type: 'aws_appautoscaling_target',
        name,
        importId: id,
        known: { [attrs.resourceId]: 'resource_id' },
        body: {
          ...dimension,
          resource_id: attrs.resourceId,
          min_capacity: attrs.min,
          max_capacity: attrs.max,
          tags: tags(),
        },
      },
      ...Object.entries(attrs.policies).map(
        ([policy, { metric, target, scaleOutCooldown, scaleInCooldown, disableScaleIn }]): Exported => ({
          type: 'aws_appautoscaling_policy',
          name: nameOf(name, policy),
          importId: `${id}/${policy}`,
          body:
            metric === 'other'
              ? undefined
              : {
                  name: policy,
                  policy_type: 'TargetTrackingScaling',
                  ...about,
                  target_tracking_scaling_policy_configuration: block({
                    target_value: target,
                    scale_out_cooldown: scaleOutCooldown,
                    scale_in_cooldown: scaleInCooldown,
                    disable_scale_in: disableScaleIn,
                    predefined_metric_specification: block({ predefined_metric_type: metric }),
                  }),
                },
        }),
      ),
      ...Object.entries(attrs.scheduledActions).map(([action, { schedule, timezone, min, max }]) => ({
        type: 'aws_appautoscaling_scheduled_action',
        name: nameOf(name, action),
        importId: undefined,
        comment: 'The provider imports no scheduled actions: it writes this one over the same one.',
        body: {
          name: action,
          ...about,
          schedule,
          timezone,
          scalable_target_action: block({ min_capacity: min, max_capacity: max }),
        },
      })),
    ];
  }),
];
