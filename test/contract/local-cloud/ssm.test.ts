import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-ssm';
import type { PutParameterCommandInput } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;

beforeAll(async () => {
  local = await startLocalCloud();
});
afterAll(() => local.close());

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  local.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (Name: string, WithDecryption?: boolean) =>
  (await local.ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter!;

test('a parameter is put with its tags, read, overwritten and deleted', async () => {
  const Name = '/chatops/chat/default/local/plain';
  const made = await put(Name, 'one', {
    Tags: [{ Key: 'chatops:id', Value: 'plain' }],
    Description: 'a test',
  });
  expect(made).toMatchObject({ Version: 1, Tier: 'Standard' });
  expect(await get(Name)).toMatchObject({
    Name,
    Type: 'String',
    Value: 'one',
    Version: 1,
    ARN: `arn:aws:ssm:local:000000000000:parameter${Name}`,
    DataType: 'text',
  });
  expect((await put(Name, 'two', { Overwrite: true })).Version).toBe(2);
  expect((await get(Name)).Value).toBe('two');
  expect((await get(`${Name}:1`)).Value).toBe('one');
  expect((await get(`arn:aws:ssm:local:000000000000:parameter${Name}`)).Value).toBe('two');
  await expect(get(`${Name}:7`)).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });

  const tags = { ResourceType: 'Parameter' as const, ResourceId: Name };
  await local.ssm.send(new AddTagsToResourceCommand({ ...tags, Tags: [{ Key: 'a', Value: 'b' }] }));
  await local.ssm.send(new RemoveTagsFromResourceCommand({ ...tags, TagKeys: ['chatops:id'] }));
  const { TagList } = await local.ssm.send(new ListTagsForResourceCommand(tags));
  expect(TagList).toEqual([{ Key: 'a', Value: 'b' }]);

  await local.ssm.send(new DeleteParameterCommand({ Name }));
  await expect(get(Name)).rejects.toMatchObject({ name: 'ParameterNotFound' });
  await expect(local.ssm.send(new DeleteParameterCommand({ Name }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  await expect(local.ssm.send(new ListTagsForResourceCommand(tags))).rejects.toMatchObject({
    name: 'InvalidResourceId',
  });
});

test('of two that create the same parameter without overwrite, one wins', async () => {
  const results = await Promise.allSettled([put('/lock/1', 'a'), put('/lock/1', 'b')]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(put('/lock/1', 'c')).rejects.toMatchObject({
    name: 'ParameterAlreadyExists',
    message:
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  });
});

test('a SecureString shows its value only with decryption, in every call', async () => {
  const Name = '/secure/redis-url';
  const secret = 'rediss://:secret@host';
  await put(Name, secret, { Type: 'SecureString' });
  const { Parameters } = await local.ssm.send(new GetParametersCommand({ Names: [Name, '/nope'] }));
  const byPath = await local.ssm.send(new GetParametersByPathCommand({ Path: '/secure' }));
  const described = await local.ssm.send(new DescribeParametersCommand({}));
  const hidden = JSON.stringify([await get(Name), Parameters, byPath.Parameters, described.Parameters]);
  expect(hidden).not.toContain('secret@');
  expect(hidden).toContain(Name);

  expect((await get(Name, true)).Value).toBe(secret);
  const open = await local.ssm.send(
    new GetParametersCommand({ Names: [Name, '/nope'], WithDecryption: true }),
  );
  expect(open.Parameters!.map(({ Value }) => Value)).toEqual([secret]);
  expect(open.InvalidParameters).toEqual(['/nope']);
  const metadata = described.Parameters!.find((parameter) => parameter.Name === Name);
  expect(metadata).toMatchObject({ Type: 'SecureString', KeyId: 'alias/aws/ssm' });
});

test('a path is listed one level deep or whole, ten at a time', async () => {
  for (let index = 10; index < 22; index += 1) await put(`/paged/a/${index}`, 'x');
  await put('/paged/top', 'x');
  await put('/pagedother', 'x');
  const list = async (Recursive: boolean, NextToken?: string) => {
    const page = await local.ssm.send(
      new GetParametersByPathCommand({ Path: '/paged', Recursive, NextToken }),
    );
    return { names: page.Parameters!.map(({ Name }) => Name), next: page.NextToken };
  };
  expect(await list(false)).toEqual({ names: ['/paged/top'], next: undefined });
  const first = await list(true);
  const second = await list(true, first.next);
  expect(first.names.length).toBe(10);
  expect([...first.names, ...second.names].length).toBe(13);
  expect(second.next).toBeUndefined();
  await expect(list(true, 'nonsense')).rejects.toMatchObject({ name: 'InvalidNextToken' });
  await expect(
    local.ssm.send(new GetParametersByPathCommand({ Path: '/paged', MaxResults: 11 })),
  ).rejects.toMatchObject({ name: 'ValidationException' });
});

test('parameters are found by name, path, type and tag', async () => {
  await put('/found/a', 'x', { Tags: [{ Key: 'chatops:stack', Value: 'one' }] });
  await put('/found/b/c', 'x', { Type: 'StringList', Tags: [{ Key: 'chatops:stack', Value: 'two' }] });
  const names = async (...ParameterFilters: { Key: string; Option?: string; Values?: string[] }[]) =>
    (await local.ssm.send(new DescribeParametersCommand({ ParameterFilters }))).Parameters!.map(
      ({ Name }) => Name,
    );
  expect(await names({ Key: 'tag:chatops:stack', Values: ['two'] })).toEqual(['/found/b/c']);
  expect(await names({ Key: 'Path', Option: 'OneLevel', Values: ['/found'] })).toEqual(['/found/a']);
  expect(await names({ Key: 'Path', Option: 'Recursive', Values: ['/found'] })).toHaveLength(2);
  expect(await names({ Key: 'Name', Option: 'BeginsWith', Values: ['/found/b'] })).toEqual(['/found/b/c']);
  expect(
    await names({ Key: 'Type', Values: ['StringList'] }, { Key: 'Name', Option: 'Contains', Values: ['b'] }),
  ).toEqual(['/found/b/c']);
  await expect(names({ Key: 'Colour', Values: ['red'] })).rejects.toMatchObject({ name: 'InvalidFilterKey' });
});

test('several go at once, and the ones that are not there are said', async () => {
  await put('/several/a', 'x');
  const { DeletedParameters, InvalidParameters } = await local.ssm.send(
    new DeleteParametersCommand({ Names: ['/several/a', '/several/b'] }),
  );
  expect([DeletedParameters, InvalidParameters]).toEqual([['/several/a'], ['/several/b']]);
});

test.each<[string, string, string, Partial<PutParameterCommandInput>, string, RegExp]>([
  [
    'tags together with overwrite',
    '/bad/a',
    'x',
    { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
    'ValidationException',
    /^Invalid request: tags and overwrite can't be used together\./,
  ],
  [
    'a value over 4 KB',
    '/bad/a',
    'é'.repeat(2049),
    {},
    'ValidationException',
    /^Standard tier parameters support a maximum parameter value of 4096/,
  ],
  ['an empty value', '/bad/a', '', {}, 'ValidationException', /length greater than or equal to 1/],
  [
    'a path without the first slash',
    'bad/a',
    'x',
    {},
    'ValidationException',
    /^Parameter name must be a fully qualified name\.$/,
  ],
  ['a name of AWS', '/aws/x', 'x', {}, 'AccessDeniedException', /^No access to reserved parameter name/],
  ['a name with a space', '/bad/a b', 'x', {}, 'ValidationException', /^Parameter name: can't be prefixed/],
  ['sixteen levels', '/l'.repeat(16), 'x', {}, 'HierarchyLevelLimitExceededException', /15 levels/],
  ['no type', '/bad/a', 'x', { Type: undefined }, 'ValidationException', /^A parameter type is required/],
  [
    'a value that its pattern refuses',
    '/bad/a',
    'x',
    { AllowedPattern: '^\\d+$' },
    'ParameterPatternMismatchException',
    /AllowedPattern/,
  ],
])('%s is refused', async (_what, name, value, more, error, message) => {
  await expect(put(name, value, more)).rejects.toMatchObject({
    name: error,
    message: expect.stringMatching(message) as string,
  });
  await expect(get(name)).rejects.toThrow();
});

test('an advanced parameter holds 8 KB, and a secret stays one', async () => {
  expect((await put('/big', 'x'.repeat(8192), { Tier: 'Advanced' })).Tier).toBe('Advanced');
  await put('/typed', 'x', { Type: 'SecureString' });
  await expect(put('/typed', 'x', { Overwrite: true })).rejects.toMatchObject({
    name: 'HierarchyTypeMismatchException',
  });
});
