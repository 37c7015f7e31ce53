import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../src/read-model/snapshot.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

/** One stack that is hurt again and again, told in order. */
describe('chaos', { timeout: 120_000 }, () => {
  let project: Project;
  let endpoint: string;
  beforeAll(async () => {
    project = await createProject();
    await project.configure({
      loadBalancer: { deregistrationDelay: 1, healthCheck: { interval: 5, timeout: 2 } },
      service: { healthCheckGracePeriod: 0, stopTimeout: 2, env: { DRAIN_SECONDS: '1' } },
    });
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    endpoint = up.stdout.trim();
  }, 120_000);
  afterAll(() => project.close());

  const chaos = (...args: string[]) => project.run('local', 'chaos', ...args);

  /** Does it, and reads which process it names. */
  async function pidAfter(...args: string[]): Promise<number> {
    const { code, stdout, stderr } = await chaos(...args);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^(killed|froze|thawed) .* \(process \d+\)\n$/);
    return Number(/process (\d+)/.exec(stdout)![1]);
  }

  const snapshot = async () => JSON.parse((await project.run('status', '--json')).stdout) as Snapshot;
  const running = ({ tasks }: Snapshot) => tasks.value!.filter(({ status }) => status === 'RUNNING');
  const tasksNow = async () => running(await snapshot()).map(({ id }) => id);

  /** Waits until two tasks serve again. */
  const whole = () =>
    vi.waitFor(
      async () => {
        const now = await snapshot();
        expect(now.targets.value!.filter(({ state }) => state === 'healthy')).toHaveLength(2);
        expect(running(now)).toHaveLength(2);
      },
      { timeout: 40_000, interval: 200 },
    );

  const ready = async () => (await fetch(new URL('/readyz', endpoint))).status;
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const isReady = () =>
    vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 20_000, interval: 50 });

  it('kills the task that is named, and ECS replaces it', async () => {
    const [victim, other] = await tasksNow();
    const pid = await pidAfter('kill-task', '--task', victim!.slice(0, 8));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 });
    await vi.waitFor(async () => expect(await tasksNow()).not.toContain(victim), { timeout: 20_000 });
    await whole();
    const tasks = await tasksNow();
    expect(tasks).toContain(other);
    expect(tasks).not.toContain(victim);
  });

  it('freezes a task, which fails its health checks and is replaced', async () => {
    const before = await tasksNow();
    const frozen = JSON.parse((await chaos('freeze-task', '--json')).stdout) as { task: string; pid: number };
    expect(before).toContain(frozen.task);
    expect(isAlive(frozen.pid)).toBe(true);
    await vi.waitFor(
      async () => {
        const { service } = await snapshot();
        const words = `(task ${frozen.task}) (port 3000) is unhealthy`;
        expect(service.value!.events.some(({ message }) => message.includes(words))).toBe(true);
      },
      { timeout: 30_000, interval: 200 },
    );
    await vi.waitFor(() => expect(isAlive(frozen.pid)).toBe(false), { timeout: 20_000 });
    await whole();
    expect(await tasksNow()).not.toContain(frozen.task);
    await isReady();
  });

  it('a frozen task that is thawed goes on as if nothing had been', async () => {
    const before = await tasksNow();
    const [task] = before;
    const pid = await pidAfter('freeze-task', '--task', task!);
    expect(await pidAfter('thaw-task')).toBe(pid);
    await isReady();
    expect(await tasksNow()).toEqual(before);
    expect(await chaos('thaw-task')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error: no such task is frozen'),
    });
  });

  it('kills the load balancer, which listens again on its port', async () => {
    const pid = await pidAfter('kill-load-balancer');
    await isReady();
    expect(await pidAfter('kill-load-balancer')).not.toBe(pid);
    await isReady();
  });

  it('kills redis, which comes back, and the service with it', async () => {
    const pid = await pidAfter('kill-redis');
    expect(isAlive(pid)).toBe(false);
    await isReady();
    await whole();
  });

  it('lets AWS calls go wrong until it is told to stop', async () => {
    expect(await chaos('errors', '--rate', '1')).toMatchObject({
      code: 0,
      stdout: 'AWS calls go wrong from now on: errors 1\n',
    });
    expect(await project.run('plan', '--json')).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('An internal error has occurred.'),
    });
    expect(await chaos('errors', '--rate', '0.05')).toMatchObject({ code: 0 });
    expect(await chaos('resets', '--rate', '0.05')).toMatchObject({ code: 0 });
    expect(await chaos('throttle', '--rate', '0.2')).toMatchObject({
      stdout: 'AWS calls go wrong from now on: throttle 0.2, errors 0.05, resets 0.05\n',
    });
    const deployed = await project.run('deploy', '--build', '--image', 'v2');
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    expect(await chaos('off')).toMatchObject({
      code: 0,
      stdout: 'AWS calls are answered as they should be\n',
    });
    expect(await chaos('latency', '--delay', '300ms')).toMatchObject({
      stdout: 'AWS calls go wrong from now on: latency 300 ms\n',
    });
    expect((await project.run('plan', '--exit-code')).ms).toBeGreaterThan(600);
    expect(await chaos('off')).toMatchObject({ code: 0 });
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
  });

  it('names the tasks that run where it is asked for another', async () => {
    const { code, stderr } = await chaos('kill-task', '--task', 'nobody');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: no task nobody runs\nhint: choose one of [0-9a-f]{8}, [0-9a-f]{8}\n$/);
    expect(await chaos('throttle', '--rate', '2')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('must be a number from 0 to 1'),
    });
  });

  it('kills the local cloud itself; one `up` starts clean', async () => {
    const { processes } = JSON.parse((await project.run('local', 'status', '--json')).stdout) as {
      processes: { pid: number }[];
    };
    expect(processes.length).toBeGreaterThanOrEqual(4);
    const pid = await pidAfter('kill-daemon');
    expect((await project.run('local', 'status')).stdout).toBe('the local cloud does not run\n');
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    expect(up.stderr).toContain('the endpoint answers');
    expect((await project.daemon()).pid).not.toBe(pid);
    for (const old of processes) expect(isAlive(old.pid), `process ${old.pid}`).toBe(false);
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
    expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
    expect(await chaos('kill-task')).toMatchObject({
      code: 5,
      stderr: 'error: the local cloud does not run\nhint: start it with `chatops up`\n',
    });
  });
});
