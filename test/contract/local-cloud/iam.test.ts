import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../../src/local-cloud/clock.ts';
import { isAssumable } from '../../../src/local-cloud/services/iam/assumable.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
let now = Date.parse('2026-01-01T00:00:00Z');

beforeAll(async () => {
  local = await startLocalCloud();
});
afterAll(() => local.close());

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});
const permissions = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ssm:GetParameters', Resource: '*' }],
});
const execution = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';

const create = (RoleName: string, more = {}) =>
  local.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, ...more }));

test('a role is created with path and tags, read, changed and deleted', async () => {
  const { Role } = await create('one', {
    Path: '/chatops/1a2b3c4d/',
    Description: 'of a test',
    Tags: [{ Key: 'chatops:stack', Value: 'chat/default/local' }],
  });
  expect(Role).toMatchObject({
    RoleName: 'one',
    Path: '/chatops/1a2b3c4d/',
    Arn: 'arn:aws:iam::000000000000:role/chatops/1a2b3c4d/one',
    MaxSessionDuration: 3600,
    Tags: [{ Key: 'chatops:stack', Value: 'chat/default/local' }],
  });
  expect(Role!.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
  // AWS gives documents URL-encoded.
  expect(Role!.AssumeRolePolicyDocument).toMatch(/^%7B%22Version%22%3A/);
  expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toBe(trust);

  const other = trust.replace('ecs-tasks', 'ecs');
  await local.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'one', PolicyDocument: other }));
  await local.iam.send(
    new UpdateRoleCommand({ RoleName: 'one', Description: 'changed', MaxSessionDuration: 7200 }),
  );
  await local.iam.send(new TagRoleCommand({ RoleName: 'one', Tags: [{ Key: 'team', Value: 'chat' }] }));
  await local.iam.send(new UntagRoleCommand({ RoleName: 'one', TagKeys: ['chatops:stack'] }));
  const read = (await local.iam.send(new GetRoleCommand({ RoleName: 'one' }))).Role!;
  expect(decodeURIComponent(read.AssumeRolePolicyDocument!)).toBe(other);
  expect(read).toMatchObject({ Description: 'changed', MaxSessionDuration: 7200 });
  const { Tags } = await local.iam.send(new ListRoleTagsCommand({ RoleName: 'one' }));
  expect(Tags).toEqual([{ Key: 'team', Value: 'chat' }]);

  await local.iam.send(new DeleteRoleCommand({ RoleName: 'one' }));
  for (const command of [
    new GetRoleCommand({ RoleName: 'one' }),
    new DeleteRoleCommand({ RoleName: 'one' }),
  ]) {
    await expect(local.iam.send(command as GetRoleCommand)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name one cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  }
});

test('roles are listed by path prefix, in pages, without tags, whatever the region', async () => {
  for (const name of ['l3', 'l1', 'l2']) {
    await create(name, { Path: '/listed/x/', Tags: [{ Key: 'a', Value: 'b' }] });
  }
  await create('l4', { Path: '/listed/y/' });
  const { iam } = local.clientsFor('eu-west-3');
  const first = await iam.send(new ListRolesCommand({ PathPrefix: '/listed/x/', MaxItems: 2 }));
  expect(first.Roles!.map(({ RoleName, Tags }) => [RoleName, Tags])).toEqual([
    ['l1', undefined],
    ['l2', undefined],
  ]);
  expect(first.IsTruncated).toBe(true);
  const second = await iam.send(
    new ListRolesCommand({ PathPrefix: '/listed/x/', MaxItems: 2, Marker: first.Marker }),
  );
  expect(second.Roles!.map(({ RoleName }) => RoleName)).toEqual(['l3']);
  expect(second.IsTruncated).toBe(false);
  expect(second.Marker).toBeUndefined();
});

test('a role goes only once its policies are gone', async () => {
  const RoleName = 'busy';
  await create(RoleName);
  await local.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: execution }));
  await local.iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName: 'secrets', PolicyDocument: permissions }),
  );
  const conflict = (message: string) => ({ name: 'DeleteConflictException', message });
  await expect(local.iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject(
    conflict('Cannot delete entity, must detach all policies first.'),
  );

  const attached = await local.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  expect(attached.AttachedPolicies).toEqual([
    { PolicyName: 'AmazonECSTaskExecutionRolePolicy', PolicyArn: execution },
  ]);
  const { PolicyNames } = await local.iam.send(new ListRolePoliciesCommand({ RoleName }));
  expect(PolicyNames).toEqual(['secrets']);
  const { PolicyDocument } = await local.iam.send(
    new GetRolePolicyCommand({ RoleName, PolicyName: 'secrets' }),
  );
  expect(decodeURIComponent(PolicyDocument!)).toBe(permissions);

  await local.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: execution }));
  await expect(local.iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject(
    conflict('Cannot delete entity, must delete policies first.'),
  );
  await local.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'secrets' }));
  await local.iam.send(new DeleteRoleCommand({ RoleName }));
});

