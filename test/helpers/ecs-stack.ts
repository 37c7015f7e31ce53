import { createHash } from 'node:crypto';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type ContainerDefinition,
  type CreateServiceCommandInput,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAvailabilityZonesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeRulesCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect } from 'vitest';

import { ecr, repositoryUri } from '../../src/local-cloud/services/ecr/state.ts';
import { storeImage } from '../../src/local-cloud/services/ecr/store-image.ts';
import { putImage, type LayerEntry } from './image.ts';
import type { startLocalCloud } from './local-cloud.ts';

export type Cloud = Awaited<ReturnType<typeof startLocalCloud>>;

/** A VPC with two subnets, a cluster, a log group and a repository: what an ECS service needs, made with SDK clients. */
export async function ecsStack(cloud: Cloud) {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { AvailabilityZones } = await cloud.ec2.send(new DescribeAvailabilityZonesCommand({}));
  const subnets = await Promise.all(
    [0, 1].map(async (index) => {
      const { Subnet } = await cloud.ec2.send(
        new CreateSubnetCommand({
          VpcId: Vpc!.VpcId,
          CidrBlock: `10.0.${index}.0/24`,
          AvailabilityZone: AvailabilityZones![index]!.ZoneName,
        }),
      );
      return Subnet!.SubnetId!;
    }),
  );
  const { GroupId } = await cloud.ec2.send(
    new CreateSecurityGroupCommand({ VpcId: Vpc!.VpcId, GroupName: 'tasks', Description: 'tasks' }),
  );
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: '/app' }));
  await cloud.ecr.send(new CreateRepositoryCommand({ repositoryName: 'app' }));
  await cloud.ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  const networkConfiguration = {
    awsvpcConfiguration: { subnets, securityGroups: [GroupId!], assignPublicIp: 'ENABLED' as const },
  };

  /** Puts an image of one layer into the repository; returns its reference by digest. */
  async function image(
    files: Record<string, LayerEntry> = { 'app/server.mjs': '' },
    config: Record<string, unknown> = {},
  ): Promise<string> {
    const manifest = await putImage(cloud.cloud.dataPlane.images, [files], config);
    const repository = ecr(cloud.call()).repositories.get('app')!;
    const parts = JSON.parse(manifest.toString()) as { config: Part; layers: Part[] };
    for (const { digest, size } of [parts.config, ...parts.layers]) repository.blobs.set(digest, size);
    const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
    if (!repository.images.has(digest)) {
      await storeImage(cloud.call(), repository, {
        bytes: manifest,
        contentType: undefined,
        tag: undefined,
        now: new Date(),
      });
    }
    return `${repositoryUri(cloud.call(), 'app')}@${digest}`;
  }

  /** Registers the next revision of the family `app`; returns its ARN. */
  async function taskDefinition(
    container: Partial<ContainerDefinition> = {},
    changes: { taskRoleArn?: string | undefined } = {},
  ): Promise<string> {
    const output = await cloud.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'app',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
        ...changes,
        containerDefinitions: [
          {
            name: 'app',
            portMappings: [{ containerPort: 3000 }],
            logConfiguration: {
              logDriver: 'awslogs',
              options: {
                'awslogs-group': '/app',
                'awslogs-region': 'local',
                'awslogs-stream-prefix': 'app',
              },
            },
            ...container,
            image: container.image ?? (await image()),
          },
        ],
      }),
    );
    return output.taskDefinition!.taskDefinitionArn!;
  }

  /** Creates the service `app` of two tasks. */
  async function service(changes: Partial<CreateServiceCommandInput> = {}): Promise<Service> {
    const output = await cloud.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'app',
        desiredCount: 2,
        launchType: 'FARGATE',
        networkConfiguration,
        ...changes,
        taskDefinition: changes.taskDefinition ?? (await taskDefinition()),
      }),
    );
    return output.service!;
  }

  /** An internal load balancer with a listener on `port` and a target group for port 3000. */
  async function loadBalancer(port: number, attributes: Record<string, string> = {}) {
    const { LoadBalancers } = await cloud.elbv2.send(
      new CreateLoadBalancerCommand({ Name: 'app', Subnets: subnets, Scheme: 'internal' }),
    );
    const { TargetGroups } = await cloud.elbv2.send(
      new CreateTargetGroupCommand({
        Name: 'app',
        VpcId: Vpc!.VpcId,
        TargetType: 'ip',
        Protocol: 'HTTP',
        Port: 3000,
        HealthCheckPath: '/',
        HealthCheckIntervalSeconds: 5,
        HealthCheckTimeoutSeconds: 2,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 2,
      }),
    );
    const targetGroupArn = TargetGroups![0]!.TargetGroupArn!;
    await cloud.elbv2.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn: targetGroupArn,
        Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    const attach = () =>
      cloud.elbv2.send(
        new CreateListenerCommand({
          LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
          Port: port,
          Protocol: 'HTTP',
          DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
        }),
      );
    /** A second target group and a listener on `port` that knows both: what blue/green deployments need. */
    const blueGreen = async (roleArn: string, weights: [number, number] = [1, 0]) => {
      const { TargetGroups: others } = await cloud.elbv2.send(
        new CreateTargetGroupCommand({
          Name: 'app-alternate',
          VpcId: Vpc!.VpcId,
          TargetType: 'ip',
          Protocol: 'HTTP',
          Port: 3000,
        }),
      );
      const alternateTargetGroupArn = others![0]!.TargetGroupArn!;
      const groups = [targetGroupArn, alternateTargetGroupArn].map((TargetGroupArn, index) => ({
        TargetGroupArn,
        Weight: weights[index]!,
      }));
      const { Listeners } = await cloud.elbv2.send(
        new CreateListenerCommand({
          LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
          Port: port,
          Protocol: 'HTTP',
          DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }],
        }),
      );
      const listenerArn = Listeners![0]!.ListenerArn!;
      const { Rules } = await cloud.elbv2.send(new DescribeRulesCommand({ ListenerArn: listenerArn }));
      const advancedConfiguration = {
        alternateTargetGroupArn,
        productionListenerRule: Rules![0]!.RuleArn!,
        roleArn,
      };
      return {
        listenerArn,
        loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 3000, advancedConfiguration }],
      };
    };
    return {
      targetGroupArn,
      attach,
      blueGreen,
      loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 3000 }],
    };
  }

  async function describe(): Promise<Service> {
    const { services } = await cloud.ecs.send(
      new DescribeServicesCommand({ cluster: 'main', services: ['app'] }),
    );
    return services![0]!;
  }

  /** The service's tasks, or all of the cluster's, that are meant to run or have stopped. */
  async function tasks(desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING'): Promise<Task[]> {
    const { taskArns } = await cloud.ecs.send(new ListTasksCommand({ cluster: 'main', desiredStatus }));
    if (taskArns!.length === 0) return [];
    const output = await cloud.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
    return output.tasks!;
  }

  return {
    vpcId: Vpc!.VpcId!,
    subnets,
    securityGroupId: GroupId!,
    networkConfiguration,
    image,
    taskDefinition,
    service,
    loadBalancer,
    describe,
    tasks,
    /** Resolves with the service as soon as it is as `matching` says. */
    async until(matching: (service: Service) => boolean, timeout = 10_000): Promise<Service> {
      let seen: Service | undefined;
      await expect
        .poll(
          async () => {
            seen = await describe();
            return matching(seen) || seen;
          },
          { timeout, interval: 20 },
        )
        .toBe(true);
      return seen!;
    },
  };
}

interface Part {
  digest: string;
  size: number;
}

/** One deployment, all desired tasks running: what the ServicesStable waiter looks at, and the rollout complete. */
export function isSteady(service: Service): boolean {
  return (
    service.deployments!.length === 1 &&
    service.runningCount === service.desiredCount &&
    service.pendingCount === 0 &&
    service.deployments![0]!.rolloutState === 'COMPLETED'
  );
}

/** What the service's events say, oldest first, with ids taken out. */
export function eventsOf(service: Service): string[] {
  return service
    .events!.map(({ message }) => message!)
    .toReversed()
    .map((message) =>
      message
        .replace(/\(task [0-9a-f]{32}\)/g, '(task …)')
        .replace(/ecs-svc\/\d+/g, 'ecs-svc/…')
        .replace(/target-group arn:[^ )]+/g, 'target-group …'),
    );
}
