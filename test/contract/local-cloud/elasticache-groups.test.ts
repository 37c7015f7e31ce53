import { CreateSubnetCommand, CreateVpcCommand, DeleteSubnetCommand } from '@aws-sdk/client-ec2';
import {
  AddTagsToResourceCommand,
  CacheParameterGroupAlreadyExistsFault,
  CacheParameterGroupNotFoundFault,
  CacheSubnetGroupAlreadyExistsFault,
  CacheSubnetGroupNotFoundFault,
  CreateCacheParameterGroupCommand,
  CreateCacheSubnetGroupCommand,
  DeleteCacheParameterGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DescribeCacheEngineVersionsCommand,
  DescribeCacheParameterGroupsCommand,
  DescribeCacheSubnetGroupsCommand,
  InvalidARNFault,
  InvalidCacheParameterGroupStateFault,
  InvalidParameterValueException,
  InvalidSubnet,
  ListTagsForResourceCommand,
  ModifyCacheParameterGroupCommand,
  ModifyCacheSubnetGroupCommand,
  paginateDescribeCacheParameters,
  RemoveTagsFromResourceCommand,
  ResetCacheParameterGroupCommand,
  TagNotFoundFault,
  TagQuotaPerResourceExceeded,
  type Parameter,
} from '@aws-sdk/client-elasticache';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let subnets: string[];
let elsewhere: string;

beforeAll(async () => {
  cloud = await startLocalCloud();
  const vpc = await createVpc('10.0.0.0/16');
  subnets = [
    await createSubnet(vpc, '10.0.0.0/24', 'locala'),
    await createSubnet(vpc, '10.0.1.0/24', 'localb'),
  ];
  elsewhere = await createSubnet(await createVpc('10.9.0.0/16'), '10.9.0.0/24', 'locala');
});
afterAll(() => cloud.close());

async function createVpc(CidrBlock: string): Promise<string> {
  return (await cloud.ec2.send(new CreateVpcCommand({ CidrBlock }))).Vpc?.VpcId ?? '';
}

async function createSubnet(VpcId: string, CidrBlock: string, AvailabilityZone: string): Promise<string> {
  const made = await cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
  return made.Subnet?.SubnetId ?? '';
}

function createSubnetGroup(CacheSubnetGroupName: string, SubnetIds: string[]) {
  return cloud.elasticache.send(
    new CreateCacheSubnetGroupCommand({
      CacheSubnetGroupName,
      CacheSubnetGroupDescription: 'of the chat',
      SubnetIds,
      Tags: [{ Key: 'chatops:id', Value: 'cache-subnets' }],
    }),
  );
}

function createParameterGroup(CacheParameterGroupName: string, CacheParameterGroupFamily = 'valkey8') {
  return cloud.elasticache.send(
    new CreateCacheParameterGroupCommand({
      CacheParameterGroupName,
      CacheParameterGroupFamily,
      Description: 'of the chat',
    }),
  );
}

function setParameters(CacheParameterGroupName: string, parameters: Record<string, string>) {
  const ParameterNameValues = Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
  }));
  return cloud.elasticache.send(
    new ModifyCacheParameterGroupCommand({ CacheParameterGroupName, ParameterNameValues }),
  );
}

async function parametersOf(CacheParameterGroupName: string, Source?: string): Promise<Parameter[]> {
  const all: Parameter[] = [];
  const paginator = paginateDescribeCacheParameters(
    { client: cloud.elasticache, pageSize: 20 },
    { CacheParameterGroupName, Source },
  );
  for await (const page of paginator) all.push(...(page.Parameters ?? []));
  return all;
}

