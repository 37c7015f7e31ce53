import {
  CreateCacheParameterGroupCommand,
  CreateCacheSubnetGroupCommand,
  CreateReplicationGroupCommand,
  ModifyCacheParameterGroupCommand,
  ModifyCacheSubnetGroupCommand,
  ModifyReplicationGroupCommand,
  TestFailoverCommand,
} from '@aws-sdk/client-elasticache';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { cacheParameterGroup } from '../../../src/resources/elasticache/parameter-group.ts';
import { replicationGroup } from '../../../src/resources/elasticache/replication-group.ts';
import { replicationGroupAccess } from '../../../src/resources/elasticache/replication-group-access.ts';
import { cacheSubnetGroup } from '../../../src/resources/elasticache/subnet-group.ts';
import { realClock } from '../../../src/local-cloud/clock.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf, until } from './rig.ts';
import { surroundings } from './surroundings.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
afterEach(() => rig.close());

const parameters = {
  name: names.cacheParameterGroup('valkey8', false),
  family: 'valkey8',
  description: 'no eviction',
  parameters: { 'maxmemory-policy': 'noeviction' } as Record<string, string>,
};
const clustered = {
  ...parameters,
  name: names.cacheParameterGroup('valkey8', true),
  parameters: { ...parameters.parameters, 'cluster-enabled': 'yes' },
};

describe('cache subnet group', () => {
  beforeEach(async () => {
    rig = await startCloud();
  });

  it('keeps its subnets and its description', async () => {
    const { cloud } = rig;
    const { subnetIds } = await surroundings(cloud);
    const life = lifeOf(cloud, cacheSubnetGroup, 'cache-subnet-group');
    const props = { name: names.cacheSubnetGroup, description: 'isolated', subnetIds: subnetIds.slice(0, 2) };
    await life.create(props);
    expect(await life.changes({ ...props, subnetIds: props.subnetIds.toReversed() })).toEqual([]);
    expect(await life.changes({ ...props, name: 'other' })).toEqual(['replace name']);
    await life.update({ ...props, description: 'something else' });
    await life.update({ ...props, subnetIds });
    await life.update(props);

    await cloud.elasticache.send(
      new ModifyCacheSubnetGroupCommand({
        CacheSubnetGroupName: props.name,
        SubnetIds: subnetIds.slice(1),
      }),
    );
    expect(await life.changes(props)).toEqual(['update subnetIds']);
    await life.update(props);
    await life.delete();
  });

  it('refuses a namesake that is not ours', async () => {
    const { cloud } = rig;
    const { subnetIds } = await surroundings(cloud);
    const props = { name: names.cacheSubnetGroup, description: 'ours', subnetIds };
    await cloud.elasticache.send(
      new CreateCacheSubnetGroupCommand({
        CacheSubnetGroupName: props.name,
        CacheSubnetGroupDescription: 'mine',
        SubnetIds: subnetIds,
      }),
    );
    await expect(cacheSubnetGroup.create(cloud, props, stepOf('cache-subnet-group'))).rejects.toEqual(
      foreign,
    );
    expect(await cacheSubnetGroup.find(cloud, scope)).toEqual([]);
  });
});

