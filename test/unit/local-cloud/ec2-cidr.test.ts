import { expect, test } from 'vitest';
import {
  contains,
  formatAddress,
  formatCidr,
  overlaps,
  parseCidr,
  type CidrBlock,
} from '../../../src/local-cloud/services/ec2/cidr.ts';

function block(text: string): CidrBlock {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} was not read`);
  return parsed;
}

test.each([
  ['10.0.0.0/16', '10.0.0.0/16', 65536],
  ['100.68.0.18/18', '100.68.0.0/18', 16384],
  ['255.255.255.255/32', '255.255.255.255/32', 1],
  ['203.0.113.9/0', '0.0.0.0/0', 4294967296],
])('%s is the block %s of %i addresses', (text, canonical, size) => {
  expect(formatCidr(block(text))).toBe(canonical);
  expect(block(text).size).toBe(size);
});

test.each(['', '10.0.0.0', '10.0.0/16', '10.0.0.0/33', '10.0.0.256/16', '10.0.0.0/16 ', 'a.b.c.d/8', '::/0'])(
  '"%s" is no block',
  (text) => expect(parseCidr(text)).toBeUndefined(),
);

test('blocks contain and overlap', () => {
  const vpc = block('10.0.0.0/16');
  expect(contains(vpc, block('10.0.255.0/24'))).toBe(true);
  expect(contains(vpc, block('10.1.0.0/24'))).toBe(false);
  expect(contains(block('10.0.0.0/24'), vpc)).toBe(false);
  expect(overlaps(block('10.0.0.0/24'), vpc)).toBe(true);
  expect(overlaps(block('10.0.0.0/24'), block('10.0.1.0/24'))).toBe(false);
});

test('addresses above 127.255.255.255 keep their sign', () => {
  expect(formatAddress(block('192.168.1.0/24').first + 4)).toBe('192.168.1.4');
});
