import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { CreateSubnetCommand, CreateVpcCommand, DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  CreateServerlessCacheCommand,
  DeleteServerlessCacheCommand,
  DescribeServerlessCachesCommand,
  ListTagsForResourceCommand,
  ModifyServerlessCacheCommand,
  ServerlessCacheAlreadyExistsFault,
  ServerlessCacheNotFoundFault,
} from '@aws-sdk/client-elasticache';
import { Cluster } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAddressPlan } from '../../../src/local-cloud/runtime/addresses.ts';
import { createCacheRunner } from '../../../src/local-cloud/runtime/caches.ts';
import { createAuthority } from '../../../src/local-cloud/runtime/certificate.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let folder: string;
let subnetIds: string[];
const alive = new Set<number>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-serverless-'));
  const caches = createCacheRunner({
    path: process.env['PATH'] ?? '',
    standIn: '',
    keeper: { started: (pid) => void alive.add(pid), ended: (pid) => void alive.delete(pid) },
    authority: createAuthority(),
    trustFile: join(folder, 'authority.pem'),
  });
  const dataPlane = {
    ...quietDataPlane(),
    addresses: createAddressPlan(),
    caches,
    close: () => caches.close(),
  };
  cloud = await startLocalCloud({ folder, dataPlane });
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  subnetIds = [];
  for (const [index, letter] of ['a', 'b'].entries()) {
    const { Subnet } = await cloud.ec2.send(
      new CreateSubnetCommand({
        VpcId: Vpc?.VpcId,
        CidrBlock: `10.0.${index}.0/24`,
        AvailabilityZone: `local${letter}`,
      }),
    );
    subnetIds.push(Subnet!.SubnetId!);
  }
});

afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true, force: true });
});

const create = (more: object = {}) =>
  cloud.elasticache.send(
    new CreateServerlessCacheCommand({
      ServerlessCacheName: 'Chat',
      Engine: 'valkey',
      MajorEngineVersion: '8',
      SubnetIds: subnetIds,
      Tags: [{ Key: 'team', Value: 'talk' }],
      ...more,
    }),
  );
const name = { ServerlessCacheName: 'chat' };
const read = async () =>
  (await cloud.elasticache.send(new DescribeServerlessCachesCommand(name))).ServerlessCaches![0]!;

test('a serverless cache answers encrypted, is changed, and goes with all that was its own', async () => {
  await create();
  const cache = await read();
  expect(cache).toMatchObject({ ServerlessCacheName: 'chat', Status: 'available', MajorEngineVersion: '8' });
  const { Address = '', Port = 0 } = cache.Endpoint!;
  const ca = await readFile(join(folder, 'authority.pem'), 'utf8');
  const redis = new Cluster([{ host: Address, port: Port }], { redisOptions: { tls: { ca } } });
  // As on AWS: the protocol of clusters, a key at a time.
  for (const room of ['general', 'random', 'support']) expect(await redis.set(room, '1')).toBe('OK');
  await expect(redis.nodes()[0]!.mget('general', 'random')).rejects.toThrow('CROSSSLOT');
  expect(await redis.spublish('general', 'hello')).toBe(0);
  redis.disconnect();
  const tags = await cloud.elasticache.send(new ListTagsForResourceCommand({ ResourceName: cache.ARN }));
  expect(tags.TagList).toEqual([{ Key: 'team', Value: 'talk' }]);

  await cloud.elasticache.send(
    new ModifyServerlessCacheCommand({ ...name, SnapshotRetentionLimit: 3, MajorEngineVersion: '9' }),
  );
  expect(await read()).toMatchObject({ SnapshotRetentionLimit: 3, MajorEngineVersion: '9' });
  await expect(
    cloud.elasticache.send(new ModifyServerlessCacheCommand({ ...name, MajorEngineVersion: '8' })),
  ).rejects.toThrow(/Downgrading/);

  await cloud.elasticache.send(new DeleteServerlessCacheCommand(name));
  await expect(read()).rejects.toThrow(ServerlessCacheNotFoundFault);
  const { NetworkInterfaces } = await cloud.ec2.send(new DescribeNetworkInterfacesCommand({}));
  expect([NetworkInterfaces, alive.size]).toEqual([[], 0]);
});

test('a wrong request leaves nothing', async () => {
  await expect(create({ SubnetIds: subnetIds.slice(1) })).rejects.toThrow(/two or three subnets/);
  await expect(create({ MajorEngineVersion: '6' })).rejects.toThrow(/Cannot find version 6/);
  await expect(create({ Engine: 'memcached' })).rejects.toThrow(/Unrecognized engine/);
  await expect(read()).rejects.toThrow(ServerlessCacheNotFoundFault);
  await create();
  await expect(create()).rejects.toThrow(ServerlessCacheAlreadyExistsFault);
});
