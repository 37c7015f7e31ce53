import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from '@aws-sdk/client-ec2';
import type { ResourceType } from '@aws-sdk/client-ec2';
import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateCacheParameterGroupCommand,
  CreateCacheSubnetGroupCommand,
  CreateReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { services } from '../../../src/local-cloud/services/index.ts';
import { aws, compare, hasAwsCli } from '../../helpers/aws-cli.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';

/**
 * What the SDK wrote, read by two clients that share no code: the aws command line has to see what the SDK sees.
 * Where `aws` is missing, these tests are skipped, but not in CI.
 */

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** The ARNs of what was written. */
interface Arns {
  loadBalancer: string;
  targetGroup: string;
  replicationGroup: string;
  repository: string;
}

/** Service name of `aws`, its command, and the input of both clients. */
const reads: [service: keyof TestCloud, command: string, input?: object | ((arns: Arns) => object)][] = [
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
let arns: Arns;

beforeAll(async () => {
  cloud = await startLocalCloud();
  if (!skipped) arns = await write(cloud);
});
afterAll(() => cloud.close());

describe.skipIf(skipped)('the aws command line sees what the SDK wrote', () => {
  it.each(reads)('%s %s', async (service, command, given = {}) => {
    const input = typeof given === 'function' ? given(arns) : given;
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

async function write({ ec2, elbv2, elasticache, ecs, ecr, iam, logs, ssm }: TestCloud): Promise<Arns> {
  const tags = [
    { Key: 'Name', Value: 'chat <1> & "é"' },
    { Key: 'chatops:stack', Value: 'chat/default/local' },
  ];
  const tagged = (type: ResourceType) => [{ ResourceType: type, Tags: tags }];

  const { Vpc: vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: tagged('vpc') }),
  );
  const VpcId = vpc!.VpcId!;
  const subnets = [];
  for (const [index, zone] of ['a', 'b'].entries()) {
    const { Subnet: subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.0.${index}.0/24`,
        AvailabilityZone: `local${zone}`,
        TagSpecifications: tagged('subnet'),
      }),
    );
    subnets.push(subnet!.SubnetId!);
  }
  const { InternetGateway: gateway } = await ec2.send(
    new CreateInternetGatewayCommand({ TagSpecifications: tagged('internet-gateway') }),
  );
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: gateway!.InternetGatewayId }));
  const { RouteTable: table } = await ec2.send(
    new CreateRouteTableCommand({ VpcId, TagSpecifications: tagged('route-table') }),
  );
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId: table!.RouteTableId,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: gateway!.InternetGatewayId,
    }),
  );
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      VpcId,
      GroupName: 'chat',
      Description: 'a load balancer',
      TagSpecifications: tagged('security-group'),
    }),
  );
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 80,
          ToPort: 80,
          IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }],
        },
      ],
    }),
  );

  const { LoadBalancers: balancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: 'chat', Subnets: subnets, SecurityGroups: [GroupId!], Tags: tags }),
  );
  const { TargetGroups: groups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: 'chat',
      Protocol: 'HTTP',
      Port: 3000,
      VpcId,
      TargetType: 'ip',
      Tags: tags,
    }),
  );
  await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancers![0]!.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 8080,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: groups![0]!.TargetGroupArn }],
    }),
  );

  await elasticache.send(
    new CreateCacheSubnetGroupCommand({
      CacheSubnetGroupName: 'chat',
      CacheSubnetGroupDescription: 'chat',
      SubnetIds: subnets,
      Tags: tags,
    }),
  );
  await elasticache.send(
    new CreateCacheParameterGroupCommand({
      CacheParameterGroupName: 'chat',
      CacheParameterGroupFamily: 'valkey8',
      Description: 'chat',
    }),
  );
  const { ReplicationGroup: cache } = await elasticache.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'chat',
      ReplicationGroupDescription: 'chat',
      Engine: 'valkey',
      CacheNodeType: 'cache.t4g.micro',
      NumCacheClusters: 1,
      CacheSubnetGroupName: 'chat',
      CacheParameterGroupName: 'chat',
      Tags: tags,
    }),
  );

  const ecsTags = tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
  await ecs.send(new CreateClusterCommand({ clusterName: 'chat', tags: ecsTags }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'chat',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      tags: ecsTags,
      containerDefinitions: [
        {
          name: 'app',
          image: 'chat@sha256:0000000000000000000000000000000000000000000000000000000000000000',
          essential: true,
          portMappings: [{ containerPort: 3000, protocol: 'tcp' }],
          environment: [{ name: 'GREETING', value: 'é "quoted"\n' }],
        },
      ],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'chat',
      serviceName: 'chat',
      taskDefinition: 'chat',
      launchType: 'FARGATE',
      desiredCount: 0,
      networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups: [GroupId!] } },
      tags: ecsTags,
    }),
  );
  const { repository } = await ecr.send(
    new CreateRepositoryCommand({ repositoryName: 'chatops/chat', tags }),
  );
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'chat-task',
      Path: '/chatops/1a2b3c4d/',
      AssumeRolePolicyDocument: policy,
      Tags: tags.slice(1),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'chat-task',
      PolicyName: 'logs',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ['logs:PutLogEvents'], Resource: '*' }],
      }),
    }),
  );
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/chatops/chat', tags: { a: 'b' } }));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName: '/chatops/chat', retentionInDays: 30 }));
  await ssm.send(
    new PutParameterCommand({
      Name: '/chatops/redis-url',
      Type: 'SecureString',
      Value: 'redis://x:1',
      Tags: tags.slice(1),
    }),
  );
  return {
    loadBalancer: balancers![0]!.LoadBalancerArn!,
    targetGroup: groups![0]!.TargetGroupArn!,
    replicationGroup: cache!.ARN!,
    repository: repository!.repositoryArn!,
  };
}
