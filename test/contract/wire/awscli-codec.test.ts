import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError } from '../../../src/local-cloud/operation.ts';
import { services } from '../../../src/local-cloud/services/index.ts';
import { operationShape } from '../../../src/local-cloud/wire/schema.ts';
import { aws, compare, hasAwsCli } from '../../helpers/aws-cli.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';
import { randomValue, seeded } from '../../helpers/random-structure.ts';

/**
 * The codecs against a client that shares no code with them, the aws command line: what it sends has to arrive, and
 * what the server says has to come out of it. Where it is missing, these tests are skipped, but not in CI.
 */
interface Exchange {
  command: string;
  operation: string;
  input: object;
}

const exchanges: Record<string, Exchange[]> = {
  ec2: [
    {
      command: 'create-vpc',
      operation: 'CreateVpc',
      input: {
        CidrBlock: '10.0.0.0/16',
        AmazonProvidedIpv6CidrBlock: false,
        TagSpecifications: [
          {
            ResourceType: 'vpc',
            Tags: [
              { Key: 'Name', Value: 'a & b=c %41 +' },
              { Key: 'chatops:stack', Value: 'chat/é漢😀/local' },
            ],
          },
        ],
      },
    },
    {
      command: 'authorize-security-group-ingress',
      operation: 'AuthorizeSecurityGroupIngress',
      input: {
        GroupId: 'sg-1',
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 80,
            ToPort: 80,
            IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'a\n"b"' }, { CidrIp: '10.0.0.0/8' }],
          },
          { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '000000000000' }] },
        ],
      },
    },
    {
      command: 'create-route-table',
      operation: 'CreateRouteTable',
      input: { VpcId: 'vpc-1', DryRun: true },
    },
  ],
  elasticloadbalancing: [
    {
      command: 'create-target-group',
      operation: 'CreateTargetGroup',
      input: {
        Name: 'a',
        Port: 3000,
        Protocol: 'HTTP',
        TargetType: 'ip',
        HealthCheckEnabled: true,
        Matcher: { HttpCode: '200-299' },
        Tags: [{ Key: 'k', Value: 'v' }],
      },
    },
    {
      command: 'create-listener',
      operation: 'CreateListener',
      input: {
        LoadBalancerArn: 'arn:aws:elasticloadbalancing:local:000000000000:loadbalancer/app/a/1',
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [
          {
            Type: 'forward',
            Order: 1,
            ForwardConfig: {
              TargetGroups: [{ TargetGroupArn: 'arn:1', Weight: 1 }],
              TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
            },
          },
        ],
      },
    },
  ],
  elasticache: [
    {
      command: 'create-replication-group',
      operation: 'CreateReplicationGroup',
      input: {
        ReplicationGroupId: 'chat',
        ReplicationGroupDescription: '<chat>',
        AutomaticFailoverEnabled: false,
        SecurityGroupIds: ['sg-1', 'sg-2'],
        PreferredCacheClusterAZs: ['local-a', 'local-b'],
        NodeGroupConfiguration: [{ NodeGroupId: '0001', ReplicaAvailabilityZones: ['local-a'] }],
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '' },
        ],
      },
    },
    {
      command: 'modify-cache-parameter-group',
      operation: 'ModifyCacheParameterGroup',
      input: {
        CacheParameterGroupName: 'chat',
        ParameterNameValues: [{ ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' }],
      },
    },
  ],
  ecs: [
    {
      command: 'register-task-definition',
      operation: 'RegisterTaskDefinition',
      input: {
        family: 'chat',
        cpu: '256',
        memory: '512',
        networkMode: 'awsvpc',
        containerDefinitions: [
          {
            name: 'app',
            image: 'a@sha256:0',
            portMappings: [{ containerPort: 3000, protocol: 'tcp' }],
            environment: [{ name: 'A', value: 'é "quoted" \\ \n' }],
            logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/chatops/chat' } },
          },
        ],
        tags: [{ key: 'chatops:stack', value: 'chat/default/local' }],
      },
    },
    { command: 'create-cluster', operation: 'CreateCluster', input: { clusterName: 'chat' } },
  ],
  ecr: [
    {
      command: 'put-image',
      operation: 'PutImage',
      input: { repositoryName: 'chat', imageManifest: '{\n  "schemaVersion": 2\n}', imageTag: 'v1' },
    },
    { command: 'create-repository', operation: 'CreateRepository', input: { repositoryName: 'chat' } },
  ],
  iam: [
    {
      command: 'create-user',
      operation: 'CreateUser',
      input: { UserName: 'a', Path: '/chatops/', Tags: [{ Key: 'a', Value: 'b&c' }] },
    },
    {
      command: 'tag-role',
      operation: 'TagRole',
      input: {
        RoleName: 'a',
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      },
    },
  ],
  logs: [
    {
      command: 'create-log-group',
      operation: 'CreateLogGroup',
      input: { logGroupName: '/chatops/chat', tags: { 'chatops:stack': 'chat/default/local', b: '2' } },
    },
    {
      command: 'put-metric-filter',
      operation: 'PutMetricFilter',
      input: {
        logGroupName: 'a',
        filterName: 'b',
        filterPattern: '{ $.level = "error" }',
        metricTransformations: [
          { metricName: 'a', metricNamespace: 'b', metricValue: '1', defaultValue: 0.5 },
        ],
      },
    },
  ],
  monitoring: [
    {
      command: 'get-metric-statistics',
      operation: 'GetMetricStatistics',
      input: {
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Dimensions: [
          { Name: 'ClusterName', Value: 'é & <1>' },
          { Name: 'ServiceName', Value: 'chat' },
        ],
        StartTime: new Date(1_790_000_000_000),
        EndTime: new Date(1_790_000_060_000),
        Period: 60,
        Statistics: ['Average', 'Maximum'],
      },
    },
  ],
  ssm: [
    {
      command: 'put-parameter',
      operation: 'PutParameter',
      input: {
        Name: '/chatops/a',
        Value: 'redis://127.0.0.1',
        Type: 'SecureString',
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    },
    { command: 'get-parameter', operation: 'GetParameter', input: { Name: '/a', WithDecryption: true } },
  ],
  'application-autoscaling': [
    {
      command: 'describe-scalable-targets',
      operation: 'DescribeScalableTargets',
      input: { ServiceNamespace: 'ecs', ResourceIds: ['service/chat/chat'] },
    },
  ],
  acm: [
    {
      command: 'request-certificate',
      operation: 'RequestCertificate',
      input: { DomainName: 'chat.example.com', ValidationMethod: 'DNS', Tags: [{ Key: 'a', Value: 'b' }] },
    },
  ],
  route53: [
    {
      command: 'list-hosted-zones-by-name',
      operation: 'ListHostedZonesByName',
      input: { DNSName: 'a & b.example.com.' },
    },
  ],
  s3: [{ command: 'get-bucket-tagging', operation: 'GetBucketTagging', input: { Bucket: 'access-logs' } }],
  secretsmanager: [
    {
      command: 'get-secret-value',
      operation: 'GetSecretValue',
      input: { SecretId: 'chat/token', VersionStage: 'AWSCURRENT' },
    },
  ],
  servicequotas: [
    {
      command: 'get-service-quota',
      operation: 'GetServiceQuota',
      input: { ServiceCode: 'vpc', QuotaCode: 'L-F678F1CE' },
    },
  ],
  sts: [
    { command: 'get-caller-identity', operation: 'GetCallerIdentity', input: {} },
    {
      command: 'assume-role',
      operation: 'AssumeRole',
      input: {
        RoleArn: 'arn:aws:iam::000000000000:role/a',
        RoleSessionName: 'session',
        DurationSeconds: 900,
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    },
  ],
};

const commandNames: Record<string, string> = {
  elasticloadbalancing: 'elbv2',
  monitoring: 'cloudwatch',
  s3: 's3api',
  servicequotas: 'service-quotas',
};
const skipped = process.env['CI'] !== 'true' && !(await hasAwsCli());
let cloud: TestCloud;
let arrived: unknown;
let answer: object | AwsError = {};

beforeAll(async () => {
  cloud = await startLocalCloud({
    services: services.map((service) => ({
      ...service,
      operations: async () => {
        const names = exchanges[service.signingName]!.map(({ operation }) => operation);
        return Object.fromEntries(names.map((name) => [name, echo]));
      },
    })),
  });
});
afterAll(() => cloud.close());

function echo(input: object): object {
  arrived = input;
  if (answer instanceof AwsError) throw answer;
  return answer;
}

describe.skipIf(skipped).each(services)('the aws command line and $signingName', (service) => {
  const name = commandNames[service.signingName] ?? service.signingName;
  const json = service.protocol.startsWith('awsJson');

  it.each(exchanges[service.signingName]!)(
    'understand each other: $command',
    async ({ command, operation, input }) => {
      const schemas = await service.schemas();
      const random = seeded(20261120);
      const shape = operationShape(schemas, operation)!.output;
      const output = randomValue(shape, { random, json, emptyLists: true, integers: true }) as object;
      answer = output;
      const printed = await aws(cloud, [name, command], input);
      expect(arrived).toMatchObject(input);
      const seen = { agreed: 0, unknown: 0 };
      compare(printed, output, operation, seen);
      // An older release of the other client does not know the newest members.
      expect(seen.agreed).toBeGreaterThanOrEqual(seen.unknown);
    },
  );

  it('understand each other: an error', async () => {
    const { command, input } = exchanges[service.signingName]![0]!;
    answer = new AwsError('LimitExceededException', 'not <more> than "3" & no less', 400);
    await expect(aws(cloud, [name, command], input)).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /An error occurred \((LimitExceeded|LimitExceededException)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: not <more> than "3" & no less/,
      ),
    });
  });
});
