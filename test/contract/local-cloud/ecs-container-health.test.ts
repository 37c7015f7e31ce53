import { DescribeTaskDefinitionCommand, UpdateServiceCommand, type HealthCheck } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { realClock, type CloudClock } from '../../../src/local-cloud/clock.ts';
import type { DataPlane } from '../../../src/local-cloud/runtime/data-plane.ts';
import { ecsStack, eventsOf, isSteady, type Cloud } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

let cloud: Cloud;
let stack: Awaited<ReturnType<typeof ecsStack>>;
/** The exit code of every check, by the id of its task or by its variable CHECK. */
let codes: Record<string, number>;
let commands: string[][];

/** Time that is waited for passes a hundred times faster; an interval of 5 s is 50 ms. */
const fast: CloudClock = {
  ...realClock('instant'),
  after: (ms, run) => realClock('instant').after(ms / 100, run),
};

beforeEach(async () => {
  codes = { well: 0, ill: 1 };
  commands = [];
  cloud = await startLocalCloud({ dataPlane: checkedPlane(), clock: fast });
  stack = await ecsStack(cloud);
});

afterEach(() => cloud.close());

function checkedPlane(): DataPlane {
  const plane = quietDataPlane();
  return {
    ...plane,
    tasks: {
      async start(spec) {
        const check = async (command: string[]) => {
          commands.push(command);
          return codes[spec.taskId] ?? codes[spec.environment.CHECK ?? ''] ?? 0;
        };
        return { ...(await plane.tasks.start(spec)), check };
      },
    },
  };
}

const definition = (fate: string, change: Partial<HealthCheck> = {}) =>
  stack.taskDefinition({
    environment: [{ name: 'CHECK', value: fate }],
    healthCheck: { command: ['CMD', 'node', 'check.js'], interval: 5, retries: 2, ...change },
  });

const update = (taskDefinition: string) =>
  cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app', taskDefinition }));

const healths = async () => (await stack.tasks()).map(({ healthStatus }) => healthStatus);

test('a health check is kept with the defaults of ECS, and refused outside its ranges', async () => {
  const arn = await stack.taskDefinition({ healthCheck: { command: ['CMD-SHELL', 'true'] } });
  const { taskDefinition } = await cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
  expect(taskDefinition!.containerDefinitions![0]!.healthCheck).toEqual({
    command: ['CMD-SHELL', 'true'],
    interval: 30,
    timeout: 5,
    retries: 3,
  });
  for (const wrong of [
    { interval: 4 },
    { timeout: 61 },
    { retries: 11 },
    { startPeriod: 301 },
    { command: [] },
  ]) {
    await expect(definition('well', wrong)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  }
});

test('a task counts once its check has passed: UNKNOWN, then HEALTHY, and only then is the deployment complete', async () => {
  codes.well = 1;
  await stack.service({ taskDefinition: await definition('well', { startPeriod: 300 }) });
  await expect.poll(() => commands.length, { timeout: 10_000 }).toBeGreaterThan(8);
  expect(commands[0]).toEqual(['CMD', 'node', 'check.js']);
  // Four failures of each, which do not count within the start period.
  expect(await healths()).toEqual(['UNKNOWN', 'UNKNOWN']);
  expect((await stack.describe()).deployments![0]!.rolloutState).toBe('IN_PROGRESS');
  codes.well = 0;
  await stack.until(isSteady);
  expect(await healths()).toEqual(['HEALTHY', 'HEALTHY']);
  const [task] = await stack.tasks();
  expect(task!.containers).toMatchObject([{ healthStatus: 'HEALTHY' }]);
});

test('a task without a health check stays UNKNOWN and counts as soon as it runs', async () => {
  await stack.service();
  await stack.until(isSteady);
  expect(await healths()).toEqual(['UNKNOWN', 'UNKNOWN']);
});

test('a task that falls ill is replaced, with the reason in the words of ECS', async () => {
  await stack.service({ taskDefinition: await definition('well'), desiredCount: 1 });
  await stack.until(isSteady);
  const [before] = await stack.tasks();
  codes[before!.taskArn!.split('/').at(-1)!] = 1;
  const stopped = async () =>
    (await stack.tasks('STOPPED')).find(({ taskArn }) => taskArn === before!.taskArn);
  await expect.poll(async () => (await stopped())?.lastStatus, { timeout: 10_000 }).toBe('STOPPED');
  expect(await stopped()).toMatchObject({
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed container health checks',
  });
  const service = await stack.until(isSteady);
  expect(eventsOf(service)).toContain('(service app) (task …) failed container health checks.');
  expect(await healths()).toEqual(['HEALTHY']);
});

test('a deployment whose tasks never pass their check is rolled back; the tasks before stay', async () => {
  const well = await definition('well');
  await stack.service({
    taskDefinition: well,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  await stack.until(isSteady);
  const before = (await stack.tasks()).map(({ taskArn }) => taskArn!).sort();
  await update(await definition('ill'));
  const service = await stack.until((now) => isSteady(now) && now.taskDefinition === well, 20_000);
  expect(eventsOf(service).join('\n')).toContain('rolling back to deployment');
  expect((await stack.tasks()).map(({ taskArn }) => taskArn!).sort()).toEqual(before);
});
