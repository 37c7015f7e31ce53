import { expect, test } from 'vitest';

import {
  decide,
  type ServiceView,
  type TaskView,
} from '../../../src/local-cloud/services/ecs/scheduler/decide.ts';

let created = 0;

const task = (changes: Partial<TaskView> = {}): TaskView => {
  created += 1;
  return {
    arn: `task-${created}`,
    primary: true,
    health: 'healthy',
    running: true,
    zone: 'a',
    createdAt: created,
    ...changes,
  };
};

const service = (changes: Partial<ServiceView>): ServiceView => ({
  desired: 2,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  mayStart: true,
  tasks: [],
  leaving: 0,
  ...changes,
});

const old = (changes: Partial<TaskView> = {}) => task({ primary: false, ...changes });
const pending = (changes: Partial<TaskView> = {}) => task({ health: 'waiting', running: false, ...changes });

test('an empty service starts what is desired', () => {
  expect(decide(service({}))).toEqual({ start: 2, stop: [], steady: false, stuck: false });
});

test('as many healthy tasks as desired and nothing on its way out is steady', () => {
  expect(decide(service({ tasks: [task(), task()] })).steady).toBe(true);
  expect(decide(service({ tasks: [task(), task()], leaving: 1 })).steady).toBe(false);
  expect(decide(service({ tasks: [task(), pending()] })).steady).toBe(false);
  expect(decide(service({ tasks: [task(), task(), old()] })).steady).toBe(false);
});

test('100–200 %: starts all new ones first, then stops an old one per healthy new one', () => {
  const [one, two] = [old(), old()];
  expect(decide(service({ tasks: [one, two] }))).toMatchObject({ start: 2, stop: [] });
  expect(decide(service({ tasks: [one, two, pending(), pending()] }))).toMatchObject({ start: 0, stop: [] });
  expect(decide(service({ tasks: [one, two, task(), pending()] }))).toMatchObject({
    start: 0,
    stop: [{ arn: one.arn, why: 'replaced' }],
  });
  expect(decide(service({ tasks: [two, task(), task()] })).stop).toEqual([{ arn: two.arn, why: 'replaced' }]);
});

test('50–100 %: makes room first, and never below the minimum', () => {
  const limits = { minimumHealthyPercent: 50, maximumPercent: 100 };
  const [one, two] = [old(), old()];
  expect(decide(service({ ...limits, tasks: [one, two] }))).toMatchObject({
    start: 0,
    stop: [{ arn: one.arn }],
  });
  expect(decide(service({ ...limits, tasks: [two] }))).toMatchObject({ start: 1, stop: [] });
  expect(decide(service({ ...limits, tasks: [two, pending()] }))).toMatchObject({ start: 0, stop: [] });
  expect(decide(service({ ...limits, tasks: [two, task()] })).stop).toMatchObject([{ arn: two.arn }]);
});

test('100–100 % can do nothing, and says so', () => {
  const limits = { minimumHealthyPercent: 100, maximumPercent: 100 };
  expect(decide(service({ ...limits, tasks: [old(), old()] }))).toEqual({
    start: 0,
    stop: [],
    steady: false,
    stuck: true,
  });
});

test('old tasks that serve nobody go at once', () => {
  const idle = old({ health: 'waiting', running: false });
  expect(decide(service({ tasks: [old(), idle] }))).toMatchObject({
    start: 2,
    stop: [{ arn: idle.arn, why: 'replaced' }],
  });
});

test('a deployment that may not start anything leaves the old tasks alone', () => {
  const tasks = [old(), old({ health: 'waiting' }), pending()];
  expect(decide(service({ mayStart: false, tasks }))).toMatchObject({ start: 0, stop: [] });
});

test('an unhealthy task is replaced first and stopped when the new one is healthy', () => {
  const sick = task({ health: 'unhealthy' });
  expect(decide(service({ tasks: [sick, task()] }))).toMatchObject({ start: 1, stop: [] });
  expect(decide(service({ tasks: [sick, task(), pending()] }))).toMatchObject({ start: 0, stop: [] });
  expect(decide(service({ tasks: [sick, task(), task()] }))).toMatchObject({
    start: 0,
    stop: [{ arn: sick.arn, why: 'unhealthy' }],
  });
});

test('where there is no room for a replacement, the oldest unhealthy task is stopped first', () => {
  const [first, second] = [task({ health: 'unhealthy' }), task({ health: 'unhealthy' })];
  expect(decide(service({ maximumPercent: 100, tasks: [second, first] }))).toMatchObject({
    start: 0,
    stop: [{ arn: first.arn }, { arn: second.arn }],
  });
  expect(decide(service({ maximumPercent: 100, tasks: [first, task()] })).stop).toMatchObject([
    { arn: first.arn },
  ]);
});

test('scaling in takes those that do not serve yet, then from the fullest zone, oldest first', () => {
  const a1 = task({ zone: 'a' });
  const b1 = task({ zone: 'b' });
  const a2 = task({ zone: 'a' });
  const starting = pending({ zone: 'b' });
  const stopped = decide(service({ desired: 2, tasks: [b1, a2, starting, a1] })).stop;
  expect(stopped).toEqual([
    { arn: starting.arn, why: 'scaled-in' },
    { arn: a1.arn, why: 'scaled-in' },
  ]);
});

test('down to nothing stops everything, old and new', () => {
  const tasks = [task(), pending(), old(), task({ health: 'unhealthy' })];
  const { stop, start } = decide(service({ desired: 0, tasks }));
  expect(start).toBe(0);
  expect(new Set(stop.map(({ arn }) => arn))).toEqual(new Set(tasks.map(({ arn }) => arn)));
});

test('healthy tasks never fall below the minimum nor all tasks rise above the maximum on the way', () => {
  for (const desired of [1, 2, 3, 5, 8]) {
    for (const [minimumHealthyPercent, maximumPercent] of [
      [0, 100],
      [50, 100],
      [50, 150],
      [100, 150],
      [100, 200],
    ] as const) {
      let tasks = Array.from({ length: desired }, () => old());
      const most = Math.floor((desired * maximumPercent) / 100);
      const least = Math.ceil((desired * minimumHealthyPercent) / 100);
      if (most === desired && least === desired) continue;
      let rounds = 0;
      for (;;) {
        const { start, stop, steady, stuck } = decide(
          service({ desired, minimumHealthyPercent, maximumPercent, tasks }),
        );
        if (steady) break;
        // 100–150 % of one task is one task: neither limit lets anything happen.
        if (stuck && most === least) break;
        expect((rounds += 1)).toBeLessThan(50);
        tasks = tasks.filter(({ arn }) => !stop.some((one) => one.arn === arn));
        expect(tasks.filter(({ health }) => health === 'healthy').length).toBeGreaterThanOrEqual(least);
        tasks.push(...Array.from({ length: start }, () => pending()));
        expect(tasks.length).toBeLessThanOrEqual(most);
        const next = tasks.find(({ health }) => health === 'waiting');
        if (next !== undefined) Object.assign(next, { health: 'healthy', running: true });
      }
    }
  }
});
