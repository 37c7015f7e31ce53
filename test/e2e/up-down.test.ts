import { readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { PlannedAction } from '../../src/engine/events.ts';
import type { LocalStatus } from '../../src/aws/local-daemon.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project, Result } from '../helpers/cli.ts';
import { parseHcl } from '../helpers/hcl.ts';
import { processesIn } from '../helpers/processes-in.ts';

/** One life of a stack, told in order: each test goes on where the one before ended. */
describe('a stack from up to down', { timeout: 120_000 }, () => {
  let project: Project;
  let first: Result;
  beforeAll(async () => {
    project = await createProject();
    first = await project.run('up');
  }, 120_000);
  afterAll(() => project.close());

  const config = (change: object = {}) => ({ app: 'chat', region: 'local', ...change });
  const status = async () =>
    JSON.parse((await project.run('local', 'status', '--json')).stdout) as LocalStatus;
  const changesIn = ({ stdout }: Result) =>
    (JSON.parse(stdout) as { actions: PlannedAction[] }).actions
      .filter(({ action }) => action !== 'none')
      .map(({ id, action, changes }) => ({ id, action, paths: changes.map(({ path }) => path) }));

  it('stands after one command, with no config file, and says which defaults hold', async () => {
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(first.stderr).toContain(
      'no chatops.config.json here: using the defaults (app "chat", region "local", 2 tasks)',
    );
    expect(first.stderr).toContain('the endpoint answers');
    const page = await fetch(first.stdout.trim());
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');
  });

  it('changes nothing the second time, and makes no writing call', async () => {
    const before = await status();
    const again = await project.run('up');
    expect(again, again.stderr).toMatchObject({ code: 0, stdout: first.stdout });
    expect(again.stderr).toMatch(/no changes: all \d+ resources are as the config asks/);
    const after = await status();
    expect(after.calls.total).toBeGreaterThan(before.calls.total);
    expect(after.calls.writes).toBe(before.calls.writes);
  });

  it('shows two healthy tasks in two zones', async () => {
    const { stdout, code } = await project.run('status');
    expect(code).toBe(0);
    expect(stdout).toContain('state     healthy: 2 of 2 tasks run, 2 targets are healthy');
    expect(stdout).toMatch(/RUNNING +healthy +locala/);
    expect(stdout).toMatch(/RUNNING +healthy +localb/);
    const snapshot = JSON.parse((await project.run('status', '--json')).stdout) as {
      verdict: { state: string };
    };
    expect(snapshot.verdict.state).toBe('healthy');
  });

  it('prints what the tasks log', async () => {
    const { stdout, code } = await project.run('logs', '--since', '5m');
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(new Set(lines.map((line) => line.split(' ')[1])).size).toBe(2);
    expect(lines.some((line) => line.includes('listening'))).toBe(true);
  });

  it('lists the stack', async () => {
    const { stdout } = await project.run('ls');
    expect(stdout).toMatch(new RegExp(`default +local +up +${first.stdout.trim()}`));
  });

  it('exports itself as Terraform, writes over nothing, and changes nothing', async () => {
    const before = await status();
    const printed = await project.run('export', '--terraform');
    expect(printed, printed.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(parseHcl(printed.stdout).map(({ labels }) => labels.join('.'))).toEqual(
      expect.arrayContaining(['aws_vpc.vpc', 'aws_lb.load_balancer', 'aws_ecs_service.service']),
    );
    const written = await project.run('export', '--terraform', '--out', 'infra/terraform');
    expect(written.code, written.stderr).toBe(0);
    const files = written.stdout.trim().split('\n');
    expect(files).toContain('infra/terraform/ecs.tf');
    const inFolder = (file: string) => path.join(project.folder, file);
    const texts = await Promise.all(files.map((file) => readFile(inFolder(file), 'utf8')));
    expect(texts.join('\n')).toBe(printed.stdout);

    await writeFile(inFolder('infra/terraform/ecs.tf'), '# mine\n');
    const refused = await project.run('export', '--terraform', '--out', 'infra/terraform');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('exists already');
    expect(refused.stderr).toContain('--force');
    expect(await readFile(inFolder('infra/terraform/ecs.tf'), 'utf8')).toBe('# mine\n');
    const forced = await project.run('export', '--terraform', '--out', 'infra/terraform', '--force');
    expect(forced.code, forced.stderr).toBe(0);
    expect(await readFile(inFolder('infra/terraform/ecs.tf'), 'utf8')).toContain('aws_ecs_service');
    expect((await status()).calls.writes).toBe(before.calls.writes);
  });

  it('prints the address where no browser can be started', async () => {
    const opened = await project.run('open');
    expect(opened).toMatchObject({ code: 0, stdout: first.stdout });
  });

  it.each([
    ['idle timeout', { loadBalancer: { idleTimeout: 120 } }, ['load-balancer']],
    [
      'environment',
      { loadBalancer: { idleTimeout: 120 }, service: { env: { GREETING: 'hi' } } },
      ['task-definition', 'service'],
    ],
    [
      'cpu',
      { loadBalancer: { idleTimeout: 120 }, service: { cpu: 512, memory: 1024 } },
      ['task-definition', 'service'],
    ],
    [
      'count',
      { loadBalancer: { idleTimeout: 120 }, service: { cpu: 512, memory: 1024, count: 3 } },
      ['service'],
    ],
  ])('plans and makes only the change of the %s', async (_, change, ids) => {
    await project.configure(config(change));
    const planned = await project.run('plan', '--json', '--exit-code');
    expect(planned.code).toBe(6);
    const changes = changesIn(planned);
    expect(changes.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(changes.every(({ id, action }) => ids.includes(id) && action === 'update')).toBe(true);
    const applied = await project.run('up', '--json');
    expect(applied.code, applied.stdout + applied.stderr).toBe(0);
    const started = applied.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; id: string; action: string })
      .filter(({ type, action }) => type === 'step.started' && action !== 'none');
    expect(started.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
  });

  it('runs three tasks now, each with the new size', async () => {
    const { stdout } = await project.run('status');
    expect(stdout).toContain('3 of 3 tasks run');
  });

  it('shows a change made by hand, and puts it right', async () => {
    const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
    const settings = { region: 'local', endpoint, credentials: { accessKeyId, secretAccessKey } };
    const elbv2 = new ElasticLoadBalancingV2Client(settings);
    const { LoadBalancers } = await elbv2.send(new DescribeLoadBalancersCommand({}));
    await elbv2.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
        Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '77' }],
      }),
    );
    const planned = await project.run('plan');
    expect(planned.stdout).toMatch(/~ update +load-balancer/);
    expect(planned.stdout).toMatch(/77 → 120/);
    expect(await project.run('up')).toMatchObject({ code: 0 });
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
    const ecs = new ECSClient(settings);
    const name = LoadBalancers![0]!.LoadBalancerName!;
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: name, services: [name] }));
    expect(services![0]).toMatchObject({ desiredCount: 3, runningCount: 3 });
  });

  it('asks before it removes anything, and refuses without a terminal', async () => {
    const refused = await project.run('down');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/- delete +vpc/);
    expect(refused.stderr).toContain('hint: add --yes to go on without asking');
    expect((await status()).resourceCount).toBeGreaterThan(20);
  });

  it('leaves no resource, no process and no port', async () => {
    const { pid } = await project.daemon();
    const { processes } = await status();
    const pids = [pid, ...processes.map((each) => each.pid)];
    expect(pids.length).toBeGreaterThanOrEqual(6);
    const port = Number(new URL(first.stdout.trim()).port);
    const removed = await project.run('down', '--yes');
    expect(removed, removed.stderr).toMatchObject({ code: 0 });
    expect(removed.stdout).toMatch(
      /removed: \d+ resources of chat\/default\/local are gone, and no listing finds any/,
    );
    const alive = await Promise.all(pids.map(isAlive));
    expect(pids.filter((_, index) => alive[index])).toEqual([]);
    expect(await listens(port)).toBe(false);
    expect(await processesIn(project.folder)).toEqual([]);
  });

  it('says so when there is nothing to remove', async () => {
    expect(await project.run('down', '--yes')).toMatchObject({
      code: 0,
      stdout: 'nothing to remove: stack chat/default/local is not up\n',
    });
  });
});

/** Whether a process runs; one that has ended and that nobody has asked about yet (Z) does not. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && stat[stat.lastIndexOf(')') + 2] !== 'Z';
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
