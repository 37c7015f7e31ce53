import { allow, arnsOf, taggedAs, taggingAs } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

/** Load balancer, listener and target groups by name and tag, the bucket of the access logs by name (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html). */
export function loadBalancingStatements(input: PolicyInput): Statement[] {
  const { loadBalancer } = input.names;
  const logs = `arn:${input.partition}:s3:::${input.names.base}-logs`;
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
      'OwnAccessLogBucket',
      's3',
      [
        'CreateBucket',
        'DeleteBucket',
        'DeleteObject',
        'GetBucketPolicy',
        'GetBucketPublicAccessBlock',
        'GetBucketTagging',
        'GetEncryptionConfiguration',
        'GetLifecycleConfiguration',
        'ListBucket',
        'PutBucketPolicy',
        'PutBucketPublicAccessBlock',
        'PutBucketTagging',
        'PutEncryptionConfiguration',
        'PutLifecycleConfiguration',
        'TagResource',
      ],
      // Its name ends in a hash of the account.
      [`${logs}-*`, `${logs}-*/*`],
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
