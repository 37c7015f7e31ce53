import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type IpPermission,
  type Tag,
} from '@aws-sdk/client-ec2';
import {
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand as ListRepositoryTagsCommand,
} from '@aws-sdk/client-ecr';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeCacheClustersCommand,
  DescribeCacheParameterGroupsCommand,
  DescribeCacheParametersCommand,
  DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand,
} from '@aws-sdk/client-elasticache';
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
} from '@aws-sdk/client-iam';
import { DescribeParametersCommand, GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Cloud } from '../../../src/aws/cloud.ts';

/**
 * Everything that an account has, read with plain SDK calls: nothing of the resource kinds is used. Ids that AWS
 * makes up are replaced by the logical ids of the resources, so that a test can write the whole down by hand.
 */
export async function pictureOf(cloud: Cloud) {
  const [network, caches, balancing, containers, rest] = await Promise.all([
    networkPicture(cloud),
    cachePicture(cloud),
    balancingPicture(cloud),
    containerPicture(cloud),
    restPicture(cloud),
  ]);
  const picture = { ...network.picture, ...caches, ...balancing, ...containers, ...rest };
  let text = JSON.stringify(picture);
  for (const [id, name] of network.ids) text = text.replaceAll(id, name);
  return JSON.parse(text) as typeof picture;
}

async function networkPicture({ ec2 }: Cloud) {
  const [vpcs, gateways, subnets, tables, groups] = await Promise.all([
    ec2.send(new DescribeVpcsCommand({})),
    ec2.send(new DescribeInternetGatewaysCommand({})),
    ec2.send(new DescribeSubnetsCommand({})),
    ec2.send(new DescribeRouteTablesCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
  ]);
  const ids = new Map<string, string>();
  const named = (id: string | undefined, tags: Tag[] | undefined) => {
    const name = tags?.find(({ Key }) => Key === 'chatops:id')?.Value;
    if (name !== undefined) ids.set(id!, name);
    return name !== undefined;
  };
  const picture = {
    vpcs: await Promise.all(
      vpcs
        .Vpcs!.filter(({ VpcId, Tags }) => named(VpcId, Tags))
        .map(async ({ VpcId, CidrBlock, Tags }) => ({
          id: VpcId,
          cidr: CidrBlock,
          dnsSupport: (
            await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' }))
          ).EnableDnsSupport?.Value,
          dnsHostnames: (
            await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }))
          ).EnableDnsHostnames?.Value,
          tags: recordOf(Tags),
        })),
    ),
    internetGateways: gateways
      .InternetGateways!.filter((one) => named(one.InternetGatewayId, one.Tags))
      .map(({ InternetGatewayId, Attachments }) => ({ id: InternetGatewayId, vpc: Attachments?.[0]?.VpcId })),
    subnets: byId(
      subnets.Subnets!.filter(({ SubnetId, Tags }) => named(SubnetId, Tags)),
      ids,
      ({ SubnetId }) => SubnetId,
      (one) => [one.VpcId, one.CidrBlock, one.AvailabilityZone, one.MapPublicIpOnLaunch],
    ),
    routeTables: byId(
      tables.RouteTables!.filter(({ RouteTableId, Tags }) => named(RouteTableId, Tags)),
      ids,
      ({ RouteTableId }) => RouteTableId,
      ({ Routes = [], Associations = [] }) => ({
        routes: Routes.map((route) => `${route.DestinationCidrBlock} → ${route.GatewayId}`).toSorted(),
        subnets: Associations.map(({ SubnetId }) => ids.get(SubnetId!)).toSorted(),
      }),
    ),
    securityGroups: byId(
      groups.SecurityGroups!.filter(({ GroupId, Tags }) => named(GroupId, Tags)),
      ids,
      ({ GroupId }) => GroupId,
      (one) => ({
        name: one.GroupName,
        ingress: (one.IpPermissions ?? []).flatMap(rules),
        egress: (one.IpPermissionsEgress ?? []).flatMap(rules),
      }),
    ),
  };
  return { picture, ids };
}

