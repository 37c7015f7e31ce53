import { CreateLogGroupCommand, DeleteRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { logGroup } from '../../../src/resources/logs/log-group.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf } from './rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

const props = { name: names.logGroup, retention: 30 as number | undefined };

it('a log group keeps its retention', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, logGroup, 'log-group');
  const { arn } = await life.create(props);
  expect(arn).toBe(`arn:aws:logs:local:${cloud.account}:log-group:/chatops/chat/default/local`);
  expect(await life.changes({ ...props, name: '/other' })).toEqual(['replace name']);
  await life.update({ ...props, retention: 7 });
  await life.update({ ...props, retention: undefined });
  await life.update(props);

  await cloud.logs.send(new DeleteRetentionPolicyCommand({ logGroupName: props.name }));
  expect(await life.changes(props)).toEqual(['update retention']);
  await life.update(props);
  await life.delete();
});

it('a stack whose name begins like ours keeps its log group', async () => {
  const { cloud } = rig;
  const other = { ...scope, stack: `${scope.stack}-2` };
  await logGroup.create(cloud, { ...props, name: `${props.name}-2` }, stepOf('log-group', other));
  expect(await logGroup.find(cloud, scope)).toEqual([]);
});

it('a log group of that name that is not ours is refused', async () => {
  const { cloud } = rig;
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: props.name }));
  await expect(logGroup.create(cloud, props, stepOf('log-group'))).rejects.toEqual(foreign);
  expect(await logGroup.find(cloud, scope)).toEqual([]);
});
