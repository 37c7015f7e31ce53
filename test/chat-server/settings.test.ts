import { describe, expect, test } from 'vitest';
import { readSettings } from '../../chat-server/src/settings.ts';

describe('settings', () => {
  test('nothing set: the defaults', () => {
    const { settings, problems } = readSettings({});
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      host: '0.0.0.0',
      port: 3000,
      redisUrl: 'redis://127.0.0.1:6379',
      redisCluster: false,
      history: 1000,
      retentionMs: 30 * 86_400_000,
      heartbeatMs: 25_000,
      version: 'dev',
      origins: [],
      tokens: undefined,
      anonymous: true,
      drainSeconds: 20,
    });
    expect(settings.nodeName).toMatch(/-[0-9a-f]{4}$/);
  });

  test('everything set', () => {
    const { settings, problems } = readSettings({
      PORT: '8080',
      REDIS_URL: 'rediss://user:secret@cache.example.com:6380/1',
      HISTORY: '50',
      RETENTION: '12h',
      HEARTBEAT_MS: '5000',
      NODE_NAME: 'blue',
      VERSION: 'v7',
      ORIGINS: 'https://Chat.example.com, http://localhost:8080',
      LOG_LEVEL: 'warn',
      DRAIN_SECONDS: '0',
    });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      port: 8080,
      history: 50,
      retentionMs: 43_200_000,
      heartbeatMs: 5000,
      nodeName: 'blue',
      version: 'v7',
      origins: ['https://chat.example.com', 'http://localhost:8080'],
      logLevel: 'warn',
      drainSeconds: 0,
    });
  });

  test('on Fargate the node is named after its task', () => {
    const ECS_CONTAINER_METADATA_URI_V4 =
      'http://169.254.170.2/v4/cd189a933e5849daa93386466019ab50-2495160603';
    expect(readSettings({ ECS_CONTAINER_METADATA_URI_V4 }).settings.nodeName).toBe('cd189a93');
  });

  test.each([
    ['PORT', '99999', 'PORT: must be a whole number from 0 to 65535, is "99999"'],
    ['PORT', '3e3', 'PORT: must be a whole number from 0 to 65535, is "3e3"'],
    ['HISTORY', '-1', 'HISTORY: must be a whole number from 1 to 1000000, is "-1"'],
    ['RETENTION', '30s', 'RETENTION: must be at least 60s, such as 12h or 30d, is "30s"'],
    ['RETENTION', 'forever', 'RETENTION: must be at least 60s, such as 12h or 30d, is "forever"'],
    ['REDIS_CLUSTER', 'yes', 'REDIS_CLUSTER: must be true or false, is "yes"'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL: must be one of debug, info, warn, error, is "loud"'],
    ['CHATOPS_TARGET_GROUP_ARN', 'chat', 'CHATOPS_TARGET_GROUP_ARN: must be the ARN of a target group'],
    [
      'ORIGINS',
      'example.com',
      'ORIGINS: must be origins such as https://chat.example.com, has "example.com"',
    ],
  ])('%s=%s is one clear line', (name, value, problem) => {
    expect(readSettings({ [name]: value }).problems).toEqual([problem]);
  });

  test('with a key tokens are required, unless anonymous people may come too', () => {
    const TOKEN_SECRET = 'x'.repeat(32);
    const { settings, problems } = readSettings({ TOKEN_SECRET, TOKEN_ISSUER: 'https://id.example' });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ anonymous: false, tokens: { issuer: 'https://id.example' } });
    expect(readSettings({ TOKEN_SECRET, ANONYMOUS: 'true' }).settings.anonymous).toBe(true);
    const keys = readSettings({ TOKEN_JWKS_URL: 'https://id.example/jwks.json', TOKEN_AUDIENCE: 'chat' });
    expect(keys.problems).toEqual([]);
    expect(keys.settings.tokens).toMatchObject({
      key: { jwks: new URL('https://id.example/jwks.json') },
      audience: 'chat',
    });
    expect(readSettings({ TOKEN_JWKS_URL: 'http://127.0.0.1:9/jwks' }).problems).toEqual([]);
  });

  test.each<[Record<string, string>, string]>([
    [{ TOKEN_SECRET: 'short' }, 'TOKEN_SECRET: must have at least 32 bytes, has 5'],
    [
      { TOKEN_SECRET: 'x'.repeat(32), TOKEN_JWKS_URL: 'https://id.example/' },
      'TOKEN_SECRET: cannot be used together with TOKEN_JWKS_URL',
    ],
    [
      { TOKEN_JWKS_URL: 'http://id.example/' },
      'TOKEN_JWKS_URL: must be an https: URL, or http: on this machine, is "http://id.example/"',
    ],
    [{ TOKEN_AUDIENCE: 'chat' }, 'TOKEN_AUDIENCE: needs TOKEN_SECRET or TOKEN_JWKS_URL'],
    [{ ANONYMOUS: 'false' }, 'ANONYMOUS: can be false only with TOKEN_SECRET or TOKEN_JWKS_URL'],
    [{ ANONYMOUS: 'maybe' }, 'ANONYMOUS: must be true or false, is "maybe"'],
  ])('%j is one clear line', (env, problem) => {
    expect(readSettings(env).problems).toEqual([problem]);
  });

  test('a cluster is asked for by name, and has one database', () => {
    const cluster = { REDIS_CLUSTER: 'true', REDIS_URL: 'rediss://clustercfg.example.com:6379' };
    expect(readSettings(cluster)).toMatchObject({ settings: { redisCluster: true }, problems: [] });
    expect(readSettings({ ...cluster, REDIS_URL: `${cluster.REDIS_URL}/1` }).problems).toEqual([
      'REDIS_URL: a cluster has no numbered databases',
    ]);
  });

  test('a wrong REDIS_URL is not quoted, as it may carry a password', () => {
    const [problem] = readSettings({ REDIS_URL: 'http://user:secret@host' }).problems;
    expect(problem).toMatch(/^REDIS_URL: must look like redis:/);
    expect(problem).not.toContain('secret');
  });
});
