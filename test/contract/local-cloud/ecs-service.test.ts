import {
  ClusterContainsServicesException,
  DeleteClusterCommand,
  DeleteServiceCommand,
  ListServicesCommand,
  ServiceNotActiveException,
  StopTaskCommand,
  UpdateServiceCommand,
  type UpdateServiceRequest,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs';
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { DataPlane } from '../../../src/local-cloud/runtime/data-plane.ts';
import { ecsStack, eventsOf, isSteady, type Cloud } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

let cloud: Cloud;
let stack: Awaited<ReturnType<typeof ecsStack>>;

beforeEach(async () => {
  cloud = await startLocalCloud();
  stack = await ecsStack(cloud);
});

afterEach(() => cloud.close());

test('a service brings its tasks up, spread over the zones, each with a network interface', async () => {
  const created = await stack.service();
  expect(created).toMatchObject({ status: 'ACTIVE', desiredCount: 2, runningCount: 0 });
  expect(created.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }]);
  const service = await stack.until(isSteady);
  expect(eventsOf(service)).toEqual([
    '(service app) has started 2 tasks: (task …) (task …).',
    '(service app) (deployment ecs-svc/…) deployment completed.',
    '(service app) has reached a steady state.',
  ]);

  const tasks = await stack.tasks();
  expect(tasks).toHaveLength(2);
  expect(new Set(tasks.map(({ availabilityZone }) => availabilityZone)).size).toBe(2);
  for (const task of tasks) {
    expect(task).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      launchType: 'FARGATE',
      group: 'service:app',
      startedBy: service.deployments![0]!.id,
      connectivity: 'CONNECTED',
      cpu: '256',
      memory: '512',
      containers: [{ name: 'app', lastStatus: 'RUNNING' }],
      attachments: [{ type: 'ElasticNetworkInterface', status: 'ATTACHED' }],
    });
    expect(task).not.toHaveProperty('local');
    const details = Object.fromEntries(
      task.attachments![0]!.details!.map(({ name, value }) => [name, value]),
    );
    const { NetworkInterfaces } = await cloud.ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [details.networkInterfaceId!] }),
    );
    expect(NetworkInterfaces).toMatchObject([
      {
        PrivateIpAddress: details.privateIPv4Address,
        SubnetId: details.subnetId,
        Status: 'in-use',
        Groups: [{ GroupId: stack.securityGroupId }],
      },
    ]);
  }
});

test('the SDK’s own waiter sees it stable', async () => {
  await stack.service();
  const result = await waitUntilServicesStable(
    { client: cloud.ecs, maxWaitTime: 10, minDelay: 1, maxDelay: 1 },
    { cluster: 'main', services: ['app'] },
  );
  expect(result.state).toBe('SUCCESS');
});

test('a new task definition replaces the tasks; the old deployment ends with the last of them', async () => {
  await stack.service();
  await stack.until(isSteady);
  const before = await stack.tasks();
  const next = await stack.taskDefinition({ environment: [{ name: 'VERSION', value: '2' }] });
  const { service } = await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: 'main', service: 'app', taskDefinition: next }),
  );
  expect(service!.deployments).toMatchObject([
    { status: 'PRIMARY', taskDefinition: next, rolloutState: 'IN_PROGRESS' },
    { status: 'ACTIVE', rolloutState: 'COMPLETED' },
  ]);
  await stack.until(isSteady);
  const after = await stack.tasks();
  expect(after.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([next, next]);
  for (const { taskArn } of before) {
    const stopped = (await stack.tasks('STOPPED')).find((task) => task.taskArn === taskArn);
    expect(stopped).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: expect.stringMatching(/^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/),
      containers: [{ exitCode: 143 }],
    });
  }
});

