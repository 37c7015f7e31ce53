import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { role } from '../../../src/resources/iam/role.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf } from './rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

const allow = (Action: string | string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});
const trustIn = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});
const execution = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
const readOnly = 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly';

const props = {
  name: names.executionRole,
  path: names.rolePath,
  description: 'starts the tasks',
  trust: trustIn('ecs-tasks.amazonaws.com'),
  managedPolicies: [execution],
  inlinePolicies: { secrets: allow('ssm:GetParameters') } as Record<string, object>,
};

it('a role keeps exactly its trust and its policies', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, role, 'role-execution');
  const { arn } = await life.create(props);
  expect(arn).toBe(`arn:aws:iam::${cloud.account}:role${names.rolePath}${names.executionRole}`);
  expect(await life.changes({ ...props, path: '/other/' })).toEqual(['replace path']);
  await life.update({ ...props, description: 'something else' });
  await life.update({ ...props, trust: trustIn('ecs.amazonaws.com') });
  await life.update({ ...props, managedPolicies: [] });
  await life.update({ ...props, inlinePolicies: { secrets: allow(['ssm:GetParameters', 'kms:Decrypt']) } });
  await life.update({ ...props, inlinePolicies: { exec: allow('ssmmessages:*') } });
  await life.update(props);

  const RoleName = props.name;
  await cloud.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: readOnly }));
  await cloud.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'secrets' }));
  await cloud.iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName: 'mine', PolicyDocument: JSON.stringify(allow('s3:*')) }),
  );
  await cloud.iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName,
      PolicyDocument: JSON.stringify(trustIn('ec2.amazonaws.com')),
    }),
  );
  expect(await life.changes(props)).toEqual([
    'update trust',
    'update managedPolicies',
    'update inlinePolicies.mine',
    'update inlinePolicies.secrets',
  ]);
  await life.update(props);
  await life.delete();
  const { Roles } = await cloud.iam.send(new ListRolesCommand({ PathPrefix: '/chatops/' }));
  expect(Roles).toEqual([]);
});

it('a policy that only looks different is the same one', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, role, 'role-execution');
  await life.create(props);
  const { Version, Statement } = allow('ssm:GetParameters');
  await cloud.iam.send(
    new PutRolePolicyCommand({
      RoleName: props.name,
      PolicyName: 'secrets',
      PolicyDocument: JSON.stringify({ Statement, Version }, null, 4),
    }),
  );
  expect(await life.changes(props)).toEqual([]);
});

it('a role of that name that is not ours is refused', async () => {
  const { cloud } = rig;
  await cloud.iam.send(
    new CreateRoleCommand({
      RoleName: props.name,
      AssumeRolePolicyDocument: JSON.stringify(trustIn('ec2.amazonaws.com')),
    }),
  );
  await expect(role.create(cloud, props, stepOf('role-execution'))).rejects.toEqual(foreign);
  expect(await role.find(cloud, scope)).toEqual([]);
});
