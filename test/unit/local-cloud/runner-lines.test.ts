import { expect, test } from 'vitest';

import { lineSplitter, maximumBytesPerEvent } from '../../../src/local-cloud/runtime/tasks/lines.ts';

function split(chunks: (string | Buffer)[], limit?: number): string[] {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line), limit);
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test('gives whole lines, however they arrive, without the empty ones', () => {
  expect(split(['one\ntw', 'o', '\n\n', 'three'])).toEqual(['one', 'two', 'three']);
});

test('keeps characters whole that arrive in pieces', () => {
  const bytes = Buffer.from('zażółć\n');
  expect(split([...bytes].map((byte) => Buffer.from([byte])))).toEqual(['zażółć']);
});

test('cuts a long line where the awslogs driver does', () => {
  const lines = split(['x'.repeat(maximumBytesPerEvent * 2 + 5), '\nnext\n']);
  expect(lines.map((line) => line.length)).toEqual([262_118, 262_118, 5, 4]);
});

test('never cuts within a character', () => {
  expect(split(['ab€cd€\n'], 4)).toEqual(['ab', '€c', 'd€']);
});