test('one call gives every role with its inline and attached policies and its tags', async () => {
  const RoleName = 'detailed';
  await create(RoleName, { Tags: [{ Key: 'k', Value: 'v' }] });
  await local.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: execution }));
  await local.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: permissions }));
  const { RoleDetailList } = await local.iam.send(
    new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }),
  );
  const role = RoleDetailList!.find((one) => one.RoleName === RoleName)!;
  expect(role.Tags).toEqual([{ Key: 'k', Value: 'v' }]);
  expect(role.AttachedManagedPolicies).toMatchObject([{ PolicyArn: execution }]);
  expect(role.RolePolicyList!.map((policy) => decodeURIComponent(policy.PolicyDocument!))).toEqual([
    permissions,
  ]);
});

test.each([
  ['a namesake', { RoleName: 'taken' }, 'EntityAlreadyExistsException', 409],
  ['a namesake in other case', { RoleName: 'TAKEN' }, 'EntityAlreadyExistsException', 409],
  ['a long name', { RoleName: 'x'.repeat(65) }, 'ValidationError', 400],
  ['a name with a space', { RoleName: 'a b' }, 'ValidationError', 400],
  ['a path without its end', { RoleName: 'p', Path: '/a' }, 'ValidationError', 400],
  ['no JSON', { RoleName: 'j', AssumeRolePolicyDocument: '{' }, 'MalformedPolicyDocumentException', 400],
  [
    'a trust policy with a resource',
    { RoleName: 'r', AssumeRolePolicyDocument: permissions },
    'MalformedPolicyDocumentException',
    400,
  ],
  ['an hour too short', { RoleName: 'h', MaxSessionDuration: 60 }, 'ValidationError', 400],
  [
    'a tag twice',
    { RoleName: 't', Tags: ['a', 'A'].map((Key) => ({ Key, Value: '' })) },
    'InvalidInputException',
    400,
  ],
])('creating a role with %s is refused', async (_what, input, name, httpStatusCode) => {
  await create('taken').catch(() => undefined);
  await expect(create(input.RoleName, input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
});

test('policies that are not there are named', async () => {
  const RoleName = 'bare';
  await create(RoleName);
  const refused = (command: unknown) => expect(local.iam.send(command as GetRoleCommand)).rejects;
  const arn = 'arn:aws:iam::aws:policy/NoSuchThing';
  await refused(new AttachRolePolicyCommand({ RoleName, PolicyArn: arn })).toMatchObject({
    name: 'NoSuchEntityException',
    message: `Policy ${arn} does not exist or is not attachable.`,
  });
  await refused(new DetachRolePolicyCommand({ RoleName, PolicyArn: execution })).toMatchObject({
    message: `Policy ${execution} was not found.`,
  });
  await refused(new GetRolePolicyCommand({ RoleName, PolicyName: 'p' })).toMatchObject({
    message: 'The role policy with name p cannot be found.',
  });
});

test('a service-linked role is made once', async () => {
  const command = new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' });
  const { Role } = await local.iam.send(command);
  expect(Role!.Arn).toBe(
    'arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
  );
  await expect(local.iam.send(command)).rejects.toMatchObject({ name: 'InvalidInputException' });
});

test('with the latencies of AWS a new role can be assumed after ten seconds', async () => {
  const clock = { ...realClock('aws'), now: () => now };
  const cloud = { ...local.call().cloud, clock, states: new Map<string, unknown>() };
  const { operations } = await import('../../../src/local-cloud/services/iam/index.ts');
  const call = { ...local.call(), cloud, now: new Date(now) };
  const { Role } = (await operations.CreateRole!(
    { RoleName: 'slow', AssumeRolePolicyDocument: trust },
    call,
  )) as { Role: { Arn: string } };
  expect(isAssumable(call, Role.Arn)).toBe(false);
  now += 10_000;
  expect(isAssumable(call, Role.Arn)).toBe(true);
  expect(isAssumable(call, `${Role.Arn}r`)).toBe(false);
});

test('STS names the account', async () => {
  expect(await local.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:user/local',
  });
});
