import { CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  ListTasksCommand,
  UpdateClusterSettingsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realClock } from '../../../src/local-cloud/clock.ts';
import type { DataPlane, TaskSpec } from '../../../src/local-cloud/runtime/data-plane.ts';
import { imageOf } from '../../../src/resources/ecr/image.ts';
import { repository } from '../../../src/resources/ecr/repository.ts';
import { cluster } from '../../../src/resources/ecs/cluster.ts';
import { service } from '../../../src/resources/ecs/service.ts';
import { taskDefinition } from '../../../src/resources/ecs/task-definition.ts';
import { listener } from '../../../src/resources/elbv2/listener.ts';
import { loadBalancer } from '../../../src/resources/elbv2/load-balancer.ts';
import { targetGroup } from '../../../src/resources/elbv2/target-group.ts';
import { role } from '../../../src/resources/iam/role.ts';
import { readStack } from '../../../src/stack/facts.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf, until } from './rig.ts';
import { smallImage } from './small-image.ts';
import { surroundings } from './surroundings.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
/** When tasks that are asked to stop do so. */
let mayStop = Promise.resolve();
beforeEach(async () => {
  mayStop = Promise.resolve();
  rig = await startCloud({ dataPlane: whereSomeTasksCrash() });
});
afterEach(() => rig.close());

const clusterProps = { name: names.cluster, containerInsights: 'disabled' as const, spot: false };

describe('cluster', () => {
  it('keeps its Container Insights, whose log group goes with it', async () => {
    const { cloud } = rig;
    const life = lifeOf(cloud, cluster, 'cluster');
    await life.create(clusterProps);
    expect(await life.changes({ ...clusterProps, name: 'other' })).toEqual(['replace name']);
    await life.update({ ...clusterProps, containerInsights: 'enabled' });
    await life.update({ ...clusterProps, containerInsights: 'enhanced' });
    await life.update(clusterProps);

    await cloud.ecs.send(
      new UpdateClusterSettingsCommand({
        cluster: clusterProps.name,
        settings: [{ name: 'containerInsights', value: 'enabled' }],
      }),
    );
    expect(await life.changes(clusterProps)).toEqual(['update containerInsights']);
    const logGroupName = `/aws/ecs/containerinsights/${clusterProps.name}/performance`;
    await cloud.logs.send(new CreateLogGroupCommand({ logGroupName }));
    await life.delete();
    const { logGroups } = await cloud.logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups).toEqual([]);
  });

  it('of that name that is not ours is refused', async () => {
    const { cloud } = rig;
    await cloud.ecs.send(new CreateClusterCommand({ clusterName: clusterProps.name }));
    await expect(cluster.create(cloud, clusterProps, stepOf('cluster'))).rejects.toEqual(foreign);
    expect(await cluster.find(cloud, scope)).toEqual([]);
  });
});

/** What a task definition needs. */
async function definitionProps() {
  const { cloud } = rig;
  const { repositoryUri } = await lifeOf(cloud, repository, 'repository').create({
    name: names.repository,
    tagMutability: 'IMMUTABLE',
    scanOnPush: true,
    lifecyclePolicy: undefined,
  });
  const build = await smallImage('server');
  const image = { repositoryName: names.repository, repositoryUri, digest: build.digest, tag: build.tag };
  await imageOf(build).create(cloud, image, stepOf('image'));
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  const arns: string[] = [];
  for (const [id, name] of [
    ['role-execution', names.executionRole],
    ['role-task', names.taskRole],
  ] as const) {
    const props = {
      name,
      path: names.rolePath,
      description: id,
      trust,
      managedPolicies: [],
      inlinePolicies: {},
    };
    arns.push((await lifeOf(cloud, role, id).create(props)).arn);
  }
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: names.logGroup }));
  return {
    family: names.taskFamily,
    cpu: 256,
    memory: 512,
    architecture: 'ARM64' as 'ARM64' | 'X86_64',
    executionRoleArn: arns[0]!,
    taskRoleArn: arns[1]!,
    container: {
      name: 'app',
      image: `${repositoryUri}@${build.digest}`,
      port: 3000,
      environment: { PORT: '3000' } as Record<string, string>,
      secrets: {} as Record<string, string>,
      logs: { group: names.logGroup, region: 'local', streamPrefix: 'app' },
      init: true,
      readonlyRootFilesystem: true,
      user: undefined as string | undefined,
      stopTimeout: 30,
    },
  };
}

