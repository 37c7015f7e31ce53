import { expect, it } from 'vitest';
import { environmentFrom } from '../../../src/stack/environment.ts';

const values = {
  'redis.host': 'cache.example',
  'redis.port': '6379',
  'redis.url': 'redis://cache.example:6379',
  'redis.cluster': 'true',
  stack: 'chat/default/local',
  region: 'local',
};

it('replaces every placeholder that there is, and leaves the rest alone', () => {
  const env = {
    CACHE: '${redis.host}:${redis.port}',
    URL: '${redis.url}/0',
    CLUSTER: '${redis.cluster}',
    NAME: '${stack} in ${region}',
    SHELL_STYLE: '${HOME} ${toString} $redis.host {region}',
  };
  expect(environmentFrom(env, values)).toEqual({
    CACHE: 'cache.example:6379',
    URL: 'redis://cache.example:6379/0',
    CLUSTER: 'true',
    NAME: 'chat/default/local in local',
    SHELL_STYLE: '${HOME} ${toString} $redis.host {region}',
  });
});

it('does not look for placeholders in what it put in', () => {
  expect(environmentFrom({ A: '${stack}' }, { ...values, stack: '${region}' })).toEqual({ A: '${region}' });
});
