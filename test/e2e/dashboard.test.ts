import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kill } from 'node:process';
import type { LocalStatus } from '../../src/aws/local-daemon.ts';
import type { Snapshot } from '../../src/read-model/snapshot.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';
import { hasTmux, openTerminal } from '../helpers/terminal.ts';

/** In CI a missing tmux is a failure; elsewhere these tests are skipped. */
const skipped = process.env['CI'] !== 'true' && !(await hasTmux());

describe('the status of a real stack', { timeout: 120_000 }, () => {
  let project: Project;
  const opened: Awaited<ReturnType<typeof openTerminal>>[] = [];
  beforeAll(async () => {
    project = await createProject();
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
  }, 120_000);
  afterAll(async () => {
    await Promise.all(opened.map((terminal) => terminal.close()));
    await project.close();
  });

  const open = async (columns: number, rows: number, env: Record<string, string> = {}) => {
    const terminal = await openTerminal(['status'], { columns, rows, folder: project.folder, env });
    opened.push(terminal);
    return terminal;
  };

  it('is one snapshot with --json, in which CPU and memory of each task come in', async () => {
    const read = async () => JSON.parse((await project.run('status', '--json')).stdout) as Snapshot;
    let snapshot = await read();
    expect(snapshot.verdict).toEqual({
      state: 'healthy',
      because: '2 of 2 tasks run, 2 targets are healthy',
    });
    for (const part of ['service', 'tasks', 'targets', 'redis', 'loadBalancer', 'metrics'] as const) {
      expect(snapshot[part].error, part).toBeUndefined();
      expect(snapshot[part].age, part).toBeLessThan(5_000);
    }
    await expect
      .poll(async () => (snapshot = await read()).tasks.value!.map(({ cpu }) => typeof cpu), {
        timeout: 30_000,
        interval: 1_000,
      })
      .toEqual(['number', 'number']);
    for (const task of snapshot.tasks.value!) {
      // A Node.js process: more than 20 and less than 512 MiB.
      expect(task.memory).toBeGreaterThan(4);
      expect(task.memory).toBeLessThan(100);
      expect(task.target).toEqual({ state: 'healthy' });
    }
  });

  it('passes --check, and prints a table where there is no terminal', async () => {
    const checked = await project.run('status', '--check');
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout.split('\n')[0]).toBe('state     healthy: 2 of 2 tasks run, 2 targets are healthy');
    expect((await project.run('status')).stdout).toMatch(/TASK +STATUS +TARGET/);
  });

  describe.skipIf(skipped)('on a terminal', () => {
    it.each([
      [60, 20],
      [100, 30],
      [160, 45],
    ])('is a dashboard that fits %i × %i', async (columns, rows) => {
      const terminal = await open(columns, rows);
      const text = await terminal.sees(/● healthy {2}2 of 2 tasks run, 2 targets are healthy[^]*q quit/);
      const lines = text.split('\n');
      expect(lines[0]).toMatch(/^ ● healthy/);
      expect(lines[rows - 1]).toMatch(/l logs +\? help +q quit/);
      expect(text.match(/✓ [0-9a-f]{8} .*healthy/g)).toHaveLength(2);
      for (const title of ['service', 'tasks', 'targets', 'redis', 'load balancer', 'events']) {
        expect(text.match(new RegExp(`${title} ─`, 'g')), title).toHaveLength(1);
      }
      await terminal.press('q');
      await terminal.sees(/chat\/default\/local is healthy: 2 of 2 tasks run.*\n?.*ended with 0/s);
    });

    it('shows help and logs, follows a new size, and gives the terminal back', async () => {
      const terminal = await open(100, 30);
      await terminal.sees(/q quit/);
      await terminal.press('?');
      await terminal.sees(/verdicts[^]*▲ degraded +it answers/);
      await terminal.press('l');
      await terminal.sees(/logs ─+ following[^]*listening/);
      await terminal.press('Escape');
      await terminal.sees(/events ─/);
      await terminal.resize(70, 24);
      await expect
        .poll(async () => (await terminal.screen())[23], { timeout: 10_000 })
        .toMatch(/^ l logs +\? help +q quit/);
      const text = (await terminal.screen()).join('\n');
      expect(text.match(/tasks ─/g)).toHaveLength(1);
      expect(text).toMatch(/^ ● healthy/);
      await terminal.press('C-c');
      const left = await terminal.sees(/ended with 0/);
      expect(left).not.toContain('q quit');
    });

    it('uses colours, but not with NO_COLOR', async () => {
      const colourful = await open(100, 30);
      await colourful.sees(/q quit/);
      // oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
      expect(await colourful.colours()).toMatch(/\u001B\[[\d;]*32m[^\n]*healthy/);
      const plain = await open(100, 30, { NO_COLOR: '1' });
      await plain.sees(/q quit/);
      // oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
      expect(await plain.colours()).not.toMatch(/\u001B\[[\d;]*3[1-6]m/);
    });

    it('tells of a killed task and of the one that takes its place', async () => {
      const terminal = await open(100, 30);
      await terminal.sees(/q quit/);
      const { processes } = JSON.parse(
        (await project.run('local', 'status', '--json')).stdout,
      ) as LocalStatus;
      const task = processes.find(({ name }) => name.startsWith('task '))!;
      const id = task.name.slice('task '.length, 'task '.length + 8);
      kill(task.pid, 'SIGKILL');
      await terminal.sees(new RegExp(`✗ ${id} +stopped .*exit code 137`));
      const text = await terminal.sees(/● healthy/);
      expect(text.match(/✓ [0-9a-f]{8} .*healthy/g)).toHaveLength(2);
    });
  });

  it('fails --check with the reason, when nothing runs any more', async () => {
    await project.configure({ service: { count: 0 } });
    const up = await project.run('up', '--no-check');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const checked = await project.run('status', '--check');
    expect(checked.code).toBe(5);
    expect(checked.stderr).toContain('error: chat/default/local is down: the service is set to 0 tasks');
    expect(checked.stderr).toContain('hint: see `chatops logs`');
    const json = await project.run('status', '--check', '--json');
    expect(json.code).toBe(5);
    expect((JSON.parse(json.stdout) as Snapshot).verdict.state).toBe('down');
  });

  it('says so where there is no stack', async () => {
    const elsewhere = await createProject();
    expect(await elsewhere.run('status', '--check')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('stack chat/default/local is not up'),
    });
    await elsewhere.close();
  });
});