describe('cache parameter group', () => {
  beforeEach(async () => {
    rig = await startCloud();
  });

  it('keeps exactly its parameters', async () => {
    const { cloud } = rig;
    const life = lifeOf(cloud, cacheParameterGroup, 'cache-parameter-group');
    await life.create(parameters);
    const family = { ...parameters, name: names.cacheParameterGroup('valkey7', false), family: 'valkey7' };
    expect(await life.changes(family)).toEqual(['replace name', 'replace family']);
    const more = { 'maxmemory-policy': 'allkeys-lru', timeout: '60' };
    await life.update({ ...parameters, parameters: more });
    await life.update(parameters);

    await cloud.elasticache.send(
      new ModifyCacheParameterGroupCommand({
        CacheParameterGroupName: parameters.name,
        ParameterNameValues: [
          { ParameterName: 'maxmemory-policy', ParameterValue: 'volatile-lru' },
          { ParameterName: 'timeout', ParameterValue: '30' },
        ],
      }),
    );
    expect(await life.changes(parameters)).toEqual([
      'update parameters.maxmemory-policy',
      'update parameters.timeout',
    ]);
    await life.update(parameters);
    await life.delete();
  });

  it('stands beside the one of another family while one takes the place of the other', async () => {
    const { cloud } = rig;
    const older = { ...parameters, name: names.cacheParameterGroup('valkey7', false), family: 'valkey7' };
    await cacheParameterGroup.create(cloud, older, stepOf('cache-parameter-group'));
    await cacheParameterGroup.create(cloud, parameters, stepOf('cache-parameter-group'));
    const found = await cacheParameterGroup.find(cloud, scope);
    expect(found.map(({ id, attrs }) => `${id} ${attrs.family}`).toSorted()).toEqual([
      'cache-parameter-group valkey7',
      'cache-parameter-group valkey8',
    ]);
  });

  it('refuses a namesake that is not ours', async () => {
    const { cloud } = rig;
    await cloud.elasticache.send(
      new CreateCacheParameterGroupCommand({
        CacheParameterGroupName: parameters.name,
        CacheParameterGroupFamily: 'valkey8',
        Description: 'mine',
      }),
    );
    const creation = cacheParameterGroup.create(cloud, parameters, stepOf('cache-parameter-group'));
    await expect(creation).rejects.toEqual(foreign);
    expect(await cacheParameterGroup.find(cloud, scope)).toEqual([]);
  });
});

