import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project, Result } from '../helpers/cli.ts';
import { startProber } from '../helpers/prober.ts';

const images = fileURLToPath(new URL('../fixtures/images', import.meta.url));

const loadBalancer = { deregistrationDelay: 1, healthCheck: { interval: 5, timeout: 2 } };

/** One life of a service, told in order: each test goes on where the one before ended. */
describe('deploying a service', { timeout: 120_000 }, () => {
  let project: Project;
  let endpoint: string;
  beforeAll(async () => {
    project = await createProject();
    await cp(images, project.folder, { recursive: true });
    await build('steady');
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    endpoint = up.stdout.trim();
  }, 120_000);
  afterAll(() => project.close());

  /** Chooses what --build builds from now on. */
  const build = (folder: string) =>
    project.configure({
      loadBalancer,
      service: { build: `./${folder}`, healthCheckGracePeriod: 0, stopTimeout: 2 },
    });

  /** Runs a command while 20 requests a second go to the service; none of them may fail. */
  async function underProbes(run: () => Promise<Result>): Promise<Result & { answers: string[] }> {
    const prober = startProber(endpoint);
    const result = await run();
    const { requests, failures, answers } = await prober.stop();
    expect(failures, `of ${requests} requests`).toEqual([]);
    expect(requests).toBeGreaterThan((result.ms / 50) * 0.5);
    return { ...result, answers };
  }

  const errorOf = ({ stderr }: Result) => stderr.slice(stderr.indexOf('error: '));

  async function servesOnly(version: string): Promise<void> {
    expect(await (await fetch(endpoint)).text()).toBe(`steady ${version}\n`);
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
  }

  it('builds, pushes and rolls out a new version without one failed request', async () => {
    const { code, stdout, stderr, answers } = await underProbes(() =>
      project.run('deploy', '--build', '--image', 'v2'),
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^deployed v2: serving after [\d.]+s, drained after [\d.]+s; the endpoint answers\n$/,
    );
    expect(stderr).toMatch(/chat-\w+:2: v2 in place of build-[0-9a-f]{16}/);
    expect(stderr).toMatch(/ECS: has started 2 tasks/);
    expect(stderr).toMatch(/new task [0-9a-f]{8} is healthy in the target group/);
    expect(stderr).toMatch(/old task [0-9a-f]{8} STOPPED/);
    expect(answers).toEqual(expect.arrayContaining(['steady v2']));
    await servesOnly('v2');
  });

  it('says so when the image runs already, and changes nothing', async () => {
    expect(await project.run('deploy', '--image', 'v2')).toMatchObject({
      code: 0,
      stdout: 'no change: the service runs v2 already\n',
    });
    expect(await project.run('deploy', '--build', '--image', 'v2')).toMatchObject({
      code: 0,
      stdout: 'no change: the service runs v2 already\n',
    });
    expect((await project.run('status')).stdout).toContain(':2 ');
  });

  it('without --image, names what it built by its content', async () => {
    const deployed = await project.run('deploy', '--build');
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    expect(deployed.stdout).toMatch(/^deployed build-[0-9a-f]{16}: /);
    await servesOnly('1.0.0');
  });

  it('tells programs each step as a line of JSON', async () => {
    const { code, stdout } = await project.run('deploy', '--image', 'v2', '--json');
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RolloutEvent | { type: 'result' });
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      name: 'v2',
      changed: true,
      endpoint,
      checked: true,
    });
    const types = lines.map(({ type }) => type);
    expect(types.indexOf('rollout.started')).toBe(0);
    expect(types.indexOf('rollout.serving')).toBeGreaterThan(types.indexOf('rollout.target'));
    expect(types).toEqual(
      expect.arrayContaining(['rollout.task', 'rollout.service-event', 'rollout.status', 'rollout.drained']),
    );
    await servesOnly('v2');
  });

  it('an image that crashes at its start is rolled back, with the cause first', async () => {
    await build('crashing');
    const failed = await underProbes(() => project.run('deploy', '--build', '--image', 'crashing'));
    expect(failed.code).toBe(5);
    const [first, ...rest] = errorOf(failed).split('\n');
    expect(first).toMatch(
      /^error: crashing was rolled back: task [0-9a-f]{8}: Essential container in task exited, exit code 3$/,
    );
    expect(rest.slice(0, 4)).toEqual([
      '  its last log lines:',
      '    reading the settings',
      '    TOPIC is not set',
      '  now at: v2 on 2 tasks',
    ]);
    expect(failed.answers).toEqual(['steady v2']);
    await servesOnly('v2');
    const up = await project.run('up');
    expect(up.stderr).toMatch(/no changes: all \d+ resources are as the config asks/);
  });

  it('an image that never becomes healthy is rolled back, with what the health check got', async () => {
    await build('sick');
    const failed = await underProbes(() => project.run('deploy', '--build', '--image', 'sick', '--json'));
    expect(failed.code).toBe(5);
    const error = JSON.parse(failed.stdout.trim().split('\n').at(-1)!) as { message: string };
    expect(error).toMatchObject({
      type: 'error',
      code: 'deploy.failed',
      status: 'ROLLBACK_SUCCESSFUL',
      serves: 'v2 on 2 tasks',
      log: ['listening, and not well'],
    });
    expect(error.message).toMatch(
      /^sick was rolled back: task [0-9a-f]{8}: failed its health checks: Health checks failed with these codes: \[503\]$/,
    );
    expect(failed.answers).toEqual(['steady v2']);
    await servesOnly('v2');
  });

  it('refuses to move a tag to other content', async () => {
    await build('crashing');
    const { code, stderr } = await project.run('deploy', '--build', '--image', 'v2');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /error: tag v2 stands for other content \(sha256:[0-9a-f]{12}\) and cannot be moved\nhint: choose another tag/,
    );
    await servesOnly('v2');
  });

  it('names the tags that exist when one does not', async () => {
    const { code, stderr } = await project.run('deploy', '--image', 'v9');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: image v9 is not in repository chatops\/chat-\w+\nhint: its tags are sick, crashing, .*v2.*; or build and push with --build\n$/,
    );
  });

  it('follows no longer than --timeout, says how far it is, and can be followed again', async () => {
    await build('sick');
    const late = await project.run('deploy', '--image', 'sick', '--timeout', '1s');
    expect(late.code).toBe(8);
    expect(errorOf(late)).toMatch(
      /^error: sick is not through after 1\.0s: 0 of 2 new tasks healthy, 2 old left/,
    );
    expect(late.stderr).toContain(
      'hint: it goes on without you: follow it with `chatops deploy --image sick`, or go back with `chatops deploy --image v2`',
    );
    const followed = await project.run('deploy', '--image', 'sick');
    expect(followed.code).toBe(5);
    expect(followed.stderr).toContain('the rollout of sick is under way: following it');
    expect(errorOf(followed)).toMatch(
      /^error: sick was rolled back: task [0-9a-f]{8}: failed its health checks/,
    );
    await servesOnly('v2');
  });

  it('Ctrl-C ends the following, not the rollout; another deploy takes its place', async () => {
    const run = project.start('deploy', '--image', 'sick');
    await vi.waitFor(() => expect(run.output()).toMatch(/new task \w+ RUNNING/), { timeout: 30_000 });
    run.child.kill('SIGINT');
    const stopped = await run.done;
    expect(stopped.code).toBe(130);
    expect(errorOf(stopped)).toMatch(
      /^error: stopped following; the rollout of sick goes on: 0 of 2 new tasks healthy, 2 old left\nhint: follow it with `chatops deploy --image sick`, or go back with `chatops deploy --image v2`/,
    );
    const back = await underProbes(() => project.run('deploy', '--image', 'v2'));
    expect(back.code, back.stderr).toBe(0);
    await servesOnly('v2');
  });

  it('needs to be told what to deploy, and a stack to deploy to', async () => {
    expect(await project.run('deploy')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error: deploy needs --image or --build\nhint: '),
    });
    expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
    expect(await project.run('deploy', '--build')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('error: stack chat/default/local is not up'),
    });
  });
});

describe('deploying the chat server', { timeout: 120_000 }, () => {
  it('lets every node say the new version', async () => {
    const project = await createProject();
    await project.configure({ loadBalancer, service: { env: { DRAIN_SECONDS: '1' } } });
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const prober = startProber(new URL('/livez', up.stdout.trim()).href);
    const deployed = await project.run('deploy', '--build', '--image', 'v2');
    const { failures } = await prober.stop();
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    expect(failures).toEqual([]);
    const ready = await fetch(new URL('/readyz', up.stdout.trim()));
    expect(await ready.json()).toMatchObject({ ready: true, version: 'v2' });
    expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
    await project.close();
  });
});