test('a subnet group is kept in lower case, changed, and deleted', async () => {
  const [a = '', b = ''] = subnets;
  const { CacheSubnetGroup } = await createSubnetGroup('Chat-Subnets', [a]);
  expect(CacheSubnetGroup).toMatchObject({
    CacheSubnetGroupName: 'chat-subnets',
    CacheSubnetGroupDescription: 'of the chat',
    VpcId: expect.stringMatching(/^vpc-/),
    ARN: 'arn:aws:elasticache:local:000000000000:subnetgroup:chat-subnets',
    Subnets: [{ SubnetIdentifier: a, SubnetAvailabilityZone: { Name: 'locala' } }],
  });
  await cloud.elasticache.send(
    new ModifyCacheSubnetGroupCommand({ CacheSubnetGroupName: 'chat-subnets', SubnetIds: [a, b] }),
  );
  const read = () =>
    cloud.elasticache.send(new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: 'CHAT-subnets' }));
  expect((await read()).CacheSubnetGroups?.[0]?.Subnets).toHaveLength(2);
  await cloud.elasticache.send(new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: 'chat-subnets' }));
  await expect(read()).rejects.toThrow(CacheSubnetGroupNotFoundFault);
});

test('what a subnet group cannot be', async () => {
  const [a = ''] = subnets;
  await createSubnetGroup('taken', [a]);
  const twice = createSubnetGroup('Taken', [a]);
  await expect(twice).rejects.toThrow(CacheSubnetGroupAlreadyExistsFault);
  await expect(twice).rejects.toThrow('Cache subnet group taken already exists.');
  const unknown = createSubnetGroup('unknown', [a, 'subnet-00000000000000000']);
  await expect(unknown).rejects.toThrow(InvalidParameterValueException);
  await expect(unknown).rejects.toThrow(
    `Some input subnets in :[${a}, subnet-00000000000000000] are invalid.`,
  );
  const scattered = createSubnetGroup('scattered', [a, elsewhere]);
  await expect(scattered).rejects.toThrow(InvalidSubnet);
  await expect(scattered).rejects.toThrow(`Subnets ${a} and ${elsewhere} are not in the same VPC.`);
  await expect(createSubnetGroup('two--hyphens', [a])).rejects.toThrow(InvalidParameterValueException);
});

test('a parameter group is set, reset, and deleted', async () => {
  const { CacheParameterGroup } = await createParameterGroup('chat-valkey8');
  expect(CacheParameterGroup).toMatchObject({
    CacheParameterGroupName: 'chat-valkey8',
    CacheParameterGroupFamily: 'valkey8',
    ARN: 'arn:aws:elasticache:local:000000000000:parametergroup:chat-valkey8',
  });
  const CacheParameterGroupName = 'chat-valkey8';
  expect(await parametersOf(CacheParameterGroupName, 'user')).toEqual([]);
  await setParameters(CacheParameterGroupName, { 'maxmemory-policy': 'noeviction', timeout: '60' });
  expect(await parametersOf(CacheParameterGroupName, 'user')).toMatchObject([
    { ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction', Source: 'user', IsModifiable: true },
    { ParameterName: 'timeout', ParameterValue: '60' },
  ]);
  await cloud.elasticache.send(
    new ResetCacheParameterGroupCommand({
      CacheParameterGroupName,
      ParameterNameValues: [{ ParameterName: 'timeout' }],
    }),
  );
  const all = await parametersOf(CacheParameterGroupName);
  expect(all.length).toBeGreaterThan(20);
  expect(all.find(({ ParameterName }) => ParameterName === 'timeout')).toMatchObject({
    ParameterValue: '0',
    Source: 'system',
  });
  await cloud.elasticache.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName }));
  await expect(parametersOf(CacheParameterGroupName)).rejects.toThrow(CacheParameterGroupNotFoundFault);
});

test('what cannot be set in a parameter group changes nothing', async () => {
  await createParameterGroup('strict');
  await expect(createParameterGroup('strict')).rejects.toThrow(CacheParameterGroupAlreadyExistsFault);
  await expect(createParameterGroup('odd', 'valkey0')).rejects.toThrow(InvalidParameterValueException);
  const wrongs: Record<string, string>[] = [
    { 'maxmemory-policy': 'everything' },
    { 'no-such-parameter': '1' },
    { timeout: '-5' },
    { timeout: 'soon' },
    { appendonly: 'yes' },
  ];
  for (const wrong of wrongs) {
    await expect(setParameters('strict', { databases: '4', ...wrong })).rejects.toThrow(
      InvalidParameterValueException,
    );
  }
  expect(await parametersOf('strict', 'user')).toEqual([]);
});

