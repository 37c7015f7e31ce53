import { expect, it } from 'vitest';
import { generatedParameter } from '../../../src/resources/ssm/generated-parameter.ts';

const name = '/chatops/chat/default/local/redis-auth-token';
const read = (version: number, rotation: string | undefined) => ({
  name,
  arn: `arn:aws:ssm:local:000000000000:parameter${name}`,
  type: 'SecureString',
  value: 'f'.repeat(64),
  version,
  since: '2026-07-01T00:00:00Z',
  rotation,
});
const paths = (current: ReturnType<typeof read>) =>
  generatedParameter.diff({ name, rotation: '2' }, current).map(({ path }) => path);

it('asks for another value where the tag is of another rotation, or missing', () => {
  expect(paths(read(1, '1@1'))).toEqual(['rotation']);
  expect(paths(read(2, undefined))).toEqual(['rotation']);
  expect(paths(read(2, '2@2'))).toEqual([]);
});

it('is not used while the value that was read is older than its tag', () => {
  expect(paths(read(1, '2@2'))).toEqual([]);
  expect(generatedParameter.ready!(read(1, '2@2'))).toBe('waiting until its new value is visible');
  expect(generatedParameter.ready!(read(2, '2@2'))).toBe(true);
  // Made anew once more, and the tag is late.
  expect(generatedParameter.ready!(read(3, '2@2'))).toBe(true);
});
