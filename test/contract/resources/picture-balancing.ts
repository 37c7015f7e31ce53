import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../../src/aws/cloud.ts';

/** Load balancers with their listeners, and target groups. */
export async function balancingPicture({ elbv2 }: Cloud) {
  const [balancers, groups] = await Promise.all([
    elbv2.send(new DescribeLoadBalancersCommand({})),
    elbv2.send(new DescribeTargetGroupsCommand({})),
  ]);
  const groupNames = new Map(groups.TargetGroups!.map((one) => [one.TargetGroupArn, one.TargetGroupName]));
  return {
    loadBalancers: await Promise.all(
      balancers.LoadBalancers!.map(async (one) => {
        const { LoadBalancerArn } = one;
        const [attributes, listeners] = await Promise.all([
          elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn })),
          elbv2.send(new DescribeListenersCommand({ LoadBalancerArn })),
        ]);
        return {
          name: one.LoadBalancerName,
          type: one.Type,
          scheme: one.Scheme,
          subnets: one.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
          securityGroups: one.SecurityGroups,
          idleTimeout: valueOf(attributes.Attributes, 'idle_timeout.timeout_seconds'),
          deletionProtection: valueOf(attributes.Attributes, 'deletion_protection.enabled'),
          listeners: listeners.Listeners!.map(({ Port, Protocol, DefaultActions }) => ({
            port: Port,
            protocol: Protocol,
            action: DefaultActions?.[0]?.Type,
            targets: groupNames.get(DefaultActions?.[0]?.TargetGroupArn),
          })),
        };
      }),
    ),
    targetGroups: await Promise.all(
      groups.TargetGroups!.map(async (one) => {
        const { Attributes } = await elbv2.send(
          new DescribeTargetGroupAttributesCommand({ TargetGroupArn: one.TargetGroupArn }),
        );
        return {
          name: one.TargetGroupName,
          vpc: one.VpcId,
          targetType: one.TargetType,
          protocol: one.Protocol,
          port: one.Port,
          healthCheck: [
            one.HealthCheckPath,
            one.Matcher?.HttpCode,
            one.HealthCheckIntervalSeconds,
            one.HealthCheckTimeoutSeconds,
            one.HealthyThresholdCount,
            one.UnhealthyThresholdCount,
          ],
          stickiness: valueOf(Attributes, 'stickiness.enabled'),
          stickinessType: valueOf(Attributes, 'stickiness.type'),
          cookieSeconds: valueOf(Attributes, 'stickiness.lb_cookie.duration_seconds'),
          deregistrationDelay: valueOf(Attributes, 'deregistration_delay.timeout_seconds'),
          algorithm: valueOf(Attributes, 'load_balancing.algorithm.type'),
        };
      }),
    ),
  };
}

function valueOf(attributes: TargetGroupAttribute[] | undefined, key: string): string | undefined {
  return attributes?.find(({ Key }) => Key === key)?.Value;
}
