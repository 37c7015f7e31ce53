import { describe, expect, it } from 'vitest';
import { firstCause } from '../../../src/rollout/cause.ts';
import { failureOf, hasSucceeded } from '../../../src/rollout/verdict.ts';
import type { Known } from '../../../src/rollout/verdict.ts';
import type { Watched } from '../../../src/rollout/watch.ts';
import { crashed, picture, task } from './story.ts';

const watched = (status: string, change: Partial<Watched> = {}): Watched => ({
  ended: 'verdict',
  picture: picture([task('a'), task('b', { side: 'old' })], { status, reason: 'tasks failed to start.' }),
  servingMs: undefined,
  drainedMs: undefined,
  ...change,
});

const known: Known = {
  to: 'v2',
  from: 'v1',
  serves: 'v1 on 2 tasks',
  cause: { task: '0123456789abcdef', text: 'Essential container in task exited, exit code 3' },
  log: ['TOPIC is not set'],
  timeout: 900_000,
};

describe('the verdict on a rollout', () => {
  it.each([
    ['ROLLBACK_SUCCESSFUL', 'v2 was rolled back'],
    ['ROLLBACK_FAILED', 'v2 failed, and so did the way back'],
    ['STOPPED', 'v2 was stopped'],
    ['STOPPED_FOR_GOOD', 'v2 ended as STOPPED_FOR_GOOD'],
  ])('%s is a failed deployment, its cause in the first line', (status, outcome) => {
    expect(hasSucceeded(watched(status))).toBe(false);
    expect(failureOf(watched(status), known)).toMatchObject({
      message: `${outcome}: task 01234567: Essential container in task exited, exit code 3`,
      exit: 5,
      details: ['its last log lines:', '  TOPIC is not set', 'now at: v1 on 2 tasks'],
      hint: expect.stringContaining('chatops logs --task 01234567'),
    });
  });

  it('is ECS’s own reason where no task has failed', () => {
    const { message, hint } = failureOf(watched('STOPPED'), { ...known, cause: undefined, log: [] });
    expect(message).toBe('v2 was stopped: tasks failed to start.');
    expect(hint).toContain('chatops status');
  });

  it('is only good when ECS says so', () => {
    expect(hasSucceeded(watched('SUCCESSFUL'))).toBe(true);
    expect(hasSucceeded(watched('SUCCESSFUL', { ended: 'timeout' }))).toBe(false);
  });

  it('is open when the time is up, and says how to go on', () => {
    expect(failureOf(watched('IN_PROGRESS', { ended: 'timeout' }), known)).toMatchObject({
      message:
        'v2 is not through after 15m 00s: 1 of 2 new tasks healthy, 1 old left; task 01234567: Essential container in task exited, exit code 3',
      exit: 8,
      hint: 'it goes on without you: follow it with `chatops deploy --image v2`, or go back with `chatops deploy --image v1`',
    });
  });

  it('is open after Ctrl-C', () => {
    const none = { ended: 'interrupted', picture: undefined } as const;
    expect(failureOf(watched('', none), { ...known, from: undefined })).toMatchObject({
      message: 'stopped following; the rollout of v2 goes on: nothing is known of it yet',
      exit: 130,
      hint: 'follow it with `chatops deploy --image v2`',
    });
  });
});

describe('the first cause', () => {
  it('is the new task that failed first, not one that ECS took away', () => {
    const scaled = {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment 1)',
    };
    const tasks = [
      task('scaled', { ...crashed, ...scaled, stoppedAt: 1 }),
      task('old', { ...crashed, side: 'old', stoppedAt: 2 }),
      task('second', { ...crashed, stoppedAt: 4 }),
      task('first', { ...crashed, stoppedAt: 3 }),
    ];
    expect(firstCause(picture(tasks))).toEqual({
      task: 'first',
      text: 'Essential container in task exited, exit code 3',
    });
  });

  it('of an unhealthy task is what its health check got, also where only ECS’s events tell', () => {
    const stopped = {
      ...crashed,
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed ELB health checks in (target-group x)',
      exitCode: 0,
    };
    const message =
      '(service chat) (task sick) (port 3000) is unhealthy in (target-group x) due to (reason Health checks failed with these codes: [503]).';
    expect(firstCause(picture([task('sick', stopped)], { events: [{ id: '1', message }] }))).toEqual({
      task: 'sick',
      text: 'failed its health checks: Health checks failed with these codes: [503]',
    });
    const target = { state: 'unhealthy', reason: 'Request timed out' };
    expect(firstCause(picture([task('slow', { target })]))?.text).toBe(
      'failed its health checks: Request timed out',
    );
  });

  it('is unknown while nothing has failed', () => {
    expect(firstCause(picture([task('a'), task('b', { target: { state: 'initial', reason: 'x' } })]))).toBe(
      undefined,
    );
  });
});