describe('replication group', () => {
  /** A replication group needs its groups first. */
  async function prepare(profile = 'instant') {
    rig = await startCloud({ clock: realClock(profile) });
    const { cloud } = rig;
    const { subnetIds, groupIds } = await surroundings(cloud);
    await cacheSubnetGroup.create(
      cloud,
      { name: names.cacheSubnetGroup, description: 'isolated', subnetIds },
      stepOf('cache-subnet-group'),
    );
    await cacheParameterGroup.create(cloud, parameters, stepOf('cache-parameter-group'));
    const props = {
      replicationGroupId: names.replicationGroup,
      engine: 'valkey',
      engineVersion: '8.0',
      nodeType: 'cache.t4g.micro',
      clusterMode: 'disabled' as 'disabled' | 'enabled',
      shards: 1,
      replicas: 0,
      durability: 'default' as 'default' | 'sync',
      multiAz: false,
      port: 6379,
      parameterGroup: parameters.name,
      subnetGroup: names.cacheSubnetGroup,
      securityGroupIds: [groupIds[0]],
      atRestEncryption: false,
      transitEncryption: false,
      authToken: undefined as { value: string; since: string } | undefined,
      autoMinorVersionUpgrade: true,
      snapshotRetention: 0,
      maintenanceWindow: undefined as string | undefined,
    };
    return { cloud, props, groupIds, life: lifeOf(cloud, replicationGroup, 'replication-group') };
  }

  it('takes each change that ElastiCache can make in place, and knows those that it cannot', async () => {
    const { cloud, props, groupIds, life } = await prepare();
    const { host } = await life.create(props);
    expect(host).toMatch(/\S/);
    for (const [change, expected] of [
      [{ port: 7000 }, 'replace port'],
      [{ subnetGroup: 'other' }, 'replace subnetGroup'],
      [{ atRestEncryption: true }, 'replace atRestEncryption'],
      [{ transitEncryption: true }, 'update transitEncryption'],
      [{ engine: 'redis', engineVersion: '7.1' }, 'replace engine'],
      [{ engineVersion: '7.2' }, 'replace engineVersion'],
    ] as const) {
      expect(await life.changes({ ...props, ...change })).toEqual([expected]);
    }
    const sent = modificationsOf(cloud);
    await life.update({ ...props, nodeType: 'cache.t4g.small' });
    await life.update({ ...props, nodeType: 'cache.t4g.small', engineVersion: '8.1' });
    expect(sent).toEqual([['CacheNodeType'], ['EngineVersion']]);
    await life.delete();
    await life.create(props);
    await life.update({ ...props, snapshotRetention: 3, maintenanceWindow: 'sun:03:00-sun:04:00' });
    await life.update({ ...props, securityGroupIds: [...groupIds], autoMinorVersionUpgrade: false });
    await life.update(props);

    await cloud.elasticache.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: props.replicationGroupId,
        SnapshotRetentionLimit: 7,
        SecurityGroupIds: [groupIds[1]],
        ApplyImmediately: true,
      }),
    );
    await until(life.one, ({ status }) => status === 'available');
    expect(await life.changes(props)).toEqual(['update snapshotRetention', 'update securityGroupIds']);
    await life.update(props);
    await life.delete();
  });

  it('takes replicas in place, and with the first one fails over by itself', async () => {
    const { cloud, props, life } = await prepare();
    const { host } = await life.create(props);
    const two = { ...props, replicas: 2, multiAz: true };
    expect(await life.changes(two)).toEqual([
      'update replicas',
      'update multiAz',
      'update automaticFailover',
    ]);
    // ElastiCache takes one kind of change at a time; the engine asks until nothing differs.
    const reach = async (wanted: typeof props) => {
      const steps: string[][] = [];
      for (let current = await life.one(); ; current = await life.one()) {
        const changes = replicationGroup.diff(wanted, current);
        if (changes.length === 0) return steps;
        steps.push(changes.map(({ path }) => path));
        await replicationGroup.update(cloud, wanted, current, changes, stepOf('replication-group'));
      }
    };
    expect(await reach(two)).toHaveLength(2);
    expect(await life.one()).toMatchObject({ replicas: 2, multiAz: true, automaticFailover: true, host });
    await cloud.elasticache.send(
      new TestFailoverCommand({ ReplicationGroupId: props.replicationGroupId, NodeGroupId: '0001' }),
    );
    expect(await life.changes(two)).toEqual([]);
    expect(await life.one()).toMatchObject({ host });
    await reach({ ...two, replicas: 1 });
    expect(await reach(props)).toEqual([['replicas', 'multiAz', 'automaticFailover'], ['replicas']]);
    await life.delete();
    await life.create(two);
    await life.delete();
  });

  it('is a cluster whose shards and replicas change in place, while cluster mode itself does not', async () => {
    const { cloud, props, life } = await prepare();
    await cacheParameterGroup.create(cloud, clustered, stepOf('cache-parameter-group'));
    const two = {
      ...props,
      parameterGroup: clustered.name,
      clusterMode: 'enabled' as const,
      shards: 2,
      replicas: 1,
      multiAz: true,
    };
    expect(await life.create(two)).toMatchObject({
      clusterMode: 'enabled',
      shards: 2,
      replicas: 1,
      nodeGroupIds: ['0001', '0002'],
      automaticFailover: true,
    });
    expect(await life.changes({ ...props, replicas: 1, multiAz: true })).toEqual([
      'replace clusterMode',
      'update shards',
      'update parameterGroup',
    ]);
    expect(await life.changes({ ...two, durability: 'sync' })).toEqual(['replace durability']);
    await life.update({ ...two, shards: 3 });
    expect(await life.update({ ...two, shards: 1 })).toMatchObject({ nodeGroupIds: ['0001'] });
    expect(await life.update({ ...two, shards: 1, replicas: 2 })).toMatchObject({ replicas: 2 });
    await life.update({ ...two, shards: 1, replicas: 1 });
    // A shard without a replica is part of a cluster all the same.
    await life.update({ ...two, shards: 1, multiAz: false });
    expect(await life.update({ ...two, shards: 1, multiAz: false, replicas: 0 })).toMatchObject({
      automaticFailover: true,
    });
    await life.delete();
  });

  it('moves to encrypted connections and to another token in two steps, and tasks in between', async () => {
    const { cloud, props, life } = await prepare();
    const access = lifeOf(cloud, replicationGroupAccess, 'redis-access');
    const wanted = (transitEncryption: boolean, authToken?: { value: string; since: string }) => {
      const settled = { replicationGroupId: props.replicationGroupId, transitEncryption, authToken };
      return { group: { ...props, transitEncryption, authToken }, settled };
    };
    const token = (letter: string) => ({ value: letter.repeat(64), since: secondsAgo(0) });
    const plain = wanted(false);
    await life.create(plain.group);
    expect(await access.changes(plain.settled)).toEqual([]);

    const encrypted = wanted(true);
    expect(await access.changes(encrypted.settled)).toEqual(['update transitEncryption']);
    expect((await life.update(encrypted.group)).transit).toBe('preferred');
    expect((await access.update(encrypted.settled)).transit).toBe('required');

    const first = wanted(true, token('a'));
    await life.update(first.group);
    await access.update(first.settled);
    expect(await life.changes(wanted(true).group)).toEqual(['replace authToken']);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = wanted(true, token('b'));
    const [change] = replicationGroup.diff(second.group, await life.one());
    expect(JSON.stringify(change)).not.toContain('bbb');
    await life.update(second.group);
    await access.update(second.settled);
    expect(await life.changes(second.group)).toEqual([]);
    await access.delete();
    await life.delete();
  });

  it('is found and recognised while it is being made and deleted, when its tags cannot be read', async () => {
    // Creation takes 0.42 s, deletion 0.3 s.
    const { cloud, props, life } = await prepare('aws/1000');
    await replicationGroup.create(cloud, props, stepOf('replication-group'));
    const [creating] = await replicationGroup.find(cloud, scope);
    expect(creating).toMatchObject({ id: 'replication-group', attrs: { status: 'creating' } });
    expect(replicationGroup.ready!(creating!.attrs)).toBe('creating');
    expect(replicationGroup.diff(props, creating!.attrs)).toEqual([]);
    const attrs = await until(life.one, ({ status }) => status === 'available');
    expect(replicationGroup.diff(props, attrs)).toEqual([]);
    // On a machine without loopback aliases a local node shares 127.0.0.1 and has a port of its own.
    expect(replicationGroup.diff(props, { ...attrs, host: '127.0.0.1', port: 40_001 })).toEqual([]);
    expect(replicationGroup.diff(props, { ...attrs, host: 'cache.example', port: 40_001 })).toMatchObject([
      { path: 'port', action: 'replace' },
    ]);

    await replicationGroup.delete(cloud, attrs, stepOf('replication-group'));
    const [deleting] = await replicationGroup.find(cloud, scope);
    expect(deleting).toMatchObject({ id: 'replication-group', attrs: { status: 'deleting' } });
    await until(
      () => replicationGroup.find(cloud, scope),
      (found) => found.length === 0,
    );
  });

  it('refuses a namesake that is not ours', async () => {
    const { cloud, props } = await prepare();
    await cloud.elasticache.send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: props.replicationGroupId,
        ReplicationGroupDescription: 'mine',
        Engine: 'valkey',
        CacheNodeType: 'cache.t4g.micro',
        NumCacheClusters: 1,
        CacheSubnetGroupName: props.subnetGroup,
      }),
    );
    const creation = replicationGroup.create(cloud, props, stepOf('replication-group'));
    await expect(creation).rejects.toEqual(foreign);
    expect(await replicationGroup.find(cloud, scope)).toEqual([]);
  });
});

/** What each ModifyReplicationGroup from now on names to be changed. */
function modificationsOf(cloud: Cloud): string[][] {
  const sent: string[][] = [];
  cloud.elasticache.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName === ModifyReplicationGroupCommand.name) {
        const {
          ReplicationGroupId: _,
          ApplyImmediately: __,
          ...changes
        } = args.input as object & {
          ReplicationGroupId?: string;
          ApplyImmediately?: boolean;
        };
        sent.push(Object.keys(changes));
      }
      return next(args);
    },
    { step: 'initialize', name: 'modifications' },
  );
  return sent;
}

function secondsAgo(seconds: number): string {
  return `${new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19)}Z`;
}
