import { allow, arnsOf, taggedAs, taggingAs } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

/** Load balancer, listener and target groups: by name and tag (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html). */
export function loadBalancingStatements(input: PolicyInput): Statement[] {
  const { loadBalancer } = input.names;
  const own = arnsOf(input, 'elasticloadbalancing')(
    `listener/app/${loadBalancer}/*`,
    `loadbalancer/app/${loadBalancer}/*`,
    // Its name ends in a hash of what cannot be changed.
    `targetgroup/*-${input.identity.hash}-*/*`,
  );
  return [
    allow(
      'CreateTaggedLoadBalancing',
      'elasticloadbalancing',
      ['AddTags', 'CreateListener', 'CreateLoadBalancer', 'CreateTargetGroup'],
      own,
      { StringEquals: taggingAs(input) },
    ),
    allow(
      'ChangeOwnLoadBalancing',
      'elasticloadbalancing',
      [
        'AddTags',
        'DeleteListener',
        'DeleteLoadBalancer',
        'DeleteTargetGroup',
        'ModifyListener',
        'ModifyLoadBalancerAttributes',
        'ModifyTargetGroup',
        'ModifyTargetGroupAttributes',
        'RemoveTags',
        'SetSecurityGroups',
        'SetSubnets',
      ],
      own,
      { StringEquals: taggedAs(input) },
    ),
  ];
}
