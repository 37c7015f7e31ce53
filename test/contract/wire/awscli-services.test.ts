import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { services } from '../../../src/local-cloud/services/index.ts';
import { aws, compare, hasAwsCli } from '../../helpers/aws-cli.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';
import { writeEverything } from '../../helpers/write-everything.ts';
import type { Written } from '../../helpers/write-everything.ts';

/**
 * What the SDK wrote, read by two clients that share no code: the aws command line has to see what the SDK sees.
 * Where `aws` is missing, these tests are skipped, but not in CI.
 */

/** Service name of `aws`, its command, and the input of both clients. */
const reads: [service: keyof TestCloud, command: string, input?: object | ((written: Written) => object)][] =
  [
    ['ec2', 'describe-vpcs'],
    ['ec2', 'describe-subnets'],
    ['ec2', 'describe-internet-gateways'],
    ['ec2', 'describe-route-tables'],
    ['ec2', 'describe-security-groups'],
    ['ec2', 'describe-security-group-rules'],
    ['ec2', 'describe-availability-zones'],
    ['ec2', 'describe-tags'],
    ['elbv2', 'describe-load-balancers'],
    ['elbv2', 'describe-target-groups'],
    ['elbv2', 'describe-listeners', ({ loadBalancer }) => ({ LoadBalancerArn: loadBalancer })],
    ['elbv2', 'describe-load-balancer-attributes', ({ loadBalancer }) => ({ LoadBalancerArn: loadBalancer })],
    ['elbv2', 'describe-target-group-attributes', ({ targetGroup }) => ({ TargetGroupArn: targetGroup })],
    [
      'elbv2',
      'describe-tags',
      ({ loadBalancer, targetGroup }) => ({ ResourceArns: [loadBalancer, targetGroup] }),
    ],
    ['elasticache', 'describe-cache-subnet-groups'],
    ['elasticache', 'describe-cache-parameter-groups'],
    ['elasticache', 'describe-replication-groups'],
    ['elasticache', 'describe-cache-parameters', { CacheParameterGroupName: 'chat' }],
    ['elasticache', 'list-tags-for-resource', ({ replicationGroup }) => ({ ResourceName: replicationGroup })],
    ['ecs', 'list-clusters'],
    ['ecs', 'describe-clusters', { clusters: ['chat'], include: ['TAGS'] }],
    ['ecs', 'describe-task-definition', { taskDefinition: 'chat', include: ['TAGS'] }],
    ['ecs', 'describe-services', { cluster: 'chat', services: ['chat'], include: ['TAGS'] }],
    ['ecr', 'describe-repositories'],
    ['ecr', 'list-tags-for-resource', ({ repository }) => ({ resourceArn: repository })],
    ['iam', 'list-roles', { PathPrefix: '/chatops/' }],
    ['iam', 'get-role', { RoleName: 'chat-task' }],
    ['iam', 'get-role-policy', { RoleName: 'chat-task', PolicyName: 'logs' }],
    ['iam', 'list-role-tags', { RoleName: 'chat-task' }],
    ['logs', 'describe-log-groups'],
    ['ssm', 'describe-parameters'],
    ['ssm', 'get-parameter', { Name: '/chatops/redis-url', WithDecryption: true }],
    ['sts', 'get-caller-identity'],
  ];

const signingNames: Partial<Record<keyof TestCloud, string>> = { elbv2: 'elasticloadbalancing' };
const skipped = process.env['CI'] !== 'true' && !(await hasAwsCli());
let cloud: TestCloud;
let written: Written;

beforeAll(async () => {
  cloud = await startLocalCloud();
  if (!skipped) written = await writeEverything(cloud);
});
afterAll(() => cloud.close());

describe.skipIf(skipped)('the aws command line sees what the SDK wrote', () => {
  it.each(reads)('%s %s', async (service, command, given = {}) => {
    const input = typeof given === 'function' ? given(written) : given;
    const name = signingNames[service] ?? service;
    const schemas = await services.find(({ signingName }) => signingName === name)!.schemas();
    const commandClass = `${command.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase())}Command`;
    const Command = schemas[commandClass] as new (input: object) => unknown;
    const client = cloud[service] as unknown as { send(command: unknown): Promise<object> };
    const { $metadata: _metadata, ...said } = (await client.send(new Command(input))) as {
      $metadata: object;
    };
    const printed = await aws(cloud, [service, command], input);
    const seen = compare(printed, said, command);
    expect(seen.agreed).toBeGreaterThan(0);
    expect(seen.agreed).toBeGreaterThan(seen.unknown);
  });
});
