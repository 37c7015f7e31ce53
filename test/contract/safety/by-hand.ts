import {
  DeleteScalingPolicyCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  type ScalableTargetAction,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeAlarmsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DeleteVpcEndpointsCommand,
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  UpdateClusterSettingsCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
  type HealthCheck,
  type RegisterTaskDefinitionCommandInput,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import {
  IncreaseReplicaCountCommand,
  ModifyReplicationGroupCommand,
  ModifyReplicationGroupShardConfigurationCommand,
  type ModifyReplicationGroupCommandInput,
} from '@aws-sdk/client-elasticache';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  SetSubnetsCommand,
  type ModifyTargetGroupCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { PutImageTagMutabilityCommand, type ImageTagMutability } from '@aws-sdk/client-ecr';
import { DeleteRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteBucketPolicyCommand } from '@aws-sdk/client-s3';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { names } from '../resources/rig.ts';

const ourService = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: `service/${names.cluster}/${names.service}`,
} as const;

/** What somebody does in the console to the only stack of an account. */
export const byHand = {
  async tag({ ec2 }: Cloud, Key: string, Value: string) {
    const { Vpcs } = await ec2.send(
      new DescribeVpcsCommand({ Filters: [{ Name: 'tag:chatops:id', Values: ['vpc'] }] }),
    );
    await ec2.send(new CreateTagsCommand({ Resources: [Vpcs![0]!.VpcId!], Tags: [{ Key, Value }] }));
  },

  async allow({ ec2 }: Cloud, group: string, CidrIp: string) {
    const { SecurityGroups } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'tag:chatops:id', Values: [group] }] }),
    );
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: SecurityGroups![0]!.GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }],
      }),
    );
  },

  async balancer(cloud: Cloud, Key: string, Value: string) {
    const { LoadBalancerArn } = await balancerOf(cloud);
    await cloud.elbv2.send(
      new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: [{ Key, Value }] }),
    );
  },

  async fewerSubnets(cloud: Cloud) {
    const { LoadBalancerArn, AvailabilityZones = [] } = await balancerOf(cloud);
    const Subnets = AvailabilityZones.slice(1).map(({ SubnetId }) => SubnetId!);
    await cloud.elbv2.send(new SetSubnetsCommand({ LoadBalancerArn, Subnets }));
  },

  async listenerPort(cloud: Cloud, Port: number, protocol = 'HTTP') {
    const ListenerArn = await listenerOf(cloud, protocol);
    await cloud.elbv2.send(new ModifyListenerCommand({ ListenerArn, Port }));
  },

  async noRedirect(cloud: Cloud) {
    await cloud.elbv2.send(
      new ModifyListenerCommand({
        ListenerArn: await listenerOf(cloud, 'HTTP'),
        DefaultActions: [{ Type: 'forward', TargetGroupArn: await targetsOf(cloud) }],
      }),
    );
  },

  async noRecord({ route53 }: Cloud, type: string) {
    const { HostedZones } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: 'localhost' }));
    const HostedZoneId = HostedZones![0]!.Id;
    const { ResourceRecordSets } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }));
    const record = ResourceRecordSets!.find(({ Type }) => Type === type);
    const ChangeBatch = { Changes: [{ Action: 'DELETE' as const, ResourceRecordSet: record }] };
    await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
  },

  async targets(cloud: Cloud, Key: string, Value: string) {
    await cloud.elbv2.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn: await targetsOf(cloud),
        Attributes: [{ Key, Value }],
      }),
    );
  },

  async healthCheck(cloud: Cloud, change: Omit<ModifyTargetGroupCommandInput, 'TargetGroupArn'>) {
    await cloud.elbv2.send(
      new ModifyTargetGroupCommand({ TargetGroupArn: await targetsOf(cloud), ...change }),
    );
  },

  async cache(
    { elasticache }: Cloud,
    change: Omit<ModifyReplicationGroupCommandInput, 'ReplicationGroupId'>,
  ) {
    await elasticache.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: names.replicationGroup,
        ApplyImmediately: true,
        ...change,
      }),
    );
  },

  async tagMutability({ ecr }: Cloud, imageTagMutability: ImageTagMutability) {
    await ecr.send(
      new PutImageTagMutabilityCommand({ repositoryName: names.repository, imageTagMutability }),
    );
  },

  async noTaskPolicy({ iam }: Cloud) {
    await iam.send(new DeleteRolePolicyCommand({ RoleName: names.taskRole, PolicyName: 'target-health' }));
  },

  async service({ ecs }: Cloud, change: Partial<UpdateServiceCommandInput>) {
    await ecs.send(new UpdateServiceCommand({ cluster: names.cluster, service: names.service, ...change }));
  },

  /** Another revision, rolled out. */
  async definition({ ecs }: Cloud, change: Partial<RegisterTaskDefinitionCommandInput>) {
    const { taskDefinition, tags } = await runningDefinition(ecs);
    const {
      family,
      cpu,
      memory,
      networkMode,
      runtimePlatform,
      executionRoleArn,
      taskRoleArn,
      containerDefinitions,
    } = taskDefinition!;
    const answer = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        cpu,
        memory,
        networkMode,
        runtimePlatform,
        executionRoleArn,
        taskRoleArn,
        containerDefinitions,
        tags,
        requiresCompatibilities: ['FARGATE'],
        ...change,
      }),
    );
    await byHand.service({ ecs } as Cloud, { taskDefinition: answer.taskDefinition!.taskDefinitionArn });
  },

  async container(cloud: Cloud, change: Partial<ContainerDefinition>) {
    const { taskDefinition } = await runningDefinition(cloud.ecs);
    const [container] = taskDefinition!.containerDefinitions!;
    await byHand.definition(cloud, { containerDefinitions: [{ ...container, ...change }] });
  },

  async containerHealth(cloud: Cloud, change: Partial<HealthCheck>) {
    const { taskDefinition } = await runningDefinition(cloud.ecs);
    const { healthCheck } = taskDefinition!.containerDefinitions![0]!;
    await byHand.container(cloud, { healthCheck: { ...healthCheck!, ...change } });
  },

  /** Tasks without a public address, in subnets that have no other way out. */
  async withoutAddress(cloud: Cloud) {
    const { services } = await cloud.ecs.send(
      new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] }),
    );
    const { awsvpcConfiguration } = services![0]!.networkConfiguration!;
    await byHand.service(cloud, {
      networkConfiguration: { awsvpcConfiguration: { ...awsvpcConfiguration!, assignPublicIp: 'DISABLED' } },
    });
  },

  async limits({ applicationAutoScaling }: Cloud, limits: ScalableTargetAction) {
    await applicationAutoScaling.send(new RegisterScalableTargetCommand({ ...ourService, ...limits }));
  },

  async policy({ applicationAutoScaling }: Cloud, PolicyName: string, TargetValue: number) {
    const { ScalingPolicies } = await applicationAutoScaling.send(
      new DescribeScalingPoliciesCommand({ ...ourService, PolicyNames: [PolicyName] }),
    );
    const { PolicyType, TargetTrackingScalingPolicyConfiguration } = ScalingPolicies![0]!;
    await applicationAutoScaling.send(
      new PutScalingPolicyCommand({
        ...ourService,
        PolicyName,
        PolicyType,
        TargetTrackingScalingPolicyConfiguration: {
          ...TargetTrackingScalingPolicyConfiguration,
          TargetValue,
        },
      }),
    );
  },

  async noPolicy({ applicationAutoScaling }: Cloud, PolicyName: string) {
    await applicationAutoScaling.send(new DeleteScalingPolicyCommand({ ...ourService, PolicyName }));
  },

  async scheduledAction(
    { applicationAutoScaling }: Cloud,
    ScheduledActionName: string,
    limits: ScalableTargetAction,
  ) {
    await applicationAutoScaling.send(
      new PutScheduledActionCommand({ ...ourService, ScheduledActionName, ScalableTargetAction: limits }),
    );
  },

  async replicas({ elasticache }: Cloud, NewReplicaCount: number) {
    await elasticache.send(
      new IncreaseReplicaCountCommand({
        ReplicationGroupId: names.replicationGroup,
        NewReplicaCount,
        ApplyImmediately: true,
      }),
    );
  },

  async shards({ elasticache }: Cloud, NodeGroupCount: number) {
    await elasticache.send(
      new ModifyReplicationGroupShardConfigurationCommand({
        ReplicationGroupId: names.replicationGroup,
        NodeGroupCount,
        ApplyImmediately: true,
      }),
    );
  },

  async noWayOut({ ec2 }: Cloud) {
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({}));
    const table = RouteTables!.find(({ Routes }) =>
      Routes?.some(({ NatGatewayId }) => NatGatewayId !== undefined),
    )!;
    await ec2.send(
      new DeleteRouteCommand({ RouteTableId: table.RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }),
    );
  },

  async noEndpoint({ ec2 }: Cloud) {
    const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({}));
    await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpoints![0]!.VpcEndpointId!] }));
  },

  async insights({ ecs }: Cloud, value: string) {
    await ecs.send(
      new UpdateClusterSettingsCommand({
        cluster: names.cluster,
        settings: [{ name: 'containerInsights', value }],
      }),
    );
  },

  async retention({ logs }: Cloud, retentionInDays: number) {
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: names.logGroup, retentionInDays }));
  },

  async alarm({ cloudwatch }: Cloud, of: string, change: Partial<PutMetricAlarmCommandInput>) {
    const AlarmNames = [names.alarm(of)];
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    await cloudwatch.send(
      new PutMetricAlarmCommand({ ...(MetricAlarms![0] as PutMetricAlarmCommandInput), ...change }),
    );
  },

  async bucketPolicy({ s3, account }: Cloud) {
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: names.accessLogBucket(account) }));
  },

  /** One widget less. */
  async dashboard({ cloudwatch }: Cloud) {
    const DashboardName = names.dashboard;
    const { DashboardBody } = await cloudwatch.send(new GetDashboardCommand({ DashboardName }));
    const body = JSON.parse(DashboardBody!) as { widgets: object[] };
    const changed = JSON.stringify({ ...body, widgets: body.widgets.slice(1) });
    await cloudwatch.send(new PutDashboardCommand({ DashboardName, DashboardBody: changed }));
  },
};

async function balancerOf({ elbv2 }: Cloud) {
  return (await elbv2.send(new DescribeLoadBalancersCommand({}))).LoadBalancers![0]!;
}

async function listenerOf(cloud: Cloud, protocol: string) {
  const { LoadBalancerArn } = await balancerOf(cloud);
  const { Listeners } = await cloud.elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return Listeners!.find(({ Protocol }) => Protocol === protocol)!.ListenerArn;
}

async function targetsOf({ elbv2 }: Cloud) {
  return (await elbv2.send(new DescribeTargetGroupsCommand({}))).TargetGroups![0]!.TargetGroupArn!;
}

async function runningDefinition(ecs: Cloud['ecs']) {
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] }),
  );
  return ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services![0]!.taskDefinition, include: ['TAGS'] }),
  );
}