test("AWS's default groups are there, and nobody's to change", async () => {
  const { CacheParameterGroups } = await cloud.elasticache.send(
    new DescribeCacheParameterGroupsCommand({ CacheParameterGroupName: 'default.redis7' }),
  );
  expect(CacheParameterGroups).toMatchObject([{ CacheParameterGroupFamily: 'redis7' }]);
  await expect(setParameters('default.redis7', { timeout: '60' })).rejects.toThrow(
    InvalidCacheParameterGroupStateFault,
  );
  await expect(
    cloud.elasticache.send(
      new DeleteCacheParameterGroupCommand({ CacheParameterGroupName: 'default.redis7' }),
    ),
  ).rejects.toThrow(InvalidCacheParameterGroupStateFault);
});

test('engine versions are listed by engine, family and default', async () => {
  const versions = async (question: object) => {
    const answer = await cloud.elasticache.send(new DescribeCacheEngineVersionsCommand(question));
    return answer.CacheEngineVersions?.map(({ Engine, EngineVersion }) => `${Engine} ${EngineVersion}`);
  };
  expect(await versions({ CacheParameterGroupFamily: 'valkey8' })).toEqual([
    'valkey 8.0',
    'valkey 8.1',
    'valkey 8.2',
  ]);
  expect(await versions({ Engine: 'redis', DefaultOnly: true })).toEqual(['redis 7.1']);
  expect(await versions({ Engine: 'valkey', EngineVersion: '9.0' })).toEqual(['valkey 9.0']);
});

test('tags are listed, added, overwritten and removed', async () => {
  const { CacheSubnetGroup } = await createSubnetGroup('tagged', subnets);
  const ResourceName = CacheSubnetGroup?.ARN;
  const { TagList } = await cloud.elasticache.send(
    new AddTagsToResourceCommand({
      ResourceName,
      Tags: [
        { Key: 'chatops:id', Value: 'other' },
        { Key: 'Name', Value: 'chat' },
      ],
    }),
  );
  expect(TagList).toEqual([
    { Key: 'chatops:id', Value: 'other' },
    { Key: 'Name', Value: 'chat' },
  ]);
  const remove = (TagKeys: string[]) =>
    cloud.elasticache.send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys }));
  await expect(remove(['Name', 'nothing'])).rejects.toThrow(TagNotFoundFault);
  await remove(['Name']);
  const listed = await cloud.elasticache.send(new ListTagsForResourceCommand({ ResourceName }));
  expect(listed.TagList).toEqual([{ Key: 'chatops:id', Value: 'other' }]);
  const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
  await expect(cloud.elasticache.send(new AddTagsToResourceCommand({ ResourceName, Tags }))).rejects.toThrow(
    TagQuotaPerResourceExceeded,
  );
});

test('an ARN that is none, or of nothing, is told apart', async () => {
  const list = (ResourceName: string) =>
    cloud.elasticache.send(new ListTagsForResourceCommand({ ResourceName }));
  await expect(list('chat')).rejects.toThrow(InvalidARNFault);
  await expect(list('arn:aws:elasticache:local:000000000000:subnetgroup:nothing')).rejects.toThrow(
    CacheSubnetGroupNotFoundFault,
  );
  await expect(list('arn:aws:elasticache:local:000000000000:parametergroup:nothing')).rejects.toThrow(
    CacheParameterGroupNotFoundFault,
  );
});

test('a subnet group does not keep its subnets', async () => {
  const vpc = await createVpc('10.8.0.0/16');
  const subnet = await createSubnet(vpc, '10.8.0.0/24', 'locala');
  await createSubnetGroup('loose', [subnet]);
  await cloud.ec2.send(new DeleteSubnetCommand({ SubnetId: subnet }));
});
