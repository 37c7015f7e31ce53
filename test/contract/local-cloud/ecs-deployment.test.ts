import {
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type Service,
} from '@aws-sdk/client-ecs';
import {
  DeleteTargetGroupCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, expect, test } from 'vitest';

import { realClock, type CloudClock } from '../../../src/local-cloud/clock.ts';
import { ecsStack, eventsOf, isSteady, type Cloud } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { stagedDataPlane, type Fate } from '../../helpers/staged-data-plane.ts';

const clouds: Cloud[] = [];

afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.close()));
});

/** A cloud with a load balancer, the service `app` behind it, and hands on what becomes of its tasks. */
async function start(options: { holdDrain?: boolean; grace?: number } = {}) {
  const stage = stagedDataPlane(options);
  const cloud = await startLocalCloud({ dataPlane: stage.plane });
  clouds.push(cloud);
  const stack = await ecsStack(cloud);
  const { loadBalancers, targetGroupArn, attach } = await stack.loadBalancer(8080);
  await attach();
  const definition = (fate: Fate, name = 'FATE') =>
    stack.taskDefinition({ environment: [{ name, value: fate }] });
  const update = (changes: object) =>
    cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app', ...changes }));
  const deployments = async () => {
    const listed = await cloud.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'main', service: 'app' }),
    );
    const { serviceDeployments } = await cloud.ecs.send(
      new DescribeServiceDeploymentsCommand({
        serviceDeploymentArns: listed.serviceDeployments!.map((one) => one.serviceDeploymentArn!),
      }),
    );
    return serviceDeployments!;
  };
  await stack.service({
    loadBalancers,
    healthCheckGracePeriodSeconds: options.grace ?? 0,
    taskDefinition: await definition('well'),
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  const created = await stack.until(isSteady);
  return { stage, cloud, stack, targetGroupArn, definition, update, deployments, created };
}

test('tasks are targets once they run, and the deployment is complete when they are healthy', async () => {
  const { cloud, stack, targetGroupArn, created, deployments } = await start();
  expect(eventsOf(created)).toEqual([
    '(service app) has started 2 tasks: (task …) (task …).',
    '(service app) registered 1 targets in (target-group …)',
    '(service app) registered 1 targets in (target-group …)',
    '(service app) (deployment ecs-svc/…) deployment completed.',
    '(service app) has reached a steady state.',
  ]);
  const { TargetHealthDescriptions } = await cloud.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  );
  const addresses = (await stack.tasks()).map(
    (task) => task.containers![0]!.networkInterfaces![0]!.privateIpv4Address!,
  );
  expect(TargetHealthDescriptions!.map(({ Target }) => Target!.Id!).sort()).toEqual(addresses.sort());
  expect(await deployments()).toMatchObject([
    { status: 'SUCCESSFUL', deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE', threshold: 3 } },
  ]);
});

test('a deployment waits for health, and for the old tasks to drain before they are asked to end', async () => {
  const { stage, stack, definition, update } = await start({ holdDrain: true });
  const before = await stack.tasks();
  await update({ taskDefinition: await definition('slow') });
  await stack.until(({ runningCount }) => runningCount === 4);
  expect(stage.stopped).toEqual([]);
  stage.turn('slow', 'well');
  await expect.poll(() => stage.draining()).toBe(2);
  const draining = await stack.describe();
  expect(stage.stopped).toEqual([]);
  expect(draining.deployments![0]!.rolloutState).toBe('IN_PROGRESS');
  expect(eventsOf(draining).join('\n')).toContain('has begun draining connections on');
  const leaving = (await stack.tasks('STOPPED')).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  expect(leaving.map(({ lastStatus }) => lastStatus)).toEqual(['DEACTIVATING', 'DEACTIVATING']);
  stage.drained();
  const service = await stack.until(isSteady);
  expect([...stage.stopped].sort()).toEqual(before.map(({ taskArn }) => idOf(taskArn!)).sort());
  expect(eventsOf(service).slice(-2)).toEqual([
    '(service app) (deployment ecs-svc/…) deployment completed.',
    '(service app) has reached a steady state.',
  ]);
});

test('a deployment whose tasks crash is rolled back by the circuit breaker, and the old tasks never stop', async () => {
  const { stage, stack, definition, update, deployments, created } = await start();
  const before = (await stack.tasks()).map(({ taskArn }) => taskArn!).sort();
  await update({ taskDefinition: await definition('crash') });
  const service = await stack.until(
    (now) => isSteady(now) && now.deployments![0]!.id === created.deployments![0]!.id,
  );
  expect((await stack.tasks()).map(({ taskArn }) => taskArn!).sort()).toEqual(before);
  expect(service.taskDefinition).toBe(created.taskDefinition);
  const [failed, first] = await deployments();
  expect(failed).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    statusReason: 'ECS deployment circuit breaker: tasks failed to start.',
    deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 },
    rollback: { serviceRevisionArn: first!.targetServiceRevision!.arn },
  });
  expect(failed!.deploymentCircuitBreaker!.failureCount).toBeGreaterThanOrEqual(3);
  const events = eventsOf(service);
  expect(events).toContain('(service app) (deployment ecs-svc/…) deployment failed: tasks failed to start.');
  expect(events).toContain('(service app) rolling back to deployment ecs-svc/….');
  expect(events.at(-1)).toBe('(service app) has reached a steady state.');
  const crashed = (await stack.tasks('STOPPED')).filter(
    ({ stopCode }) => stopCode === 'EssentialContainerExited',
  );
  expect(crashed.length).toBeGreaterThanOrEqual(3);
  expect(crashed[0]).toMatchObject({
    stoppedReason: 'Essential container in task exited',
    containers: [{ exitCode: 1, lastStatus: 'STOPPED' }],
  });
  expect(stage.stopped.filter((id) => before.some((arn) => arn.endsWith(id)))).toEqual([]);
});