async function cachePicture({ elasticache }: Cloud) {
  const [groups, clusters, subnetGroups, parameterGroups] = await Promise.all([
    elasticache.send(new DescribeReplicationGroupsCommand({})),
    elasticache.send(new DescribeCacheClustersCommand({})),
    elasticache.send(new DescribeCacheSubnetGroupsCommand({})),
    elasticache.send(new DescribeCacheParameterGroupsCommand({})),
  ]);
  const ours = (parameterGroups.CacheParameterGroups ?? []).filter(
    ({ CacheParameterGroupName }) => !CacheParameterGroupName!.startsWith('default.'),
  );
  return {
    replicationGroups: groups.ReplicationGroups!.map((one) => {
      const node = clusters.CacheClusters!.find(({ ReplicationGroupId }) => {
        return ReplicationGroupId === one.ReplicationGroupId;
      });
      return {
        name: one.ReplicationGroupId,
        status: one.Status,
        nodes: one.MemberClusters?.length,
        nodeType: one.CacheNodeType,
        engine: node?.Engine,
        majorVersion: node?.EngineVersion?.split('.')[0],
        port: one.NodeGroups?.[0]?.PrimaryEndpoint?.Port,
        parameterGroup: node?.CacheParameterGroup?.CacheParameterGroupName,
        subnetGroup: node?.CacheSubnetGroupName,
        securityGroups: node?.SecurityGroups?.map(({ SecurityGroupId }) => SecurityGroupId),
        atRest: one.AtRestEncryptionEnabled,
        inTransit: one.TransitEncryptionEnabled,
        failover: one.AutomaticFailover,
        multiAz: one.MultiAZ,
        snapshots: one.SnapshotRetentionLimit,
        minorUpgrades: one.AutoMinorVersionUpgrade,
      };
    }),
    cacheSubnetGroups: subnetGroups.CacheSubnetGroups!.map((one) => ({
      name: one.CacheSubnetGroupName,
      subnets: one.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier),
    })),
    cacheParameterGroups: await Promise.all(
      ours.map(async ({ CacheParameterGroupName, CacheParameterGroupFamily }) => {
        const { Parameters } = await elasticache.send(
          new DescribeCacheParametersCommand({ CacheParameterGroupName, Source: 'user' }),
        );
        return {
          name: CacheParameterGroupName,
          family: CacheParameterGroupFamily,
          parameters: Parameters?.map((one) => `${one.ParameterName}=${one.ParameterValue}`),
        };
      }),
    ),
  };
}

async function balancingPicture({ elbv2 }: Cloud) {
  const [balancers, groups] = await Promise.all([
    elbv2.send(new DescribeLoadBalancersCommand({})),
    elbv2.send(new DescribeTargetGroupsCommand({})),
  ]);
  const groupNames = new Map(groups.TargetGroups!.map((one) => [one.TargetGroupArn, one.TargetGroupName]));
  return {
    loadBalancers: await Promise.all(
      balancers.LoadBalancers!.map(async (one) => {
        const { LoadBalancerArn } = one;
        const [attributes, listeners] = await Promise.all([
          elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn })),
          elbv2.send(new DescribeListenersCommand({ LoadBalancerArn })),
        ]);
        return {
          name: one.LoadBalancerName,
          type: one.Type,
          scheme: one.Scheme,
          subnets: one.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
          securityGroups: one.SecurityGroups,
          idleTimeout: valueOf(attributes.Attributes, 'idle_timeout.timeout_seconds'),
          deletionProtection: valueOf(attributes.Attributes, 'deletion_protection.enabled'),
          listeners: listeners.Listeners!.map(({ Port, Protocol, DefaultActions }) => ({
            port: Port,
            protocol: Protocol,
            action: DefaultActions?.[0]?.Type,
            targets: groupNames.get(DefaultActions?.[0]?.TargetGroupArn),
          })),
        };
      }),
    ),
    targetGroups: await Promise.all(
      groups.TargetGroups!.map(async (one) => {
        const { Attributes } = await elbv2.send(
          new DescribeTargetGroupAttributesCommand({ TargetGroupArn: one.TargetGroupArn }),
        );
        return {
          name: one.TargetGroupName,
          vpc: one.VpcId,
          targetType: one.TargetType,
          protocol: one.Protocol,
          port: one.Port,
          healthCheck: [
            one.HealthCheckPath,
            one.Matcher?.HttpCode,
            one.HealthCheckIntervalSeconds,
            one.HealthCheckTimeoutSeconds,
            one.HealthyThresholdCount,
            one.UnhealthyThresholdCount,
          ],
          stickiness: valueOf(Attributes, 'stickiness.enabled'),
          stickinessType: valueOf(Attributes, 'stickiness.type'),
          cookieSeconds: valueOf(Attributes, 'stickiness.lb_cookie.duration_seconds'),
          deregistrationDelay: valueOf(Attributes, 'deregistration_delay.timeout_seconds'),
          algorithm: valueOf(Attributes, 'load_balancing.algorithm.type'),
        };
      }),
    ),
  };
}

