import { spawnSync } from 'node:child_process';
import { once } from 'node:events';

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetLogEventsCommand, DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { DataPlane } from '../../../src/local-cloud/runtime/data-plane.ts';
import { createDataPlane } from '../../../src/local-cloud/runtime/index.ts';
import { bundlePrograms } from '../../helpers/bundle.ts';
import { ecsStack, isSteady, type Cloud } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let folder: string;
let cloud: Cloud;
let stack: Awaited<ReturnType<typeof ecsStack>>;
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-ecs-'));
  const dataPlane: DataPlane = await createDataPlane({
    folder,
    log: () => undefined,
    entries: await bundlePrograms(),
  });
  cloud = await startLocalCloud({ folder, dataPlane });
  stack = await ecsStack(cloud);
  port = await freePort();
});

afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true, force: true });
});

/** Answers with its version, secret and pid; `/hold` answers only after a while; says when it is asked to end. */
const program = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => {
    if (request.url === '/metadata') fetch(process.env.ECS_CONTAINER_METADATA_URI_V4 + '/task').then(async (answer) => response.end(await answer.text()));
    else if (request.url === '/hold') setTimeout(() => response.end('held'), 1500);
    else response.end(process.env.VERSION + ' ' + process.env.SECRET + ' ' + process.pid);
  });
  server.listen(3000, () => console.log('version', process.env.VERSION, 'listens'));
  process.on('SIGTERM', () => { console.log('asked to end'); process.exit(0); });
