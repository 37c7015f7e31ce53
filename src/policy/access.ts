import { allow, arnsOf } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

/**
 * The roles of the tasks and of blue/green deployments, by path; only ECS may be given them
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).
 */
export function roleStatements({ names, partition, account }: PolicyInput): Statement[] {
  const role = (path: string) => `arn:${partition}:iam::${account}:role${path}`;
  const own = [role(`${names.rolePath}*`)];
  const managed = [
    'service-role/AmazonECSTaskExecutionRolePolicy',
    'AmazonECSInfrastructureRolePolicyForLoadBalancers',
  ].map((name) => `arn:${partition}:iam::aws:policy/${name}`);
  const services = ['ecs', 'ecs.application-autoscaling', 'elasticache', 'elasticloadbalancing'].map(
    (name) => `${name}.amazonaws.com`,
  );
  return [
    allow(
      'OwnRoles',
      'iam',
      [
        'CreateRole',
        'DeleteRole',
        'DeleteRolePolicy',
        'GetRolePolicy',
        'ListAttachedRolePolicies',
        'ListRolePolicies',
        'ListRoleTags',
        'PutRolePolicy',
        'TagRole',
        'UntagRole',
        'UpdateAssumeRolePolicy',
        'UpdateRole',
      ],
      own,
    ),
    allow('AttachExecutionPolicy', 'iam', ['AttachRolePolicy', 'DetachRolePolicy'], own, {
      ArnEquals: { 'iam:PolicyARN': managed },
    }),
    allow(
      'PassRolesToTasks',
      'iam',
      ['PassRole'],
      [names.executionRole, names.taskRole].map((name) => role(`${names.rolePath}${name}`)),
      { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    ),
    allow('PassRoleToEcs', 'iam', ['PassRole'], [role(`${names.rolePath}${names.infrastructureRole}`)], {
      StringEquals: { 'iam:PassedToService': 'ecs.amazonaws.com' },
    }),
    // The first stack of an account makes AWS create them.
    allow('CreateServiceLinkedRoles', 'iam', ['CreateServiceLinkedRole'], [role('/aws-service-role/*')], {
      StringEquals: { 'iam:AWSServiceName': services },
    }),
  ];
}

/** Everything below the stack's path: its lock and the address of Redis. */
export function parameterStatements(input: PolicyInput): Statement[] {
  const path = `parameter${input.names.parameterPath}`;
  return [
    allow(
      'OwnParametersAndLock',
      'ssm',
      [
        'AddTagsToResource',
        'DeleteParameter',
        'GetParametersByPath',
        'ListTagsForResource',
        'PutParameter',
        'RemoveTagsFromResource',
      ],
      arnsOf(input, 'ssm')(path, `${path}/*`),
    ),
  ];
}