test('a deployment whose tasks fail their health checks is rolled back, too', async () => {
  const { stack, definition, update, deployments, created } = await start();
  await update({ taskDefinition: await definition('sick') });
  const service = await stack.until(
    (now) => isSteady(now) && now.deployments![0]!.id === created.deployments![0]!.id,
    20_000,
  );
  expect((await deployments())[0]!.status).toBe('ROLLBACK_SUCCESSFUL');
  expect(eventsOf(service)).toContain(
    '(service app) (task …) (port 3000) is unhealthy in (target-group …) due to (reason Health checks failed with these codes: [500]).',
  );
  const reasons = (await stack.tasks('STOPPED')).map(({ stoppedReason }) => stoppedReason!);
  expect(
    reasons.some((reason) => reason.startsWith('Task failed ELB health checks in (target-group arn:')),
  ).toBe(true);
});

test('without roll-back a failed deployment starts nothing more', async () => {
  const { stack, definition, update, deployments } = await start();
  await update({
    taskDefinition: await definition('crash'),
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
  });
  const service = await stack.until(({ deployments }) => deployments![0]!.rolloutState === 'FAILED');
  expect(service.deployments).toMatchObject([
    {
      status: 'PRIMARY',
      failedTasks: 3,
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    },
    { status: 'ACTIVE', runningCount: 2 },
  ]);
  expect((await deployments())[0]).toMatchObject({ status: 'STOPPED' });
});

test('a healthy deployment that is stopped by hand goes back to the one before', async () => {
  const { cloud, stack, definition, update, deployments, created } = await start();
  await update({ taskDefinition: await definition('slow') });
  const { currentServiceDeployment } = await stack.until(({ runningCount }) => runningCount === 4);
  await cloud.ecs.send(
    new StopServiceDeploymentCommand({
      serviceDeploymentArn: currentServiceDeployment,
      stopType: 'ROLLBACK',
    }),
  );
  const service = await stack.until(isSteady);
  expect(service.taskDefinition).toBe(created.taskDefinition);
  expect((await deployments())[0]!.status).toBe('ROLLBACK_SUCCESSFUL');
});

test('an unhealthy task is replaced; failed checks within the grace period do not count', async () => {
  const { stage, stack, created } = await start({ grace: 2 });
  const before = await stack.tasks();
  stage.turn('well', 'sick');
  // Within the grace period nothing is replaced.
  await stack.until(
    (service) => service.events!.length === created.events!.length && service.runningCount === 2,
  );
  await stack.until((service) => eventsOf(service).join().includes('is unhealthy in'), 5_000);
  stage.turn('sick', 'well');
  const service = await stack.until(isSteady);
  expect(service.runningCount).toBe(2);
  const started = Math.min(...before.map(({ startedAt }) => startedAt!.getTime()));
  const unhealthy = service.events!.find(({ message }) => message!.includes('is unhealthy in'))!;
  expect(unhealthy.createdAt!.getTime() - started).toBeGreaterThanOrEqual(2000);
});

