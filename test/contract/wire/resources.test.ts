import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteInternetGatewayCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DetachInternetGatewayCommand,
} from '@aws-sdk/client-ec2';
import { DeleteRepositoryCommand } from '@aws-sdk/client-ecr';
import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteCacheParameterGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DeleteReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { DeleteRoleCommand, DeleteRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { countResources, stacksIn } from '../../../src/local-cloud/resources.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';
import { writeEverything } from '../../helpers/write-everything.ts';
import type { Written } from '../../helpers/write-everything.ts';

let cloud: TestCloud;

beforeEach(async () => {
  cloud = await startLocalCloud();
});
afterEach(() => cloud.close());

it('a new cloud has none', async () => {
  expect(await countResources(cloud.cloud)).toEqual({});
  expect(stacksIn(cloud.cloud)).toEqual([]);
});

it('each kind is counted while it is there, and nothing is when all is deleted', async () => {
  const written = await writeEverything(cloud);
  const counts = await countResources(cloud.cloud);
  expect(counts).toMatchObject({
    'ec2@local': {
      DescribeVpcs: 1,
      DescribeSubnets: 2,
      DescribeInternetGateways: 1,
      // With the main route table and the default group that came with the VPC.
      DescribeRouteTables: 2,
      DescribeSecurityGroups: 2,
    },
    'elasticloadbalancing@local': { DescribeLoadBalancers: 1, DescribeTargetGroups: 1 },
    'elasticache@local': {
      DescribeReplicationGroups: 1,
      DescribeCacheSubnetGroups: 1,
      DescribeCacheParameterGroups: 1,
    },
    'ecs@local': { ListClusters: 1, ListTaskDefinitions: 1 },
    'ecr@local': { DescribeRepositories: 1 },
    'iam@local': { ListRoles: 1 },
    'logs@local': { DescribeLogGroups: 1 },
    'ssm@local': { DescribeParameters: 1 },
  });
  expect(stacksIn(cloud.cloud)).toEqual(['chat/default/local']);

  await deleteEverything(cloud, written);
  await expect.poll(() => countResources(cloud.cloud)).toEqual({});
  expect(stacksIn(cloud.cloud)).toEqual([]);
});

it('another region has its own', async () => {
  await writeEverything({ ...cloud, ...cloud.clientsFor('eu-west-3') }, 'eu-west-3');
  const counts = await countResources(cloud.cloud);
  expect(counts['ec2@eu-west-3']).toMatchObject({ DescribeVpcs: 1 });
  expect(Object.keys(counts)).not.toContain('ec2@local');
});

async function deleteEverything(
  { ec2, elbv2, elasticache, ecs, ecr, iam, logs, ssm }: TestCloud,
  written: Written,
): Promise<void> {
  await ecs.send(new DeleteServiceCommand({ cluster: 'chat', service: 'chat', force: true }));
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'chat:1' }));
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: written.loadBalancer }));
  await elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: written.targetGroup }));
  await elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'chat' }));
  await expect
    .poll(() =>
      countResources(cloud.cloud).then(
        (counts) => counts['elasticache@local']?.['DescribeReplicationGroups'],
      ),
    )
    .toBeUndefined();
  await elasticache.send(new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: 'chat' }));
  await elasticache.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName: 'chat' }));
  await expect
    .poll(() => ecs.send(new DeleteClusterCommand({ cluster: 'chat' })).then(() => 'deleted', String))
    .toBe('deleted');
  await ecr.send(new DeleteRepositoryCommand({ repositoryName: 'chatops/chat', force: true }));
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'chat-task', PolicyName: 'logs' }));
  await iam.send(new DeleteRoleCommand({ RoleName: 'chat-task' }));
  await logs.send(new DeleteLogGroupCommand({ logGroupName: '/chatops/chat' }));
  await ssm.send(new DeleteParameterCommand({ Name: '/chatops/redis-url' }));

  const VpcId = written.vpc;
  const InternetGatewayId = written.internetGateway;
  await ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
  for (const SubnetId of written.subnets) await ec2.send(new DeleteSubnetCommand({ SubnetId }));
  await ec2.send(new DeleteRouteTableCommand({ RouteTableId: written.routeTable }));
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId: written.securityGroup }));
  await ec2.send(new DeleteVpcCommand({ VpcId }));
}
