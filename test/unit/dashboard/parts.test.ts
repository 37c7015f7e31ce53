import { describe, expect, it } from 'vitest';
import { layoutFor } from '../../../src/dashboard/layout.ts';
import type { Wishes } from '../../../src/dashboard/layout.ts';
import { sparkline, topOf } from '../../../src/dashboard/sparkline.ts';
import { taskColumns } from '../../../src/dashboard/task-columns.ts';
import {
  age,
  cell,
  cut,
  percent,
  plain,
  readable,
  shortEvent,
  shortVersion,
} from '../../../src/dashboard/words.ts';

describe('a sparkline', () => {
  const points = (...values: [seconds: number, value: number][]) =>
    values.map(([seconds, value]) => ({ at: seconds * 1000, value }));
  const draw = (series: { at: number; value: number }[], width = 6) =>
    sparkline(series, { width, period: 10, top: 100 });

  it('has the newest point at its right edge, and low bars for low values', () => {
    expect(draw(points([0, 0], [10, 50], [20, 100]))).toBe('   ▁▅█');
  });

  it('leaves a gap where a point is missing, and leaves out what is older than it is wide', () => {
    expect(draw(points([0, 100], [30, 100], [40, 100], [60, 100]))).toBe('  ██ █'.padStart(6));
    expect(draw(points([0, 100], [100, 1]))).toBe('     ▁');
  });

  it('is as wide without any point', () => {
    expect(draw([])).toBe('      ');
  });

  it.each([
    [[0.2], 10, 10],
    [[11], 10, 25],
    [[30], 10, 50],
    [[99], 10, 100],
    [[260], 1, 500],
    [[], 1, 1],
  ])('of %j ends at a round value', (values, least, top) => {
    expect(
      topOf(
        values.map((value) => ({ at: 0, value })),
        least,
      ),
    ).toBe(top);
  });
});

describe('the layout', () => {
  const wishes: Wishes = { service: 3, tasks: 8, targets: 5, redis: 2, loadBalancer: 3, events: 20 };
  const linesOf = (width: number, height: number, wanted = wishes) =>
    layoutFor({ width, height }, wanted).map((band) =>
      Math.max(...band.map(({ panels }) => panels.reduce((sum, each) => sum + each.height, 0))),
    );

  it.each([58, 80, 98, 129, 158, 198])('%i columns: never more lines or columns than there are', (width) => {
    for (let height = 1; height < 60; height += 1) {
      const layout = layoutFor({ width, height }, wishes);
      expect(linesOf(width, height).reduce((sum, lines) => sum + lines, 0)).toBeLessThanOrEqual(height);
      for (const band of layout) {
        const columns = band.reduce((sum, column) => sum + column.width, 0) + 3 * (band.length - 1);
        expect(columns).toBeLessThanOrEqual(width);
      }
    }
  });

  it.each([58, 98, 158])(
    '%i columns: every panel is there in 16 lines, and all that is wished in many',
    (width) => {
      const names = (height: number) =>
        layoutFor({ width, height }, wishes)
          .flatMap((band) => band.flatMap(({ panels }) => panels))
          .map(({ name, height: lines }) => [name, lines] as const);
      expect(new Set(names(16).map(([name]) => name)).size).toBe(6);
      expect(Object.fromEntries(names(100))).toEqual(wishes);
    },
  );

  it('gives many tasks room only after every other panel has a line', () => {
    const many = { ...wishes, tasks: 500 };
    expect(Math.min(...linesOf(58, 20, many))).toBeGreaterThanOrEqual(1);
    expect(linesOf(58, 20, many)[1]).toBeGreaterThanOrEqual(10);
    expect(linesOf(58, 20, many).reduce((sum, lines) => sum + lines, 0)).toBe(20);
  });
});

describe('the columns of tasks', () => {
  const tasks = [{ zone: 'eu-west-3a', version: 'build-0123456789abcdef' }];
  it.each([40, 58, 70, 80, 98, 110, 158])('fit into %i columns', (width) => {
    const { id, status, target, zone, version, age: old, cpu, memory, bars } = taskColumns(width, tasks);
    const cells = [id, status, target, zone, version, old, cpu, memory].filter((one) => one > 0);
    const graphs = bars > 0 ? 2 * (bars + 1) : 0;
    const total = 2 + cells.reduce((sum, one) => sum + one, 0) + 2 * (cells.length - 1) + graphs;
    expect(total).toBeLessThanOrEqual(Math.max(width, 46));
  });

  it('are all there in 110, with graphs', () => {
    const columns = taskColumns(110, tasks);
    expect(columns).toMatchObject({ zone: 10, version: 14, target: 9 });
    expect(columns.bars).toBeGreaterThanOrEqual(6);
  });
});

describe('words', () => {
  it.each([
    [0, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_900_000, '1h 05m'],
    [100_000_000, '1d 3h'],
    [-5, '0s'],
  ])('age of %i ms', (ms, text) => expect(age(ms)).toBe(text));

  it.each([
    ['(service chat) has reached a steady state.', 'has reached a steady state.'],
    ['(service chat) (deployment ecs-svc/12) deployment completed.', 'deployment completed.'],
    [
      '(service chat) has started 1 tasks: (task 0123456789abcdef0123456789abcdef).',
      'has started 1 tasks: (task 01234567).',
    ],
    [
      '(service chat) deregistered 1 targets in (target-group arn:aws:elasticloadbalancing:eu-west-3:1:targetgroup/chat-1/998eefba3e100c63)',
      'deregistered 1 targets in (target-group chat-1)',
    ],
  ])('an event: %s', (message, text) => expect(shortEvent(message)).toBe(text));

  it.each([
    ['\u001B[31mred\u001B[0m', 'red'],
    ['a\u001B]0;title\u0007b\u001B]8;;http://x\u001B\\c', 'abc'],
    ['a\rb\nc\u0000', 'a b c'],
    ['a\u202Eb\u009B2Jc', 'a b 2Jc'],
    ['\ttab', '  tab'],
    ['grün 漢 😀', 'grün 漢 😀'],
  ])('plain text: %j', (text, shown) => expect(plain(text)).toBe(shown));

  it.each([
    ['listening on 3000', 'listening on 3000'],
    [
      '{"time":"2026","level":"info","message":"listening","port":3000,"node":"a"}',
      'listening port=3000 node=a',
    ],
    ['{"level":"error","msg":"no redis\\u001b[2J","code":{"a":1}}', 'error no redis code={"a":1}'],
    ['{"a":1}', '{"a":1}'],
    ['{"message":', '{"message":'],
  ])('a log line: %s', (line, text) => expect(readable(line)).toBe(text));

  it('are cut with an ellipsis and padded to a width', () => {
    expect([cut('abcdef', 4), cut('abc', 4), cut('abc', 0), cell('a', 3), cell('abcd', 3)]).toEqual([
      'abc…',
      'abc',
      '',
      'a  ',
      'ab…',
    ]);
    expect(shortVersion('build-a93d775db4ffdbfe')).toBe('build-a93d775d');
    expect(shortVersion('v2.10')).toBe('v2.10');
    expect([percent(0.44), percent(11.2), percent(99.96)]).toEqual(['0.4%', '11%', '100%']);
  });
});
