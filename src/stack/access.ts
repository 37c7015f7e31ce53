import { resource } from '../engine/resource.ts';
import { role } from '../resources/iam/role.ts';
import { redisUrlParameter } from './data.ts';
import type { StackInput } from './input.ts';
import { readableSecrets } from './secrets.ts';

/** The two roles of a task, one that ECS starts it with and one that its own code has, and the one of blue/green deployments. Each may do what it needs and nothing else. */
export function accessOf({ config, cloud, identity, names }: StackInput) {
  const { account, partition, region } = cloud;
  const trust = policy({
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
    // Nobody else's ECS may be talked into using it.
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  });
  const parameterArn = `arn:${partition}:ssm:${region}:${account}:parameter${redisUrlParameter(names.parameterPath)}`;

  const readable = readableSecrets(config.service, cloud);
  const parameters = [...(config.redis.mode === 'off' ? [] : [parameterArn]), ...readable.parameters];
  // The account's own keys may be used by whoever may read what is encrypted with them.
  const reading = [
    ...allow('ssm:GetParameters', parameters),
    ...allow('secretsmanager:GetSecretValue', readable.secrets),
  ];

  const execution = resource({
    id: 'role-execution',
    kind: role,
    needs: {},
    props: () => ({
      name: names.executionRole,
      path: names.rolePath,
      description: `${identity.stack}: ECS pulls the image, writes logs and reads the secrets with it`,
      trust,
      managedPolicies: [`arn:${partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`],
      inlinePolicies: { ...(reading.length > 0 && { secrets: policy(...reading) }) },
    }),
  });
  const task = resource({
    id: 'role-task',
    kind: role,
    needs: {},
    props: () => ({
      name: names.taskRole,
      path: names.rolePath,
      description: `${identity.stack}: what the code in the tasks may do`,
      trust,
      managedPolicies: [],
      inlinePolicies: {
        ...(config.service.drainWatch && { 'target-health': targetHealthPolicy }),
        ...(config.service.exec && { exec: execPolicy }),
      },
    }),
  });
  const infrastructure =
    config.service.strategy === 'blue-green'
      ? resource({
          id: 'role-infrastructure',
          kind: role,
          needs: {},
          props: () => ({
            name: names.infrastructureRole,
            path: names.rolePath,
            description: `${identity.stack}: ECS moves the traffic between the two target groups with it`,
            // As https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html has it.
            trust: policy({
              Effect: 'Allow',
              Principal: { Service: 'ecs.amazonaws.com' },
              Action: 'sts:AssumeRole',
            }),
            managedPolicies: [
              `arn:${partition}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers`,
            ],
            inlinePolicies: {},
          }),
        })
      : undefined;
  return { execution, task, infrastructure };
}

export type Access = ReturnType<typeof accessOf>;

/** A task watches for its own deregistration; AWS knows no narrower resource for this call. */
const targetHealthPolicy = policy({
  Effect: 'Allow',
  Action: 'elasticloadbalancing:DescribeTargetHealth',
  Resource: '*',
});

/** What the agent of ECS Exec in a task needs; AWS knows no narrower resource for these calls. */
const execPolicy = policy({
  Effect: 'Allow',
  Action: [
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  Resource: '*',
});

function allow(Action: string, [first, ...others]: string[]): object[] {
  if (first === undefined) return [];
  return [{ Effect: 'Allow', Action, Resource: others.length === 0 ? first : [first, ...others] }];
}

function policy(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}
