import {
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  paginateDescribeVpcs,
  type Filter,
  type Tag,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

async function createVpc(Tags: Tag[], CidrBlock = '10.0.0.0/16'): Promise<string> {
  const { Vpc } = await cloud.ec2.send(
    new CreateVpcCommand({
      CidrBlock,
      ...(Tags.length > 0 ? { TagSpecifications: [{ ResourceType: 'vpc', Tags }] } : {}),
    }),
  );
  return Vpc?.VpcId ?? '';
}

async function find(...Filters: Filter[]): Promise<(string | undefined)[]> {
  const { Vpcs } = await cloud.ec2.send(new DescribeVpcsCommand({ Filters }));
  return (Vpcs ?? []).map(({ VpcId }) => VpcId);
}

async function tagsOf(VpcId: string): Promise<Record<string, string>> {
  const { Tags } = await cloud.ec2.send(
    new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [VpcId] }] }),
  );
  return Object.fromEntries((Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

test('tags are set, overwritten, and removed by key, by key and value, and all', async () => {
  const vpc = await createVpc([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '' },
  ]);
  const Resources = [vpc];
  await cloud.ec2.send(
    new CreateTagsCommand({
      Resources,
      Tags: [
        { Key: 'a', Value: '2' },
        { Key: 'c', Value: '3' },
      ],
    }),
  );
  expect(await tagsOf(vpc)).toEqual({ a: '2', b: '', c: '3' });
  await cloud.ec2.send(
    new DeleteTagsCommand({ Resources, Tags: [{ Key: 'a', Value: 'other' }, { Key: 'c' }] }),
  );
  expect(await tagsOf(vpc)).toEqual({ a: '2', b: '' });
  await cloud.ec2.send(new DeleteTagsCommand({ Resources }));
  expect(await tagsOf(vpc)).toEqual({});
});

test('filters match all of their names, any of their values, with wildcards', async () => {
  const one = await createVpc([{ Key: 'chatops:stack', Value: 'chat/default/local' }], '10.1.0.0/16');
  const two = await createVpc([{ Key: 'chatops:stack', Value: 'chat/staging/local' }], '10.2.0.0/16');
  const tag = 'tag:chatops:stack';
  expect(await find({ Name: tag, Values: ['chat/default/local'] })).toEqual([one]);
  expect(await find({ Name: tag, Values: ['chat/*'] })).toEqual([one, two]);
  expect(await find({ Name: tag, Values: ['chat/?taging/local'] })).toEqual([two]);
  expect(await find({ Name: tag, Values: ['chat.default.local'] })).toEqual([]);
  expect(await find({ Name: tag, Values: ['nothing', 'chat/default/local'] })).toEqual([one]);
  expect(await find({ Name: 'tag-key', Values: ['chatops:*'] })).toEqual([one, two]);
  expect(await find({ Name: tag, Values: ['chat/*'] }, { Name: 'cidr', Values: ['10.2.0.0/16'] })).toEqual([
    two,
  ]);
  await expect(find({ Name: 'colour', Values: ['red'] })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: "The filter 'colour' is invalid",
  });
});

test('a long list comes in pages', async () => {
  const { ec2 } = cloud.clientsFor('eu-west-1');
  for (let count = 0; count < 12; count += 1) {
    await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  }
  const pages: number[] = [];
  for await (const page of paginateDescribeVpcs({ client: ec2, pageSize: 5 }, {})) {
    pages.push(page.Vpcs?.length ?? 0);
  }
  expect(pages).toEqual([5, 5, 2]);
  await expect(ec2.send(new DescribeVpcsCommand({ MaxResults: 4 }))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
  await expect(ec2.send(new DescribeVpcsCommand({ NextToken: 'nonsense' }))).rejects.toMatchObject({
    name: 'InvalidNextToken',
  });
});

test.each<[string, Tag[], string]>([
  ['a reserved key', [{ Key: 'aws:chat', Value: '1' }], 'InvalidParameterValue'],
  ['a key that is too long', [{ Key: 'k'.repeat(128), Value: '1' }], 'InvalidParameterValue'],
  ['a value that is too long', [{ Key: 'k', Value: 'v'.repeat(256) }], 'InvalidParameterValue'],
  [
    'more than 50 tags',
    Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' })),
    'TagLimitExceeded',
  ],
])('%s is refused, on creating and on tagging', async (_what, Tags, name) => {
  await expect(createVpc(Tags)).rejects.toMatchObject({ name });
  const vpc = await createVpc([]);
  await expect(cloud.ec2.send(new CreateTagsCommand({ Resources: [vpc], Tags }))).rejects.toMatchObject({
    name,
  });
  expect(await tagsOf(vpc)).toEqual({});
});

test('tags of another resource type, or for an unknown resource, are refused', async () => {
  await expect(
    cloud.ec2.send(
      new CreateVpcCommand({
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'a', Value: '1' }] }],
      }),
    ),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: "'subnet' is not a valid taggable resource type for this operation.",
  });
  const tag = (id: string) =>
    cloud.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: '1' }] }));
  await expect(tag('subnet-00000000000000000')).rejects.toMatchObject({
    name: 'InvalidSubnetID.NotFound',
  });
  await expect(tag('nonsense')).rejects.toMatchObject({
    name: 'InvalidID',
    message: "The ID 'nonsense' is not valid",
  });
});