describe('task definition', () => {
  it('registers a new revision for each change, keeps the last ten, and takes all of them away at the end', async () => {
    const { cloud } = rig;
    const props = await definitionProps();
    const { container } = props;
    const life = lifeOf(cloud, taskDefinition, 'task-definition');
    const { arn } = await life.create(props);
    expect(arn).toMatch(/:1$/);
    const wanted = (change: Partial<typeof container>) => ({
      ...props,
      container: { ...container, ...change },
    });
    expect(await life.changes({ ...props, family: 'other' })).toEqual(['replace family']);
    const cases: [typeof props, string][] = [
      [{ ...props, cpu: 512, memory: 1024 }, 'update cpu, update memory'],
      [{ ...props, architecture: 'X86_64' }, 'update architecture'],
      [{ ...props, taskRoleArn: props.executionRoleArn }, 'update taskRoleArn'],
      [wanted({ environment: { PORT: '3000', MORE: 'x' } }), 'update container.environment.MORE'],
      [
        wanted({ secrets: { REDIS_URL: 'arn:aws:ssm:local:000000000000:parameter/x' } }),
        'update container.secrets.REDIS_URL',
      ],
      [wanted({ init: false }), 'update container.init'],
      [wanted({ readonlyRootFilesystem: false }), 'update container.readonlyRootFilesystem'],
      [wanted({ user: 'node' }), 'update container.user'],
      [wanted({ stopTimeout: 5 }), 'update container.stopTimeout'],
      [wanted({ port: 80 }), 'update container.port'],
      [wanted({ logs: { ...container.logs, streamPrefix: 'web' } }), 'update container.logs'],
    ];
    for (const [next, changes] of cases) {
      expect((await life.changes(next)).join(', ')).toBe(changes);
      await life.update(next);
      await life.update(props);
    }
    expect((await life.one()).arn).toMatch(/:23$/);
    const { taskDefinitionArns: kept } = await cloud.ecs.send(new ListTaskDefinitionsCommand({}));
    expect(kept!.map((one) => Number(one.split(':').at(-1)))).toEqual([
      14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
    ]);
    await life.delete();
    for (const status of ['ACTIVE', 'INACTIVE'] as const) {
      const { taskDefinitionArns } = await cloud.ecs.send(new ListTaskDefinitionsCommand({ status }));
      expect(taskDefinitionArns).toEqual([]);
    }
  });

  it('looks past a revision that somebody registered by hand', async () => {
    const { cloud } = rig;
    const props = await definitionProps();
    const life = lifeOf(cloud, taskDefinition, 'task-definition');
    const { arn } = await life.create(props);
    await registerByHand(props.family);
    expect((await life.one()).arn).toBe(arn);
  });

  it('refuses to register revisions in the family of somebody else', async () => {
    const { cloud } = rig;
    const props = await definitionProps();
    await registerByHand(props.family);
    await expect(taskDefinition.create(cloud, props, stepOf('task-definition'))).rejects.toEqual(foreign);
    expect(await taskDefinition.find(cloud, scope)).toEqual([]);
  });

  async function registerByHand(family: string): Promise<void> {
    await rig.cloud.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        cpu: '256',
        memory: '512',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        containerDefinitions: [{ name: 'mine', image: 'nginx' }],
      }),
    );
  }
});

/** A service with everything that it needs. */
async function serviceParts() {
  const { cloud } = rig;
  const around = await surroundings(cloud);
  const definition = await definitionProps();
  const definitions = lifeOf(cloud, taskDefinition, 'task-definition');
  const { arn } = await definitions.create(definition);
  await cluster.create(cloud, clusterProps, stepOf('cluster'));
  const balancer = await lifeOf(cloud, loadBalancer, 'load-balancer').create({
    name: names.loadBalancer,
    scheme: 'internet-facing',
    subnetIds: around.subnetIds,
    securityGroupIds: [around.groupIds[0]],
    attributes: {},
  });
  const targets = await lifeOf(cloud, targetGroup, 'target-group').create({
    name: names.targetGroup({ vpcId: around.vpcId }),
    vpcId: around.vpcId,
    healthCheck: {
      path: '/livez',
      matcher: '200',
      interval: 10,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    },
    attributes: { 'deregistration_delay.timeout_seconds': '0' },
  });
  await lifeOf(cloud, listener, 'listener-http').create({
    loadBalancerArn: balancer.arn,
    port: 8300,
    protocol: 'HTTP',
    targetGroupArn: targets.arn,
  });
  const props = {
    name: names.service,
    cluster: names.cluster,
    taskDefinition: arn,
    desiredCount: 2,
    subnetIds: around.subnetIds.slice(0, 2),
    securityGroupIds: [around.groupIds[0]] as string[],
    assignPublicIp: true,
    targetGroupArn: targets.arn,
    containerName: 'app',
    containerPort: 3000,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    circuitBreaker: true,
    healthCheckGracePeriod: 60,
    spot: false,
    exec: false,
    startSpread: 0,
  };
  /** Registers a revision whose tasks exit at once. */
  const crashing = async () => {
    const { container } = definition;
    const environment = { PORT: '3000', CRASH: 'true' };
    return (await definitions.update({ ...definition, container: { ...container, environment } })).arn;
  };
  return { cloud, around, props, definition, definitions, crashing, life: lifeOf(cloud, service, 'service') };
}

