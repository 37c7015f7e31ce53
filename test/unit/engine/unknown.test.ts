import { expect, test } from 'vitest';

import { isUnknown, placeholders } from '../../../src/engine/unknown.ts';

interface Attrs {
  arn: string;
  port?: number;
}

test('attributes of what does not exist yet can be passed through and embedded', () => {
  const attrs = placeholders<Attrs>();
  expect(attrs.arn).toBe('(known after apply)');
  expect(isUnknown({ deep: [`redis://${attrs.arn}:6379`] })).toBe(true);
});

test('what is known of something that is not ready reads as it is', () => {
  const attrs = placeholders<Attrs>({ arn: 'arn:aws:x' });
  expect(attrs.arn).toBe('arn:aws:x');
  expect(isUnknown(attrs.port)).toBe(true);
  expect(isUnknown({ arn: attrs.arn, none: null, count: 3 })).toBe(false);
});