test('desired count and settings change without a deployment', async () => {
  await stack.service();
  const { deployments } = await stack.until(isSteady);
  await cloud.ecs.send(
    new UpdateServiceCommand({
      cluster: 'main',
      service: 'app',
      desiredCount: 3,
      enableExecuteCommand: true,
      deploymentConfiguration: { minimumHealthyPercent: 50 },
    }),
  );
  const service = await stack.until((now) => isSteady(now) && now.runningCount === 3);
  expect(service.deployments![0]!.id).toBe(deployments![0]!.id);
  expect(service).toMatchObject({
    enableExecuteCommand: true,
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200 },
  });
  await cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app', desiredCount: 0 }));
  await stack.until((now) => isSteady(now) && now.runningCount === 0);
});

test('no rebalancing between zones where no task may be started before another one stops', async () => {
  const { availabilityZoneRebalancing } = await stack.service();
  expect(availabilityZoneRebalancing).toBe('ENABLED');
  const update = (input: Omit<UpdateServiceRequest, 'service'>) =>
    cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app', ...input }));
  const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
  await expect(update({ deploymentConfiguration })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('rebalancing'),
  });
  const { service } = await update({ deploymentConfiguration, availabilityZoneRebalancing: 'DISABLED' });
  expect(service).toMatchObject({ deploymentConfiguration, availabilityZoneRebalancing: 'DISABLED' });
});

test('forceNewDeployment replaces the tasks with the same task definition', async () => {
  await stack.service();
  await stack.until(isSteady);
  const before = await stack.tasks();
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: 'main', service: 'app', forceNewDeployment: true }),
  );
  await stack.until(isSteady);
  const after = await stack.tasks();
  expect(after).toHaveLength(2);
  const old = new Set(before.map(({ taskArn }) => taskArn));
  expect(after.filter(({ taskArn }) => old.has(taskArn))).toEqual([]);
});

test('a task that is stopped by hand is replaced', async () => {
  await stack.service();
  await stack.until(isSteady);
  const [victim] = await stack.tasks();
  await cloud.ecs.send(new StopTaskCommand({ cluster: 'main', task: victim!.taskArn, reason: 'a test' }));
  await expect
    .poll(async () => (await stack.tasks()).filter(({ lastStatus }) => lastStatus === 'RUNNING').length)
    .toBe(2);
  expect(await stack.tasks('STOPPED')).toMatchObject([
    { taskArn: victim!.taskArn, stopCode: 'UserInitiated', stoppedReason: 'a test' },
  ]);
});

test('a deleted service drains, keeps its name until it is INACTIVE, and leaves no network interface', async () => {
  const plane = quietDataPlane();
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const lingering: DataPlane = {
    ...plane,
    tasks: {
      async start(spec) {
        const task = await plane.tasks.start(spec);
        return { ...task, stop: () => void gate.then(() => task.stop()) };
      },
    },
  };
  const own = await startLocalCloud({ dataPlane: lingering });
  try {
    const ownStack = await ecsStack(own);
    await ownStack.service();
    await ownStack.until(isSteady);
    const input = { cluster: 'main', service: 'app' };
    await expect(own.ecs.send(new DeleteServiceCommand(input))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The service cannot be stopped while it is scaled above 0.',
    });
    const { service } = await own.ecs.send(new DeleteServiceCommand({ ...input, force: true }));
    expect(service).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
    await expect(ownStack.service()).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Unable to Start a service that is still Draining.',
    });
    await expect(own.ecs.send(new DeleteClusterCommand({ cluster: 'main' }))).rejects.toBeInstanceOf(
      ClusterContainsServicesException,
    );
    expect((await own.ecs.send(new ListServicesCommand({ cluster: 'main' }))).serviceArns).toEqual([]);
    letGo();
    await ownStack.until(({ status }) => status === 'INACTIVE');
    const { NetworkInterfaces } = await own.ec2.send(new DescribeNetworkInterfacesCommand({}));
    expect(NetworkInterfaces).toEqual([]);
    await expect(
      own.ecs.send(new UpdateServiceCommand({ ...input, desiredCount: 1 })),
    ).rejects.toBeInstanceOf(ServiceNotActiveException);
    await ownStack.service({ desiredCount: 1 });
    expect(await ownStack.until(isSteady)).toMatchObject({ status: 'ACTIVE', desiredCount: 1 });
  } finally {
    await own.close();
  }
});
