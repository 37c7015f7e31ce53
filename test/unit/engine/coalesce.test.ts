import { expect, test } from 'vitest';

import { coalesce } from '../../../src/engine/coalesce.ts';

function controlled() {
  const runs: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const read = coalesce(() => new Promise<number>((resolve, reject) => runs.push({ resolve, reject })));
  return { runs, read };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('callers share a run that began after they asked, and one is under way at a time', async () => {
  const { runs, read } = controlled();
  const early = [read(), read()];
  await turn();
  expect(runs).toHaveLength(1);
  const late = [read(), read(), read()];
  await turn();
  expect(runs).toHaveLength(1);
  runs[0]!.resolve(1);
  expect(await Promise.all(early)).toEqual([1, 1]);
  await turn();
  expect(runs).toHaveLength(2);
  runs[1]!.resolve(2);
  expect(await Promise.all(late)).toEqual([2, 2, 2]);
});

test('a run that fails fails for those who asked for it, not for the next', async () => {
  const { runs, read } = controlled();
  const first = read();
  await turn();
  const second = read();
  runs[0]!.reject(new Error('throttled'));
  await expect(first).rejects.toThrow('throttled');
  await turn();
  runs[1]!.resolve(2);
  expect(await second).toBe(2);
});
