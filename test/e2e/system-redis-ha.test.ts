import { request } from 'node:https';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemProject } from '../helpers/system-project.ts';

/** One life of the system `redis-ha`: an app that hangs, its health checks, and its Redis. */
describe('redis-ha on this machine', { timeout: 120_000 }, () => {
  let project: Awaited<ReturnType<typeof systemProject>>;
  let url: URL;
  let authority: string;
  let ecs: ECSClient;
  let cluster: string;
  beforeAll(async () => {
    project = await systemProject('redis-ha');
    const up = await project.local('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    url = new URL(up.stdout.trim());
    authority = await readFile(path.join(project.folder, '.chatops/local/authority.pem'), 'utf8');
    const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
    ecs = new ECSClient({ region: 'local', endpoint, credentials: { accessKeyId, secretAccessKey } });
    [cluster] = (await ecs.send(new ListClustersCommand({}))).clusterArns as [string];
  }, 120_000);
  afterAll(() => project.close());

  /** Status and body over HTTPS, under the domain's name; undefined when nothing comes for two seconds. */
  function ask(query: string): Promise<{ status: number; body: string } | undefined> {
    const way = { host: '127.0.0.1', port: url.port, servername: url.hostname, ca: authority };
    return new Promise((resolve) => {
      const asked = request(
        { ...way, path: `/${query}`, agent: false, timeout: 2_000, headers: { host: url.host } },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
          response.on('end', () => resolve({ status: response.statusCode!, body }));
        },
      );
      asked.on('timeout', () => asked.destroy()).on('error', () => resolve(undefined));
      asked.end();
    });
  }

  async function tasks(desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Task[]> {
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus }));
    if (taskArns!.length === 0) return [];
    return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks!;
  }

  it('answers 400 without a query, and 200 with one, counted in Redis by all tasks together', async () => {
    expect(url.protocol).toBe('https:');
    expect(await ask('')).toEqual({ status: 400, body: 'what is q?\n' });
    const seen = new Map<number, number>();
    for (let times = 1; times <= 6; times += 1) {
      const answer = await ask('?q=one');
      expect(answer).toMatchObject({ status: 200 });
      const told = JSON.parse(answer!.body) as { times: number; task: number };
      expect(told.times).toBe(times);
      seen.set(told.task, times);
    }
    expect(seen.size).toBe(2);
  });

  it('has started its tasks apart', async () => {
    const [one, other] = (await tasks('RUNNING')).map(({ createdAt }) => createdAt!.getTime());
    expect(Math.abs(one! - other!)).toBeGreaterThanOrEqual(3_000);
  });

  it('a task that hangs is replaced because of its health checks, while the other one answers', async () => {
    const before = (await tasks('RUNNING')).map(({ taskArn }) => taskArn);
    expect(await ask('?q=hang')).toBeUndefined();
    await expect.poll(() => tasks('STOPPED'), { timeout: 60_000, interval: 500 }).toHaveLength(1);
    const [stopped] = await tasks('STOPPED');
    expect(before).toContain(stopped!.taskArn);
    expect(stopped!.stoppedReason).toMatch(/failed (container|ELB) health checks/);
    await expect.poll(async () => (await ask('?q=two'))?.status, { timeout: 30_000 }).toBe(200);
    await expect
      .poll(
        async () => (await tasks('RUNNING')).filter(({ healthStatus }) => healthStatus === 'HEALTHY').length,
        { timeout: 60_000, interval: 500 },
      )
      .toBe(2);
  });

  it('goes whole', async () => {
    const down = await project.local('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
    expect(down.stdout).toContain('are gone');
  });
});
