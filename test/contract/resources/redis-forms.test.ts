import { DescribeServerlessCachesCommand } from '@aws-sdk/client-elasticache';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertPermitted } from '../../../src/engine/plan.ts';
import { pictureOf } from './picture.ts';
import { startCloud } from './rig.ts';
import { bringTo, planOf } from './stack-rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeAll(async () => {
  rig = await startCloud();
});
afterAll(() => rig.close());

/** No task runs: the image is not there to be pulled. */
const withoutTasks = (settings: object) => ({ service: { count: 0 }, ...settings });
const image = { reference: 'nginx:1.27' };

const planned = (settings: object) => planOf({ cloud: rig.cloud, image }, withoutTasks(settings));

function up(settings: object, permissions: { delete?: string[]; replace?: string[] } = {}) {
  const given = { allowDelete: new Set(permissions.delete), allowReplace: new Set(permissions.replace) };
  return bringTo({ cloud: rig.cloud, image, given }, withoutTasks(settings));
}

const caches = async () => {
  const { replicationGroups, cacheSubnetGroups, cacheParameterGroups } = await pictureOf(rig.cloud);
  return [replicationGroups, cacheSubnetGroups, cacheParameterGroups].map((all) => all.length);
};

const url = async () => {
  const Name = '/chatops/chat/default/local/redis-url';
  return (await rig.cloud.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter;
};

const existing = 'rediss://ann:s3cret-enough@cache.example.com:6380';

it(
  'goes from one form of Redis to another, and loses data only when it is told to',
  { timeout: 60_000 },
  async () => {
    await up({});
    expect(await caches()).toEqual([1, 1, 1]);

    const { whole, todo } = await planned({ redis: { url: existing } });
    expect(todo).toEqual([
      'delete cache-parameter-group',
      'delete cache-subnet-group',
      'delete redis-access',
      'delete replication-group',
      'delete security-group-redis',
      'update parameter-redis-url',
      'update service',
      'update task-definition',
    ]);
    expect(() => assertPermitted(whole)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--allow-delete replication-group') }),
    );

    await up({ redis: { url: existing } }, { delete: ['replication-group'] });
    expect(await caches()).toEqual([0, 0, 0]);
    expect(await url()).toMatchObject({ Type: 'SecureString', Value: existing });
    const { taskDefinitions, roles } = await pictureOf(rig.cloud);
    expect(JSON.stringify(taskDefinitions)).not.toContain('s3cret-enough');
    expect(JSON.stringify(taskDefinitions)).toContain('REDIS_URL');
    expect(JSON.stringify(roles)).toContain('redis-url');

    await up({ redis: { mode: 'off' } });
    await expect(url()).rejects.toThrow();
    const bare = JSON.stringify((await pictureOf(rig.cloud)).taskDefinitions.at(-1));
    expect(bare).not.toContain('REDIS_URL');
    await up({ redis: { replicas: 1, encryption: { inTransit: true }, authToken: true } });
    expect((await url())?.Value).toMatch(/^rediss:\/\/:[0-9a-f]{64}@127\.\d+\.\d+\.\d+:6379$/);
  },
);

it('is serverless, and comes back from it', { timeout: 60_000 }, async () => {
  const group = { delete: ['replication-group'] };
  const serverless = { mode: 'serverless', snapshotRetention: 1 };
  await expect(up({ redis: serverless })).rejects.toThrow('replication-group holds data');
  await up({ redis: serverless }, group);
  expect(await caches()).toEqual([0, 0, 0]);
  expect((await url())?.Value).toMatch(/^rediss:\/\/127\.\d+\.\d+\.\d+:6379$/);
  expect(await up({ redis: { ...serverless, snapshotRetention: 2 } })).toEqual(['update serverless-cache']);
  expect((await planned({ redis: { ...serverless, engine: 'redis' } })).todo).toContain(
    'replace serverless-cache',
  );
  await expect(up({})).rejects.toThrow('serverless-cache holds data');
  await up({}, { delete: ['serverless-cache'] });
  const { ServerlessCaches } = await rig.cloud.elasticache.send(new DescribeServerlessCachesCommand({}));
  expect(ServerlessCaches).toEqual([]);
  await up({ redis: { replicas: 1, encryption: { inTransit: true }, authToken: true } });
});

it('says what cannot be changed in place, and what can', async () => {
  const secured = { replicas: 1, encryption: { inTransit: true }, authToken: true };
  const changed = async (redis: object) => (await planned({ redis })).todo;
  expect(await changed({ ...secured, authToken: false })).toContain('replace replication-group');
  expect(await changed({ ...secured, encryption: { inTransit: true, atRest: false } })).toContain(
    'replace replication-group',
  );
  expect(await changed({ ...secured, replicas: 3 })).toEqual(['update replication-group']);
  expect(await changed({ ...secured, snapshotRetention: 3 })).toEqual(['update replication-group']);
  expect(await up({ redis: { ...secured, authTokenRotation: 2 } })).toContain(
    'update parameter-redis-auth-token',
  );
});