test('a service whose tasks keep crashing starts them later and later, and says so', async () => {
  const { stack, definition, update } = await start();
  await update({
    taskDefinition: await definition('crash'),
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
  });
  const at = ({ events }: Service, words: string) =>
    events!.find(({ message }) => message!.includes(words))?.createdAt?.getTime() ?? 0;
  const said = 'is unable to consistently start tasks successfully';
  const service = await stack.until((now) => at(now, said) > 0 && at(now, 'has started') > at(now, said));
  expect(service.deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
    { status: 'ACTIVE', runningCount: 2 },
  ]);
  expect(at(service, 'has started') - at(service, said)).toBeGreaterThanOrEqual(1900);
});

test('percentages that leave no step are an event', async () => {
  const { stack, definition, update } = await start();
  await update({ desiredCount: 1, deploymentConfiguration: { maximumPercent: 150 } });
  await stack.until((service) => isSteady(service) && service.runningCount === 1);
  await update({ taskDefinition: await definition('slow') });
  const service = await stack.until(({ events }) =>
    events![0]!.message!.includes('was unable to stop or start'),
  );
  expect(service.runningCount).toBe(1);
  await update({ deploymentConfiguration: { maximumPercent: 200 } });
  await stack.until(({ runningCount }) => runningCount === 2);
});

test('a task takes its time to be provisioned, and ends unstarted when the service is scaled in meanwhile', async () => {
  const stage = stagedDataPlane();
  const real = realClock('instant');
  const provisioned: (() => void)[] = [];
  const clock: CloudClock = {
    ...real,
    latency: (transition) => (transition === 'task.provision' ? 35_000 : 0),
    after(ms, run) {
      if (ms !== 35_000) return real.after(ms, run);
      provisioned.push(run);
      return () => undefined;
    },
  };
  const cloud = await startLocalCloud({ dataPlane: stage.plane, clock });
  clouds.push(cloud);
  const stack = await ecsStack(cloud);
  const update = (desiredCount: number) =>
    cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app', desiredCount }));
  await stack.service();
  const pending = await stack.until(({ pendingCount }) => pendingCount === 2);
  expect(pending.runningCount).toBe(0);
  expect((await stack.tasks()).map(({ lastStatus }) => lastStatus)).toEqual(['PROVISIONING', 'PROVISIONING']);
  await update(0);
  await expect.poll(async () => (await stack.tasks()).length).toBe(0);
  for (const go of provisioned.splice(0)) go();
  await stack.until(isSteady);
  expect((await stack.tasks('STOPPED')).map(({ lastStatus }) => lastStatus)).toEqual(['STOPPED', 'STOPPED']);
  expect(stage.specs.size).toBe(0);
  await update(1);
  await expect.poll(() => provisioned.length).toBe(1);
  provisioned[0]!();
  await stack.until((service) => isSteady(service) && service.runningCount === 1);
  expect(stage.specs.size).toBe(1);
});

test('a service needs a target group that a listener uses, and its container and port', async () => {
  const cloud = await startLocalCloud({ dataPlane: stagedDataPlane().plane });
  clouds.push(cloud);
  const stack = await ecsStack(cloud);
  const { loadBalancers, targetGroupArn, attach } = await stack.loadBalancer(8080);
  await expect(stack.service({ loadBalancers })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
  });
  await attach();
  await expect(
    stack.service({ loadBalancers: [{ ...loadBalancers[0]!, containerName: 'web' }] }),
  ).rejects.toThrow('The container web does not exist in the task definition.');
  await expect(
    stack.service({ loadBalancers: [{ ...loadBalancers[0]!, containerPort: 80 }] }),
  ).rejects.toThrow('The container app did not have a container port 80 defined.');
  await expect(
    stack.service({ loadBalancers: [{ ...loadBalancers[0]!, targetGroupArn: `${targetGroupArn}0` }] }),
  ).rejects.toThrow(/does not exist/);
  await expect(
    cloud.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: targetGroupArn })),
  ).rejects.toThrow();
  expect(await stack.service({ loadBalancers })).toMatchObject({ loadBalancers });
});

function idOf(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1);
}
