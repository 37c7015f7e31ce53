import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LoadResult } from '../../src/load/result.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';
import { faultyServer } from '../helpers/faulty-server.ts';
import type { FaultyServer, Faults } from '../helpers/faulty-server.ts';

const executable = fileURLToPath(new URL('../../bin/chatops.js', import.meta.url));

describe.concurrent('loadtest of any server of the protocol', { timeout: 60_000 }, () => {
  let project: Project;
  const servers: FaultyServer[] = [];
  beforeAll(async () => {
    project = await createProject();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await project.close();
  });

  async function serve(faults: Faults = {}) {
    const server = await faultyServer(faults);
    servers.push(server);
    return server;
  }

  const small = ['--clients', '20', '--room-size', '5', '--rate', '100', '--ramp-up', '0.2s'];

  it('prints the verdict, counts, latencies and limits', async () => {
    const { url } = await serve();
    const { code, stdout, stderr } = await project.run(
      'loadtest',
      '--url',
      url,
      ...small,
      '--duration',
      '1s',
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^passed: 0 lost, 0 duplicate, 0 out of order\n/);
    expect(stdout).toContain('20 of 20 open at the peak, in 4 rooms of 5');
    expect(stdout).toContain('100 messages (100/s), 100 acknowledged');
    expect(stdout).toContain('500 of 500 expected (500/s)');
    expect(stdout).toMatch(/LATENCY \(ms\) +p50 +p90 +p99 +p99\.9 +max +COUNT\nconnect .* 20\n/);
    expect(stdout).toMatch(/open files: 20 of \d+ in each worker/);
    expect(stdout).toMatch(/CPU of the machine: \d+ % on average/);
  });

  it('ends with 7 when something was lost, and prints one object with --json', async () => {
    const { url, done } = await serve({ delivery: (number) => (number % 100 === 50 ? 'drop' : undefined) });
    const args = ['--url', url, ...small, '--duration', '1s', '--workers', '2', '--json'];
    const { code, stdout, stderr } = await project.run('loadtest', ...args);
    expect(code, stderr).toBe(7);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const result = JSON.parse(stdout) as LoadResult;
    expect(done.dropped).toBe(5);
    expect(result).toMatchObject({
      passed: false,
      scenario: { clients: 20, workers: 2, roomSize: 5, rate: 100, durationMs: 1000, rampUpMs: 200 },
      messages: { sent: 100, expected: 500, delivered: 495, lost: { total: 5, undelivered: 5 } },
    });
  });

  it('says on stderr why it failed', async () => {
    const { url } = await serve({ delivery: (number) => (number === 250 ? 'repeat' : undefined) });
    const { code, stdout, stderr } = await project.run(
      'loadtest',
      '--url',
      url,
      ...small,
      '--duration',
      '1s',
    );
    expect(code).toBe(7);
    expect(stdout).toMatch(/^failed: 1 duplicate\n/);
    expect(stderr).toMatch(/error: 1 duplicate\nhint: /);
  });

  it('on Ctrl-C ends with 130 and the results so far', async () => {
    const server = await serve();
    const run = project.start('loadtest', '--url', server.url, ...small, '--duration', '10m');
    await vi.waitFor(() => expect(server.done.sends).toBeGreaterThan(20), { timeout: 20_000 });
    run.child.kill('SIGINT');
    const { code, stdout } = await run.done;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^interrupted; so far passed: 0 lost/);
    const [, sent, acknowledged] = /sent +(\d+) messages .*, (\d+) acknowledged/.exec(stdout)!;
    expect(Number(sent)).toBeGreaterThan(20);
    expect(acknowledged).toBe(sent);
  });

  it('takes its workers with it, however it ends', async () => {
    const server = await serve();
    const run = project.start('loadtest', '--url', server.url, ...small, '--duration', '10m');
    await vi.waitFor(() => expect(server.done.sends).toBeGreaterThan(0), { timeout: 20_000 });
    run.child.kill('SIGKILL');
    await vi.waitFor(() => expect(server.connections()).toBe(0), { timeout: 10_000 });
  });

  it('says so when a worker dies', async () => {
    const server = await serve();
    const run = project.start('loadtest', '--url', server.url, ...small, '--duration', '10m');
    await vi.waitFor(() => expect(server.done.sends).toBeGreaterThan(0), { timeout: 20_000 });
    const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(run.child.pid)]);
    process.kill(Number(stdout.trim()), 'SIGKILL');
    const { code, stderr } = await run.done;
    expect(code).toBe(1);
    expect(stderr).toContain('error: load worker 1 ended: SIGKILL');
  });

  it('refuses more clients than it may have open files, with the possible number', async () => {
    const { url, connections } = await serve();
    const command = 'ulimit -n 300 && exec "$0" "$@"';
    const args = [executable, 'loadtest', '--url', url, '--clients', '1000', '--workers', '2'];
    const child = spawn('sh', ['-c', command, process.execPath, ...args], { cwd: project.folder });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /error: the open-file limit \(300 .*\) allows 520 clients in 2 workers, not 1000\n/,
    );
    expect(stderr).toContain('hint: raise it with `ulimit -n 540`, or use --clients 520, or --workers 4');
    expect(connections()).toBe(0);
  });

  it('says at once when nobody answers, or somebody who does not speak the protocol', async () => {
    const gone = await faultyServer();
    await gone.close();
    const refused = await project.run('loadtest', '--url', gone.url);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toMatch(
      /^error: ws:\/\/127\.0\.0\.1:\d+\/ws lets nobody in: ECONNREFUSED\nhint: /,
    );
    const silent = await serve();
    const wrong = await project.run('loadtest', '--url', silent.url.replace('ws:', 'gopher:'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("option '--url <url>' argument");
  });

  it('without a stack and without --url says what to do', async () => {
    const { code, stderr } = await project.run('loadtest');
    expect(code).toBe(5);
    expect(stderr).toMatch(/error: stack chat\/.* is not up\nhint: create it with `chatops up`/);
  });
});

describe('loadtest of a stack', { timeout: 120_000 }, () => {
  it('goes through the load balancer to all tasks, and loses nothing', async () => {
    const project = await createProject();
    onTestFinished(() => project.close());
    expect(await project.run('up')).toMatchObject({ code: 0 });
    const args = [
      '--clients',
      '200',
      '--room-size',
      '20',
      '--rate',
      '50',
      '--ramp-up',
      '2s',
      '--duration',
      '3s',
    ];
    const { code, stdout, stderr } = await project.run('loadtest', ...args, '--json');
    expect(code, stdout + stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      passed: true,
      clients: { wanted: 200, joined: 200, peakOpen: 200 },
      messages: { sent: 150, acknowledged: 150, expected: 3000, delivered: 3000, lost: { total: 0 } },
    });
    expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
  });
});
