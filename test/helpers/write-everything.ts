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
import type { TestCloud } from './local-cloud.ts';

/** Ids and ARNs of what was written. */
export interface Written {
  loadBalancer: string;
  targetGroup: string;
  replicationGroup: string;
  repository: string;
  vpc: string;
  subnets: string[];
  internetGateway: string;
  routeTable: string;
  securityGroup: string;
}

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** One of each kind of resource, made through SDK clients, tagged for the stack `chat/default/local`. */
export async function writeEverything(
  { ec2, elbv2, elasticache, ecs, ecr, iam, logs, ssm }: TestCloud,
  region = 'local',
): Promise<Written> {
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
        AvailabilityZone: `${region}${zone}`,
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
    vpc: VpcId,
    subnets,
    internetGateway: gateway!.InternetGatewayId!,
    routeTable: table!.RouteTableId!,
    securityGroup: GroupId!,
  };
}
