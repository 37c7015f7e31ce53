import { afterEach, describe, expect, it, vi } from 'vitest';
import { App } from '../../../src/dashboard/app.tsx';
import type { Snapshot } from '../../../src/read-model/snapshot.ts';
import { draw } from '../../helpers/frame.tsx';
import { at, deploying, down, dying, snapshot, throttled } from '../../helpers/snapshots.ts';

vi.useFakeTimers({ now: at, toFake: ['Date'] });
let drawn: ReturnType<typeof draw> | undefined;
afterEach(() => drawn?.unmount());

function show(of: Snapshot, columns: number, rows: number) {
  const source = { current: () => of, subscribe: () => () => undefined };
  drawn = draw(<App source={source} logs={async () => undefined} color={false} />, columns, rows);
  return drawn;
}

const sizes = [
  [60, 20],
  [60, 32],
  [100, 30],
  [160, 45],
  [200, 60],
] as const;
const moments = {
  steady: snapshot(),
  deploying: deploying(),
  dying: dying(),
  throttled: throttled(),
  down: down(),
};

describe.each(sizes)('at %i columns and %i rows', (columns, rows) => {
  it.each(Object.entries(moments))('%s: fits, with the verdict first and the keys last', (_, moment) => {
    const lines = show(moment, columns, rows).lines();
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(columns);
    expect(lines[0]).toMatch(new RegExp(`^ [●◐▲✗] ${moment.verdict.state}  \\S`));
    expect(lines[1]).toContain('chat/default/local  http://localhost:8080');
    expect(lines.at(-1)).toMatch(/l logs +\? help +q quit/);
    for (const title of ['service', 'tasks', 'targets', 'redis', 'load balancer', 'events']) {
      expect(lines.join('\n')).toContain(`${title} ─`);
    }
  });

  it('steady: both tasks, healthy, with what they use', () => {
    const text = show(snapshot(), columns, rows).text();
    expect(text).toContain('● healthy  2 of 2 tasks run, 2 targets are healthy');
    expect(text).toMatch(/✓ 1abcdef0 .*healthy .*v1 .*3m .*2\.4% .*11%/);
    expect(text).toMatch(/✓ 2abcdef0 .*healthy/);
    expect(text).toMatch(/cpu +[▁-█ ]*[▁-█]{8,} \d+(\.\d)?%/);
    expect(text).toContain('has reached a steady state.');
  });

  it('deploying: old and new version with their progress, and what is in its way out', () => {
    const text = show(deploying(), columns, rows).text();
    expect(text).toContain('◐ deploying  1 of 2 tasks run v2');
    expect(text).toMatch(/◐ v2 .*━━━━━╌╌╌╌╌ 1\/2 +in progress 12s/);
    expect(text).toMatch(/· v1 .*━━━━━━━━━━ 2\/2 +leaving/);
    expect(text).toMatch(/◐ 1abcdef0 .*draining/);
    expect(text).toMatch(/✓ 3abcdef0 .*healthy .*v2/);
    expect(text).toMatch(/◐ 4abcdef0 .*pending/);
  });

  it('dying: which task goes and why, and the one that takes its place', () => {
    const text = show(dying(), columns, rows).text();
    expect(text).toContain('▲ degraded  1 of 2 tasks run');
    expect(text).toMatch(/◌ 2abcdef0 .*deprovision.* exit code 1/);
    expect(text).toMatch(/◐ 3abcdef0 .*pending/);
  });

  it('throttled: one panel says so and how old it is; the others do not', () => {
    const text = show(throttled(), columns, rows).text();
    expect(text).toContain('● healthy');
    expect(text).toMatch(/! redis ─+ 12s old: elasticache/);
    expect(text.match(/^.*! /gm)).toHaveLength(1);
  });

  it('down: what stopped, and why', () => {
    const text = show(down(), columns, rows).text();
    expect(text).toContain('✗ down  none of 2 tasks runs');
    expect(text).toMatch(/✗ 1abcdef0 .*stopped .*exit code 1/);
  });
});

it('says only the verdict in a very small terminal', () => {
  const lines = show(snapshot(), 38, 5).lines();
  expect(lines).toEqual([expect.stringMatching(/^● healthy: 2 of 2 tasks run, .*…$/)]);
});

it('says why there is no CPU and memory per task', () => {
  const metrics = { value: { ...snapshot().metrics.value!, tasks: {} }, age: 400 };
  const tasks = {
    value: snapshot().tasks.value!.map((task) => ({ ...task, cpu: undefined, memory: undefined })),
    age: 1,
  };
  const text = show(snapshot({ metrics, tasks }), 100, 30).text();
  expect(text).toContain('cpu and memory per task need Container Insights');
  expect(text).toMatch(/✓ 1abcdef0 .* - +-/);
});

it('greys the numbers of metrics that could not be read, and says so, but not the tasks', () => {
  const metrics = {
    ...snapshot().metrics,
    age: 40_000,
    error: { kind: 'failed' as const, message: 'monitoring GetMetricData: no answer in time' },
  };
  const text = show(snapshot({ metrics }), 100, 30).text();
  expect(text).toContain('! metrics: monitoring GetMetricData');
  expect(text).not.toContain('! tasks');
});

it('shows those in trouble where not all tasks fit', () => {
  const tasks = {
    age: 1,
    value: Array.from({ length: 30 }, (_, index) => ({
      ...snapshot().tasks.value![0]!,
      id: `${index + 10}`.repeat(16),
      target:
        index === 29
          ? { state: 'unhealthy', reason: 'Target.Timeout' }
          : { state: 'healthy', reason: undefined },
    })),
  };
  const lines = show(snapshot({ tasks }), 60, 20).lines();
  expect(lines.some((line) => line.includes('✗ 39393939'))).toBe(true);
  expect(lines.some((line) => /tasks ─+ \d+ more/.test(line))).toBe(true);
});

it('prints nothing that a log line or an event could make the terminal do', () => {
  const service = {
    ...snapshot().service.value!,
    events: [{ at, message: 'a\u001B[2Jb\u0007c\u001B]0;title\u0007d\ne' }],
  };
  const text = show(snapshot({ service: { value: service, age: 1 } }), 100, 30).raw();
  expect(text).toContain('ab cd e');
});