describe('task definition with roles that were just made', () => {
  it('waits until they may be passed', async () => {
    await rig.close();
    // A role takes 0.2 s until services know it.
    rig = await startCloud({ dataPlane: whereSomeTasksCrash(), clock: realClock('aws/50') });
    const definition = await definitionProps();
    const step = stepOf('task-definition');
    const clock = { now: Date.now, sleep: (ms: number) => delay(ms / 50) };
    await taskDefinition.create(rig.cloud, definition, { ...step, clock });
    expect(step.notes).toContain('waiting until its roles are known everywhere');
    expect(await taskDefinition.find(rig.cloud, scope)).toHaveLength(1);
  });
});

describe('service', () => {
  it('takes each change in place and is put right after changes by hand', async () => {
    const { cloud, around, props, definition, definitions, life } = await serviceParts();
    const { runningCount } = await life.create(props);
    expect(runningCount).toBe(2);
    expect(await life.changes({ ...props, cluster: 'other' })).toEqual(['replace cluster']);
    const { arn } = await definitions.update({ ...definition, cpu: 512, memory: 1024 });
    await life.update({ ...props, taskDefinition: arn, desiredCount: 3 });
    await life.update({ ...props, minimumHealthyPercent: 50, maximumPercent: 150, circuitBreaker: false });
    const rebalancing = async () => (await life.one()).availabilityZoneRebalancing;
    expect(await rebalancing()).toBe('ENABLED');
    // ECS refuses to move tasks between zones where it may not start one more, so both change in one call.
    await life.update({ ...props, minimumHealthyPercent: 50, maximumPercent: 100 });
    expect(await rebalancing()).toBe('DISABLED');
    await life.update({ ...props, healthCheckGracePeriod: 5, exec: true });
    expect(await rebalancing()).toBe('ENABLED');
    await life.update({
      ...props,
      subnetIds: around.subnetIds,
      securityGroupIds: [...around.groupIds],
      assignPublicIp: false,
    });
    await life.update({ ...props, desiredCount: 0 });
    await life.update(props);

    await cloud.ecs.send(
      new UpdateServiceCommand({
        cluster: props.cluster,
        service: props.name,
        desiredCount: 1,
        taskDefinition: arn,
        propagateTags: 'NONE',
      }),
    );
    expect(await life.changes(props)).toEqual([
      'update taskDefinition',
      'update desiredCount',
      'update propagateTags',
    ]);
    await life.update(props);
    await life.delete();
  });

  it('is not ready while a task is missing, and says how many run', async () => {
    const { cloud, props, life } = await serviceParts();
    await service.create(cloud, props, stepOf('service'));
    const [early] = await service.find(cloud, scope);
    const state = service.ready!(early!.attrs);
    if (state !== true) expect(state).toMatch(/^[012] of 2 tasks running$/);
    const running = await until(life.one, (attrs) => service.ready!(attrs) === true);
    expect(service.ready!({ ...running, runningCount: 1 })).toBe('1 of 2 tasks running');

    const { taskArns } = await cloud.ecs.send(new ListTasksCommand({ cluster: props.cluster }));
    await cloud.ecs.send(new StopTaskCommand({ cluster: props.cluster, task: taskArns![0]! }));
    await until(life.one, (attrs) => service.ready!(attrs) === true);
  });

  it('fails with the reason of the first task when nothing ever ran', async () => {
    const { cloud, props, crashing, life } = await serviceParts();
    await service.create(cloud, { ...props, taskDefinition: await crashing() }, stepOf('service'));
    const { failure } = await until(life.one, (attrs) => attrs.failure !== undefined);
    expect(failure).toContain('exit code 7');
    // So that the next run does not hold on to its image.
    expect(await readStack(cloud, scope)).toMatchObject({ image: expect.any(String), works: false });
    const attrs = await life.one();
    expect(() => service.ready!(attrs)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^service chat-\w+: the deployment failed: .*exit code 7/),
        code: 'service.deployment-failed',
        exit: 5,
      }),
    );
  });

  it('that ECS rolled back has not taken the change, and says why', async () => {
    const { cloud, props, crashing, life } = await serviceParts();
    const before = await life.create(props);
    const wanted = { ...props, taskDefinition: await crashing() };
    await service.update(cloud, wanted, before, service.diff(wanted, before), stepOf('service'));
    const after = await until(
      life.one,
      (attrs) => attrs.rolledBack !== undefined && attrs.deployment.state === 'COMPLETED',
    );
    expect(after.taskDefinition).toBe(props.taskDefinition);
    expect(() => service.ready!(after, wanted)).toThrow(/the deployment failed: .*exit code 7/);
    // Without the change, the same service is as good as it was.
    expect(service.ready!(after)).toBe(true);
    expect(service.ready!(after, props)).toBe(true);
    await life.update({ ...props, desiredCount: 1 });
  });

  it('that ECS rolled back runs the revision that counts, until a newer one is registered', async () => {
    const { cloud, props, definition, definitions, crashing, life } = await serviceParts();
    const before = await life.create(props);
    const failing = await crashing();
    // Registered and not deployed yet, it is the one that the service is to run.
    expect((await definitions.one()).arn).toBe(failing);
    const wanted = { ...props, taskDefinition: failing };
    await service.update(cloud, wanted, before, service.diff(wanted, before), stepOf('service'));
    await until(
      life.one,
      (attrs) => attrs.rolledBack !== undefined && attrs.deployment.state === 'COMPLETED',
    );
    expect((await definitions.one()).arn).toBe(props.taskDefinition);
    expect(await definitions.changes(definition)).toEqual([]);
    expect((await definitions.update({ ...definition, cpu: 512, memory: 1024 })).arn).toMatch(/:3$/);
  });

  it('is not changed while it drains, and gone after that', async () => {
    const { cloud, props, life } = await serviceParts();
    const attrs = await life.create(props);
    const draining = { ...attrs, status: 'DRAINING' };
    expect(service.diff({ ...props, desiredCount: 5 }, draining)).toEqual([]);
    expect(service.ready!(draining)).toBe('draining');
    let letGo = (): void => undefined;
    mayStop = new Promise<void>((resolve) => (letGo = resolve));
    const deletion = life.delete();
    // ECS lists it no more, and refuses another one of its name all the same.
    await expect
      .poll(
        async () => (await cloud.ecs.send(new ListServicesCommand({ cluster: props.cluster }))).serviceArns,
      )
      .toEqual([]);
    expect(await life.one()).toMatchObject({ status: 'DRAINING', name: props.name });
    letGo();
    await deletion;
    const { services } = await cloud.ecs.send(
      new DescribeServicesCommand({ cluster: props.cluster, services: [props.name] }),
    );
    expect(services?.map(({ status }) => status)).toEqual(['INACTIVE']);
  });

  it('of that name that is not ours is refused', async () => {
    const { cloud, props } = await serviceParts();
    await cloud.ecs.send(
      new CreateServiceCommand({
        cluster: props.cluster,
        serviceName: props.name,
        taskDefinition: props.taskDefinition,
        desiredCount: 0,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: props.subnetIds } },
      }),
    );
    await expect(service.create(cloud, props, stepOf('service'))).rejects.toEqual(foreign);
    expect(await service.find(cloud, scope)).toEqual([]);
  });
});

/** A quiet data plane in which a task with CRASH in its environment exits with 7 at once. */
function whereSomeTasksCrash(): DataPlane {
  const plane = quietDataPlane();
  return {
    ...plane,
    tasks: {
      async start(spec: TaskSpec) {
        if (spec.environment['CRASH'] === undefined) {
          const task = await plane.tasks.start(spec);
          return { ...task, stop: () => void mayStop.then(() => task.stop()) };
        }
        setImmediate(() => spec.onExit({ code: 7 }));
        return {
          pid: 999_999_999,
          stop: () => undefined,
          usage: async () => undefined,
          check: async () => 1,
        };
      },
    },
  };
}
