import { expect, it } from 'vitest';
import { describeIssues } from '../../../src/config/issues.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { readableSecrets, secretsOf } from '../../../src/stack/secrets.ts';

const cloud = { account: '123456789012', partition: 'aws-cn', region: 'cn-north-1' };
const arn = 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:talk/db-AbCdEf';

it('names parameters and secrets by ARN, and lets the role read each once', () => {
  const { service } = configSchema.parse({
    region: 'cn-north-1',
    service: {
      registryCredentials: arn,
      secrets: { A: 'plain', B: '/talk/path', C: `${arn}:password::`, D: `${arn}:user::`, E: '/plain' },
    },
  });
  const parameter = (path: string) => `arn:aws-cn:ssm:cn-north-1:123456789012:parameter/${path}`;
  expect(secretsOf(service, cloud)).toEqual({
    A: parameter('plain'),
    B: parameter('talk/path'),
    C: `${arn}:password::`,
    D: `${arn}:user::`,
    E: parameter('plain'),
  });
  expect(readableSecrets(service, cloud)).toEqual({
    parameters: [parameter('plain'), parameter('talk/path')],
    secrets: [arn],
  });
});

it.each([
  [{ secrets: { A: 'no spaces' } }, 'service.secrets.A: must be the name or ARN of an SSM parameter'],
  [{ secrets: { 'A-B': '/a' } }, 'must be the name of an environment variable'],
  [{ secrets: { A: '/a' }, env: { A: 'x' } }, 'service.secrets.A: is in service.env, too'],
  [{ registryCredentials: '/a' }, 'service.registryCredentials: must be the ARN of a secret'],
])('refuses %j', (service, problem) => {
  const { error } = configSchema.safeParse({ service });
  expect(describeIssues(error!, { service }, (path) => path)).toEqual([expect.stringContaining(problem)]);
});