async function containerPicture({ ecs }: Cloud) {
  const [{ clusterArns }, { taskDefinitionArns }] = await Promise.all([
    ecs.send(new ListClustersCommand({})),
    ecs.send(new ListTaskDefinitionsCommand({})),
  ]);
  const { clusters } = await ecs.send(
    new DescribeClustersCommand({ clusters: clusterArns, include: ['SETTINGS', 'TAGS'] }),
  );
  const services = await Promise.all(
    clusterArns!.map(async (cluster) => {
      const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster }));
      return serviceArns!.length === 0
        ? []
        : (await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }))).services!;
    }),
  );
  return {
    clusters: clusters!.map(({ clusterName, settings }) => ({ name: clusterName, settings })),
    taskDefinitions: await Promise.all(
      taskDefinitionArns!.map(async (taskDefinition) => {
        const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
        const { family, cpu, memory, networkMode, runtimePlatform, ...one } = answer.taskDefinition!;
        return {
          family,
          cpu,
          memory,
          networkMode,
          runtimePlatform,
          requires: one.requiresCompatibilities,
          roles: [one.executionRoleArn, one.taskRoleArn],
          containers: one.containerDefinitions!.map((container) => ({
            name: container.name,
            image: container.image,
            essential: container.essential,
            ports: container.portMappings?.map((port) => `${port.protocol} ${port.containerPort}`),
            environment: container.environment,
            secrets: container.secrets,
            logs: container.logConfiguration?.options,
            init: container.linuxParameters?.initProcessEnabled,
            readonly: container.readonlyRootFilesystem,
            user: container.user ?? null,
            stopTimeout: container.stopTimeout,
          })),
        };
      }),
    ),
    services: services.flat().map((one) => ({
      name: one.serviceName,
      launchType: one.launchType,
      counts: [one.desiredCount, one.runningCount],
      network: one.networkConfiguration?.awsvpcConfiguration,
      container: one.loadBalancers?.map((each) => [each.containerName, each.containerPort]),
      percent: [
        one.deploymentConfiguration?.minimumHealthyPercent,
        one.deploymentConfiguration?.maximumPercent,
      ],
      circuitBreaker: [
        one.deploymentConfiguration?.deploymentCircuitBreaker?.enable,
        one.deploymentConfiguration?.deploymentCircuitBreaker?.rollback,
      ],
      gracePeriod: one.healthCheckGracePeriodSeconds,
      exec: one.enableExecuteCommand,
      propagateTags: one.propagateTags,
    })),
  };
}

async function restPicture({ ecr, iam, logs, ssm }: Cloud) {
  const [repositories, roles, logGroups, parameters] = await Promise.all([
    ecr.send(new DescribeRepositoriesCommand({})),
    iam.send(new ListRolesCommand({ PathPrefix: '/chatops/' })),
    logs.send(new DescribeLogGroupsCommand({})),
    ssm.send(new DescribeParametersCommand({})),
  ]);
  return {
    repositories: await Promise.all(
      repositories.repositories!.map(async (one) => {
        const { repositoryName, repositoryArn } = one;
        const policy = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
        const { tags } = await ecr.send(new ListRepositoryTagsCommand({ resourceArn: repositoryArn }));
        const { rules: lifecycle } = JSON.parse(policy.lifecyclePolicyText!) as {
          rules: { selection: object; action: object }[];
        };
        return {
          name: repositoryName,
          tagMutability: one.imageTagMutability,
          scanOnPush: one.imageScanningConfiguration?.scanOnPush,
          lifecycle: lifecycle.map(({ selection, action }) => ({ ...selection, ...action })),
          tags: recordOf(tags),
        };
      }),
    ),
    roles: await Promise.all(
      roles.Roles!.map(async ({ RoleName, Path, AssumeRolePolicyDocument }) => {
        const [attached, inline, tags] = await Promise.all([
          iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
          iam.send(new ListRolePoliciesCommand({ RoleName })),
          iam.send(new ListRoleTagsCommand({ RoleName })),
        ]);
        const documents = await Promise.all(
          inline.PolicyNames!.map(async (PolicyName) => {
            const answer = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
            return [PolicyName, documentOf(answer.PolicyDocument!)] as const;
          }),
        );
        return {
          name: RoleName,
          path: Path,
          trust: documentOf(AssumeRolePolicyDocument!),
          managed: attached.AttachedPolicies!.map(({ PolicyArn }) => PolicyArn),
          inline: Object.fromEntries(documents),
          tags: recordOf(tags.Tags),
        };
      }),
    ),
    logGroups: await Promise.all(
      logGroups.logGroups!.map(async ({ logGroupName, logGroupArn, arn, retentionInDays }) => {
        const resourceArn = logGroupArn ?? arn!.replace(/:\*$/, '');
        const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn }));
        return { name: logGroupName, retention: retentionInDays, tags };
      }),
    ),
    parameters: await Promise.all(
      parameters.Parameters!.map(async ({ Name, Type }) => {
        const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
        return { name: Name, type: Type, value: Parameter?.Value };
      }),
    ),
  };
}

function byId<Item>(
  items: Item[],
  ids: Map<string, string>,
  idOf: (item: Item) => string | undefined,
  read: (item: Item) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(items.map((item) => [ids.get(idOf(item)!), read(item)]));
}

function rules({
  IpProtocol,
  FromPort,
  ToPort,
  IpRanges = [],
  UserIdGroupPairs = [],
}: IpPermission): string[] {
  const ports = IpProtocol === '-1' ? 'all' : `${IpProtocol} ${FromPort}-${ToPort}`;
  const peers = [...IpRanges.map(({ CidrIp }) => CidrIp), ...UserIdGroupPairs.map(({ GroupId }) => GroupId)];
  return peers.map((peer) => `${ports} ${peer}`);
}

function valueOf(attributes: TargetGroupAttribute[] | undefined, key: string): string | undefined {
  return attributes?.find(({ Key }) => Key === key)?.Value;
}

function recordOf(tags: Tag[] | undefined): Record<string, string | undefined> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

function documentOf(encoded: string): unknown {
  return JSON.parse(decodeURIComponent(encoded));
}
