import { describe, expect, it } from 'vitest';
import { rolloutLine } from '../../../src/output/rollout-text.ts';
import { changesBetween, progressOf } from '../../../src/rollout/changes.ts';
import type { Picture } from '../../../src/rollout/picture.ts';
import { crashed, picture, task } from './story.ts';

const old = (id: string, change: object = {}) => task(id, { side: 'old', ...change });

/** What a person reads of one look after another. */
const lines = (before: Picture | undefined, after: Picture) =>
  changesBetween(before, after, 1500).map((event) => rolloutLine(event).trimStart());

describe('what is told of a rollout', () => {
  it('is at first what is new, not what ran before', () => {
    const first = picture([
      old('aaaaaaaa1'),
      old('bbbbbbbb1'),
      task('cccccccc1', { status: 'PENDING', target: undefined }),
    ]);
    expect(lines(undefined, first)).toEqual([
      '1.5s  new task cccccccc PENDING in locala',
      '1.5s  deployment IN_PROGRESS',
      '1.5s  new 0 of 2 healthy · old 2 serving',
    ]);
  });

  it('is nothing when nothing has changed', () => {
    const same = picture([old('a'), task('b')], { events: [{ id: '1', message: 'has started' }] });
    expect(lines(same, structuredClone(same))).toEqual([]);
  });

  it('is the health of each task as the load balancer words it', () => {
    const before = picture([
      task('c', { target: { state: 'initial', reason: 'Initial health checks in progress' } }),
    ]);
    const after = picture([task('c', { target: { state: 'unhealthy', reason: 'Request timed out' } })]);
    expect(lines(before, after)).toEqual([
      '1.5s  new task c is unhealthy in the target group: Request timed out',
    ]);
  });

  it('is why a task stopped', () => {
    const after = picture([task('c', crashed)]);
    expect(lines(picture([task('c')]), after)).toEqual([
      '1.5s  new task c STOPPED in locala: Essential container in task exited, exit code 3',
      '1.5s  new 0 of 2 healthy, 1 stopped · old 0 serving',
    ]);
  });

  it('is each service event once, without the names that are the same in every line', () => {
    const id = '0123456789abcdef0123456789abcdef';
    const message = `(service chat-1a2b3c4d) (task ${id}) (port 3000) is unhealthy in (target-group arn:aws:elasticloadbalancing:local:000000000000:targetgroup/chat-1/26cf) due to (reason x).`;
    const known = { id: '1', message: '(service chat-1a2b3c4d) has started 1 tasks.' };
    expect(
      lines(picture([], { events: [known] }), picture([], { events: [known, { id: '2', message }] })),
    ).toEqual([
      '1.5s  ECS: (task 01234567) (port 3000) is unhealthy in (target-group chat-1) due to (reason x).',
    ]);
  });
});

it('counts a leaving task neither as healthy nor as serving', () => {
  const tasks = [
    task('a'),
    task('b', { leaving: true }),
    task('c', crashed),
    old('d'),
    old('e', { leaving: true, status: 'DEACTIVATING' }),
    old('f', { leaving: true, status: 'STOPPED' }),
  ];
  expect(progressOf(picture(tasks))).toEqual({
    desired: 2,
    running: 2,
    healthy: 1,
    stopped: 1,
    old: 1,
    leaving: 1,
  });
});
