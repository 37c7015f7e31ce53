import type { Service } from '@aws-sdk/client-ecs';

/** The ARNs of the target groups that tasks of a service can be in: none, one, or with blue/green deployments two. */
export function targetGroupsOf({ loadBalancers = [] }: Service): string[] {
  return loadBalancers
    .flatMap((one) => [one.targetGroupArn, one.advancedConfiguration?.alternateTargetGroupArn])
    .filter((arn) => arn !== undefined);
}
