import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterEach, expect, test } from 'vitest';

import { realClock, type CloudClock } from '../../../src/local-cloud/clock.ts';
import { ecsStack, isSteady, type Cloud } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { stagedDataPlane, type Fate } from '../../helpers/staged-data-plane.ts';

const clouds: Cloud[] = [];

afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.close()));
});

/** A cloud with the service `app` that deploys blue/green behind a listener with two target groups, as soon as it is steady. */
async function start(options: { holdDrain?: boolean; bake?: number; ahead?: () => number } = {}) {
  const stage = stagedDataPlane(options);
  const clock: CloudClock = { ...realClock('instant'), now: () => Date.now() + (options.ahead?.() ?? 0) };
  const cloud = await startLocalCloud({ dataPlane: stage.plane, clock });
  clouds.push(cloud);
  const stack = await ecsStack(cloud);
  const { Role } = await cloud.iam.send(
    new CreateRoleCommand({ RoleName: 'infrastructure', AssumeRolePolicyDocument: trust }),
  );
  const { loadBalancers, listenerArn } = await (await stack.loadBalancer(8080)).blueGreen(Role!.Arn!);
  const [{ targetGroupArn: first, advancedConfiguration }] = loadBalancers as [(typeof loadBalancers)[0]];
  const second = advancedConfiguration.alternateTargetGroupArn;
  const definition = (fate: Fate, name = 'FATE') =>
    stack.taskDefinition({ environment: [{ name, value: fate }] });
  const update = async (fate: Fate) =>
    cloud.ecs.send(
      new UpdateServiceCommand({ cluster: 'main', service: 'app', taskDefinition: await definition(fate) }),
    );
  const deployment = async () => {
    const listed = await cloud.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'main', service: 'app' }),
    );
    const [newest] = listed.serviceDeployments!;
    const { serviceDeployments } = await cloud.ecs.send(
      new DescribeServiceDeploymentsCommand({
        serviceDeploymentArns: [newest!.serviceDeploymentArn!],
      }),
    );
    return serviceDeployments![0]!;
  };
  /** The weights of the first and the second target group. */
  const weights = async () => {
    const { Listeners } = await cloud.elbv2.send(
      new DescribeListenersCommand({ ListenerArns: [listenerArn] }),
    );
    const groups = Listeners![0]!.DefaultActions![0]!.ForwardConfig!.TargetGroups!;
    return [first, second].map((arn) => groups.find((group) => group.TargetGroupArn === arn)?.Weight);
  };
  /** How many targets each of the two has. */
  const targets = () =>
    Promise.all(
      [first, second].map(async (TargetGroupArn) => {
        const answer = await cloud.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
        return answer.TargetHealthDescriptions!.length;
      }),
    );
  await stack.service({
    loadBalancers,
    taskDefinition: await definition('well'),
    deploymentConfiguration: {
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: options.bake ?? 0,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
  });
  await stack.until(isSteady);
  return { stage, cloud, stack, first, second, update, deployment, weights, targets };
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

test('the first deployment takes the first target group and all of the traffic', async () => {
  const { weights, targets, deployment } = await start();
  expect(await weights()).toEqual([100, 0]);
  expect(await targets()).toEqual([2, 0]);
  expect(await deployment()).toMatchObject({ status: 'SUCCESSFUL', lifecycleStage: 'CLEAN_UP' });
});

test('green tasks start in the other target group, get the traffic when all are healthy, and the blue ones drain then', async () => {
  const { cloud, stage, stack, second, update, deployment, weights, targets } = await start({
    holdDrain: true,
  });
  await update('slow');
  await stack.until(({ runningCount }) => runningCount === 4);
  expect(await deployment()).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP' });
  expect(await weights()).toEqual([100, 0]);
  expect(await targets()).toEqual([2, 2]);
  expect(stage.draining()).toBe(0);
  stage.turn('slow', 'well');
  await expect.poll(() => stage.draining()).toBe(2);
  expect(await weights()).toEqual([0, 100]);
  expect(await deployment()).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'CLEAN_UP' });
  expect(stage.stopped).toEqual([]);
  stage.drained();
  await stack.until(isSteady);
  expect(await targets()).toEqual([0, 2]);
  const done = await deployment();
  expect(done.status).toBe('SUCCESSFUL');
  const { serviceRevisions } = await cloud.ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [done.targetServiceRevision!.arn!] }),
  );
  expect(serviceRevisions![0]!.resolvedConfiguration!.loadBalancers![0]!.targetGroupArn).toBe(second);
  // The next one goes back to the first.
  stage.drained();
  await update('well');
  await expect.poll(weights).toEqual([100, 0]);
});

test('green tasks that crash never get the traffic, and the blue ones never stop', async () => {
  const { stage, stack, update, deployment, weights, targets } = await start();
  const before = (await stack.tasks()).map(({ taskArn }) => taskArn!).sort();
  await update('crash');
  await expect.poll(async () => (await deployment()).status, { timeout: 10_000 }).toBe('ROLLBACK_SUCCESSFUL');
  expect(await deployment()).toMatchObject({
    statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    deploymentCircuitBreaker: { status: 'TRIGGERED' },
  });
  expect(await weights()).toEqual([100, 0]);
  await stack.until(isSteady);
  expect(await targets()).toEqual([2, 0]);
  expect((await stack.tasks()).map(({ taskArn }) => taskArn!).sort()).toEqual(before);
  expect(stage.stopped.filter((id) => before.some((arn) => arn.endsWith(id)))).toEqual([]);
});

test('while it bakes, the way back is a shift of the traffic to tasks that are still there', async () => {
  const { cloud, stage, stack, update, deployment, weights, targets } = await start({ bake: 5 });
  const before = (await stack.tasks()).map(({ taskArn }) => taskArn!).sort();
  await update('well');
  await expect.poll(weights).toEqual([0, 100]);
  await expect.poll(async () => (await deployment()).lifecycleStage).toBe('BAKE_TIME');
  expect(await targets()).toEqual([2, 2]);
  const { serviceDeploymentArn } = await deployment();
  await cloud.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
  await expect.poll(async () => (await deployment()).status).toBe('ROLLBACK_SUCCESSFUL');
  expect(await weights()).toEqual([100, 0]);
  expect((await stack.tasks()).map(({ taskArn }) => taskArn!).sort()).toEqual(before);
  expect(stage.stopped).toHaveLength(2);
});

test('the old tasks leave when the bake time is over', async () => {
  let ahead = 0;
  const { stack, cloud, update, deployment } = await start({ bake: 5, ahead: () => ahead });
  await update('well');
  await expect.poll(async () => (await deployment()).lifecycleStage).toBe('BAKE_TIME');
  expect((await stack.describe()).runningCount).toBe(4);
  ahead = 5 * 60_000;
  // Any look will do.
  await cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app' }));
  await stack.until(isSteady);
  expect((await deployment()).status).toBe('SUCCESSFUL');
});

test('a deployment that overtakes another one clears its target group first', async () => {
  const { stack, stage, update, deployment, weights, targets } = await start();
  await update('slow');
  await stack.until(({ runningCount }) => runningCount === 4);
  await update('well');
  await stack.until(isSteady);
  expect(await deployment()).toMatchObject({ status: 'SUCCESSFUL' });
  expect(await weights()).toEqual([0, 100]);
  expect(await targets()).toEqual([0, 2]);
  expect(stage.stopped).toHaveLength(4);
});
