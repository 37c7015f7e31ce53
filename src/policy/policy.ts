import { parameterStatements, roleStatements } from './access.ts';
import { cacheStatements } from './cache.ts';
import { containerStatements, imageStatements, logStatements } from './containers.ts';
import { httpsStatements } from './https.ts';
import { loadBalancingStatements } from './load-balancing.ts';
import { monitoringStatements } from './monitoring.ts';
import { networkStatements } from './network.ts';
import { scalingStatements } from './scaling.ts';
import type { PolicyInput, Statement } from './statement.ts';

/** An IAM policy document. */
export interface Policy {
  Version: '2012-10-17';
  Statement: Statement[];
}

/** The most characters, white space aside, that a managed policy may have (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
const managedPolicyLimit = 6144;

/** The same for all inline policies of one role together. */
const inlinePolicyLimit = 10240;

/** What whoever runs chatops with this config has to be allowed, and nothing else. Pure. */
export function policyOf(input: PolicyInput): Policy {
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'ListAndDescribe', Effect: 'Allow', Action: [...listing], Resource: ['*'] },
      ...networkStatements(input),
      ...loadBalancingStatements(input),
      ...httpsStatements(input),
      ...cacheStatements(input),
      ...containerStatements(input),
      ...scalingStatements(input),
      ...imageStatements(input),
      ...logStatements(input),
      ...roleStatements(input),
      ...parameterStatements(input),
      ...monitoringStatements(input),
    ],
  };
}

/** A policy cut between its statements into as few parts as fit into managed policies; one role can have ten of them. */
export function partsOf({ Version, Statement }: Policy): Policy[] {
  const parts: Policy[] = [];
  for (const statement of Statement) {
    const last = parts.at(-1);
    const longer: Policy = { Version, Statement: [...(last?.Statement ?? []), statement] };
    if (last !== undefined && lengthOf(longer) <= managedPolicyLimit) last.Statement.push(statement);
    else parts.push({ Version, Statement: [statement] });
  }
  return parts;
}

/** Whether a role can have the policy as its inline policy. */
export function fitsInline(policy: Policy): boolean {
  return lengthOf(policy) <= inlinePolicyLimit;
}

/** The length of a policy as IAM counts it. */
function lengthOf(policy: Policy): number {
  return JSON.stringify(policy).replace(/\s/g, '').length;
}

/** Reading calls that AWS limits neither by name nor by tag, or that list by it. */
const listing = [
  'acm:ListCertificates',
  'acm:ListTagsForCertificate',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingActivities',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:ListDashboards',
  'cloudwatch:ListMetrics',
  'ec2:DescribeAddresses',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeInternetGateways',
  'ec2:DescribeNatGateways',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcs',
  'ecr:DescribeRepositories',
  'ecr:GetAuthorizationToken',
  'ecs:DescribeTaskDefinition',
  'ecs:ListClusters',
  'ecs:ListTaskDefinitionFamilies',
  'ecs:ListTaskDefinitions',
  'elasticache:DescribeCacheClusters',
  'elasticache:DescribeCacheEngineVersions',
  'elasticache:DescribeCacheParameterGroups',
  'elasticache:DescribeCacheParameters',
  'elasticache:DescribeCacheSubnetGroups',
  'elasticache:DescribeReplicationGroups',
  'elasticache:DescribeServerlessCaches',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancerAttributes',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTags',
  'elasticloadbalancing:DescribeTargetGroupAttributes',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'iam:ListRoles',
  'logs:DescribeLogGroups',
  's3:ListAllMyBuckets',
] as const;