`;

async function up(version: string) {
  await cloud.ssm.send(
    new PutParameterCommand({ Name: '/app/secret', Value: 's3cret', Type: 'SecureString' }),
  );
  const { loadBalancers, attach, targetGroupArn } = await stack.loadBalancer(port, {
    'deregistration_delay.timeout_seconds': '30',
  });
  await attach();
  await stack.service({
    loadBalancers,
    taskDefinition: await definition(version),
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  await stack.until(isSteady, 20_000);
  return { targetGroupArn };
}

const definition = async (version: string, code = program) =>
  stack.taskDefinition({
    image: await stack.image({ 'app/server.mjs': code }),
    environment: [{ name: 'VERSION', value: version }],
    secrets: [{ name: 'SECRET', valueFrom: 'arn:aws:ssm:local:000000000000:parameter/app/secret' }],
  });

const update = (changes: object) =>
  cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app', ...changes }));

/** One request through the load balancer on a connection of its own. */
const ask = (path = '/') =>
  new Promise<string>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: new Agent() }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(response.statusCode === 200 ? body : String(response.statusCode)));
    }).on('error', reject);
  });

const answers = (count: number) => answersAt('/', count);

async function answersAt(path: string, count: number): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let index = 0; index < count; index += 1) seen.add(await ask(path));
  return seen;
}

test('two tasks of one image answer through the load balancer, with their secret, and log', async () => {
  await up('1');
  const seen = await answers(10);
  expect(seen.size).toBe(2);
  for (const answer of seen) expect(answer).toMatch(/^1 s3cret \d+$/);
  const { logStreams } = await cloud.logs.send(new DescribeLogStreamsCommand({ logGroupName: '/app' }));
  const tasks = await stack.tasks();
  expect(logStreams!.map(({ logStreamName }) => logStreamName!).sort()).toEqual(
    tasks.map(({ taskArn }) => `app/app/${taskArn!.split('/').at(-1)}`).sort(),
  );
  const { events } = await cloud.logs.send(
    new GetLogEventsCommand({ logGroupName: '/app', logStreamName: logStreams![0]!.logStreamName }),
  );
  expect(events).toMatchObject([{ message: 'version 1 listens' }]);
});

test('a task reads its own metadata, and nobody reads that of a task whose id he does not know', async () => {
  await up('1');
  const seen = [...(await answersAt('/metadata', 10))].map((text) => JSON.parse(text) as { TaskARN: string });
  const tasks = await stack.tasks();
  expect(seen.map(({ TaskARN }) => TaskARN).sort()).toEqual(tasks.map(({ taskArn }) => taskArn!).sort());
  expect(seen[0]).toMatchObject({
    KnownStatus: 'RUNNING',
    LaunchType: 'FARGATE',
    Containers: [{ Name: 'app' }],
  });
  const wrong = await fetch(`${cloud.endpoint}/v4/${'0'.repeat(32)}-1/task`);
  expect(wrong.status).toBe(404);
});

test('a rolling update loses no request, and lets a slow one end before it stops its task', async () => {
  await up('1');
  const failures: string[] = [];
  const versions = new Set<string>();
  const traffic = new AbortController();
  const clients = Promise.all(
    [1, 2, 3].map(async () => {
      while (!traffic.signal.aborted) {
        const answer = await ask().catch((error: unknown) => String(error));
        if (/^[12] s3cret/.test(answer)) versions.add(answer[0]!);
        else failures.push(answer);
      }
    }),
  );
  const held = Promise.all([ask('/hold'), ask('/hold')]);
  await update({ taskDefinition: await definition('2') });
  await stack.until(isSteady, 25_000);
  traffic.abort();
  await clients;
  expect(failures).toEqual([]);
  expect([...versions].sort()).toEqual(['1', '2']);
  expect(await held).toEqual(['held', 'held']);
  expect([...(await answers(6))].every((answer) => answer.startsWith('2 '))).toBe(true);
});

test('a task that is killed is replaced', async () => {
  await up('1');
  const [victim] = await answers(4);
  process.kill(Number(victim!.split(' ')[2]), 'SIGKILL');
  await expect
    .poll(async () => (await stack.tasks('STOPPED')).map(({ containers }) => containers![0]!.exitCode))
    .toEqual([137]);
  await stack.until(isSteady, 20_000);
  await expect.poll(async () => (await answers(6)).size, { timeout: 10_000 }).toBe(2);
  expect([...(await answers(6))]).not.toContain(victim);
});

test('an image that crashes on start is rolled back while the old one goes on answering', async () => {
  await up('1');
  const before = await answers(6);
  const broken = await definition('2', 'console.log("cannot"); process.exit(3);');
  await update({ taskDefinition: broken });
  const service = await stack.until(
    (now) => isSteady(now) && now.events!.some(({ message }) => message!.includes('rolling back')),
    25_000,
  );
  expect(service.taskDefinition).not.toBe(broken);
  expect(await answers(6)).toEqual(before);
  // The rollback also stops what had just been started in place of a crashed task.
  const crashed = (await stack.tasks('STOPPED')).filter(
    ({ stopCode }) => stopCode !== 'ServiceSchedulerInitiated',
  );
  expect(crashed.length).toBeGreaterThanOrEqual(3);
  for (const task of crashed) {
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 3 }] });
  }
});

test('a missing secret and a missing image are stop reasons in ECS’s words', async () => {
  await stack.service({
    desiredCount: 1,
    taskDefinition: await stack.taskDefinition({ secrets: [{ name: 'A', valueFrom: '/none' }] }),
  });
  await expect
    .poll(async () => (await stack.tasks('STOPPED'))[0])
    .toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(
        /^ResourceInitializationError: unable to pull secrets or registry auth: .*invalid ssm parameters: \/none$/,
      ),
    });
  const image = `${(await stack.image()).split('@')[0]}:absent`;
  await update({ taskDefinition: await stack.taskDefinition({ image }) });
  await expect
    .poll(async () => (await stack.tasks('STOPPED')).map(({ stoppedReason }) => stoppedReason!))
    .toContainEqual(expect.stringMatching(/^CannotPullContainerError: .*absent.*not found/));
});

test('after the service is deleted no process is left, and nothing is on record', async () => {
  await up('1');
  const pids = [...(await answers(6))].map((answer) => Number(answer.split(' ')[2]));
  expect(pids).toHaveLength(2);
  expect(await readdir(join(folder, 'processes'))).toEqual(
    expect.arrayContaining(pids.map((pid) => `${pid}.json`)),
  );
  await cloud.ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'app', force: true }));
  await stack.until(({ status }) => status === 'INACTIVE', 15_000);
  expect(pids.filter(isAlive)).toEqual([]);
  await cloud.cloud.dataPlane.close();
  expect(await readdir(join(folder, 'processes'))).toEqual([]);
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z]/.test(stdout.trim());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return address.port;
}

test('a change of the container port has no gap: tasks on both ports are targets of one group', async () => {
  const { targetGroupArn } = await up('1');
  const enough = new AbortController();
  const seen = new Set<string>();
  const asked = (async () => {
    while (!enough.signal.aborted) seen.add((await ask().catch(() => 'refused')).split(' ')[0]!);
  })();
  const taskDefinition = await stack.taskDefinition({
    image: await stack.image({ 'app/server.mjs': program.replace('listen(3000', 'listen(4000') }),
    environment: [{ name: 'VERSION', value: '2' }],
    portMappings: [{ containerPort: 4000 }],
  });
  const loadBalancers = [{ targetGroupArn, containerName: 'app', containerPort: 4000 }];
  await update({ taskDefinition, loadBalancers });
  await stack.until(isSteady, 20_000);
  enough.abort();
  await asked;
  expect([...seen].sort()).toEqual(['1', '2']);
  expect(await answers(4)).not.toContain('1');
});
