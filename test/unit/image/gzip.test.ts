import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gzip } from '../../../src/image/gzip.ts';

/** Bytes that look random and are the same in every run. */
function noise(length: number, seed: string): Buffer {
  const blocks: Buffer[] = [];
  for (let index = 0; index * 32 < length; index += 1) {
    blocks.push(createHash('sha256').update(`${seed} ${index}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

test.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('a')],
  ['three bytes', Buffer.from('abc')],
  ['a long run', Buffer.alloc(70_000, 'x')],
  ['runs of every length', Buffer.concat(Array.from({ length: 300 }, (_, n) => Buffer.alloc(n, n & 255)))],
  ['noise', noise(100_000, 'noise')],
  ['noise that repeats at the edge of the window', repeated(32_767)],
  ['noise that repeats at the window', repeated(32_768)],
  ['noise that repeats beyond the window', repeated(32_769)],
  ['every byte', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * index) & 255))],
])('%s comes back as it was', (_name, data) => {
  expect(gunzipSync(gzip(data)).equals(data)).toBe(true);
});

test('text of every distance and length comes back, and is smaller', () => {
  const words = Array.from({ length: 200 }, (_, index) =>
    noise(3 + (index % 70), `word ${index}`).toString('hex'),
  );
  const text = Buffer.from(
    Array.from({ length: 20_000 }, (_, index) => words[(index * index * 31 + index) % words.length]).join(
      ' ',
    ),
  );
  const compressed = gzip(text);
  expect(gunzipSync(compressed).equals(text)).toBe(true);
  expect(compressed.length).toBeLessThan(text.length / 4);
});

function repeated(distance: number): Buffer {
  const block = noise(300, 'block');
  return Buffer.concat([block, noise(distance - block.length, 'between'), block]);
}
