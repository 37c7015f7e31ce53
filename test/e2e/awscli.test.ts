import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as elasticache from '@aws-sdk/client-elasticache';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as iam from '@aws-sdk/client-iam';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ssm from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify, namesOf } from '../../src/config/names.ts';
import { aws, compare, hasAwsCli } from '../helpers/aws-cli.ts';
import type { Reachable } from '../helpers/aws-cli.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

/**
 * Every resource kind of a stack that really runs, read by the aws command line and by the SDK: two clients that
 * share no code have to agree. Where `aws` is missing, these tests are skipped, but not in CI.
 */
const skipped = process.env['CI'] !== 'true' && !(await hasAwsCli());
const names = namesOf(identify('chat', 'default', 'local'));
const byStack = { Filters: [{ Name: 'tag:chatops:stack', Values: ['chat/default/local'] }] };

const clients = {
  ec2: [ec2, 'EC2Client'],
  ecr: [ecr, 'ECRClient'],
  ecs: [ecs, 'ECSClient'],
  elasticache: [elasticache, 'ElastiCacheClient'],
  elbv2: [elbv2, 'ElasticLoadBalancingV2Client'],
  iam: [iam, 'IAMClient'],
  logs: [logs, 'CloudWatchLogsClient'],
  ssm: [ssm, 'SSMClient'],
} as const;

/** Kind, service and command of `aws`, how many the default stack has, and where they are in the answer. */
const kinds: [
  kind: string,
  service: keyof typeof clients,
  command: string,
  count: number,
  list: string,
  input: object,
][] = [
  ['VPC', 'ec2', 'describe-vpcs', 1, 'Vpcs', byStack],
  ['internet gateway', 'ec2', 'describe-internet-gateways', 1, 'InternetGateways', byStack],
  ['subnet', 'ec2', 'describe-subnets', 4, 'Subnets', byStack],
  ['route table', 'ec2', 'describe-route-tables', 2, 'RouteTables', byStack],
  ['security group', 'ec2', 'describe-security-groups', 3, 'SecurityGroups', byStack],
  [
    'cache subnet group',
    'elasticache',
    'describe-cache-subnet-groups',
    1,
    'CacheSubnetGroups',
    { CacheSubnetGroupName: names.cacheSubnetGroup },
  ],
  [
    'cache parameter group',
    'elasticache',
    'describe-cache-parameter-groups',
    1,
    'CacheParameterGroups',
    { CacheParameterGroupName: names.cacheParameterGroup('valkey8', false) },
  ],
  [
    'replication group',
    'elasticache',
    'describe-replication-groups',
    1,
    'ReplicationGroups',
    { ReplicationGroupId: names.replicationGroup },
  ],
  [
    'parameter',
    'ssm',
    'get-parameters-by-path',
    1,
    'Parameters',
    { Path: names.parameterPath, Recursive: true, WithDecryption: true },
  ],
  ['load balancer', 'elbv2', 'describe-load-balancers', 1, 'LoadBalancers', { Names: [names.loadBalancer] }],
  ['target group', 'elbv2', 'describe-target-groups', 1, 'TargetGroups', {}],
  ['repository', 'ecr', 'describe-repositories', 1, 'repositories', { repositoryNames: [names.repository] }],
  ['image', 'ecr', 'describe-images', 1, 'imageDetails', { repositoryName: names.repository }],
  ['role', 'iam', 'list-roles', 2, 'Roles', { PathPrefix: names.rolePath }],
  ['log group', 'logs', 'describe-log-groups', 1, 'logGroups', { logGroupNamePrefix: names.logGroup }],
  ['log stream', 'logs', 'describe-log-streams', 2, 'logStreams', { logGroupName: names.logGroup }],
  ['cluster', 'ecs', 'describe-clusters', 1, 'clusters', { clusters: [names.cluster], include: ['TAGS'] }],
  [
    'task definition',
    'ecs',
    'list-task-definitions',
    1,
    'taskDefinitionArns',
    { familyPrefix: names.taskFamily },
  ],
  [
    'service',
    'ecs',
    'describe-services',
    1,
    'services',
    { cluster: names.cluster, services: [names.service], include: ['TAGS'] },
  ],
  ['task', 'ecs', 'list-tasks', 2, 'taskArns', { cluster: names.cluster, serviceName: names.service }],
];

describe.skipIf(skipped)('the aws command line reads a running stack', { timeout: 60_000 }, () => {
  let project: Project;
  let cloud: Reachable;
  beforeAll(async () => {
    project = await createProject();
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const { endpoint, ...credentials } = await project.daemon();
    cloud = { endpoint, credentials, cloud: { folder: project.folder } };
  }, 60_000);
  afterAll(() => project.close());

  /** What the SDK says, with the client class and the command named by strings. */
  async function sdk(
    service: keyof typeof clients,
    command: string,
    input: object,
  ): Promise<Record<string, unknown>> {
    const [module, clientName] = clients[service];
    const classes = module as unknown as Record<
      string,
      new (input: object) => { send(command: unknown): Promise<object> }
    >;
    const name = `${command.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase())}Command`;
    const client = new classes[clientName]!({
      region: 'local',
      endpoint: cloud.endpoint,
      credentials: cloud.credentials,
    });
    const { $metadata: _, ...said } = (await client.send(new classes[name]!(input))) as { $metadata: object };
    return said;
  }

  it.each(kinds)('%s', async (_, service, command, count, list, input) => {
    const said = await sdk(service, command, input);
    const printed = (await aws(cloud, [service, command], input)) as Record<string, unknown[]>;
    expect(said[list]).toHaveLength(count);
    expect(printed[list]).toHaveLength(count);
    expect(compare(printed, said, command).agreed).toBeGreaterThan(0);
  });

  it('listener, target health and attributes, by the ARNs that were found', async () => {
    const { LoadBalancers } = (await sdk(
      'elbv2',
      'describe-load-balancers',
      {},
    )) as elbv2.DescribeLoadBalancersOutput;
    const { TargetGroups } = (await sdk(
      'elbv2',
      'describe-target-groups',
      {},
    )) as elbv2.DescribeTargetGroupsOutput;
    const LoadBalancerArn = LoadBalancers![0]!.LoadBalancerArn!;
    const TargetGroupArn = TargetGroups![0]!.TargetGroupArn!;
    for (const [command, input] of [
      ['describe-listeners', { LoadBalancerArn }],
      ['describe-load-balancer-attributes', { LoadBalancerArn }],
      ['describe-target-group-attributes', { TargetGroupArn }],
      ['describe-target-health', { TargetGroupArn }],
      ['describe-tags', { ResourceArns: [LoadBalancerArn, TargetGroupArn] }],
    ] as const) {
      const printed = await aws(cloud, ['elbv2', command], input);
      expect(compare(printed, await sdk('elbv2', command, input), command).agreed).toBeGreaterThan(2);
    }
  });
});
