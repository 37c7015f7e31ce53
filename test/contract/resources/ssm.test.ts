import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parameter } from '../../../src/resources/ssm/parameter.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf } from './rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

const props = {
  name: `${names.parameterPath}/redis-url`,
  type: 'SecureString' as const,
  value: 'redis://127.0.0.1:6379',
};

it('a parameter keeps its value, which is never shown', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, parameter, 'parameter-redis-url');
  const { arn } = await life.create(props);
  expect(arn).toBe(`arn:aws:ssm:local:${cloud.account}:parameter/chatops/chat/default/local/redis-url`);
  expect(await life.changes({ ...props, name: '/other' })).toEqual(['replace name']);
  await life.update({ ...props, value: 'redis://127.0.0.2:6379' });
  await life.update(props);

  await cloud.ssm.send(
    new PutParameterCommand({ Name: props.name, Value: 'redis://evil:6379', Overwrite: true }),
  );
  expect(parameter.diff(props, await life.one())).toEqual([
    expect.objectContaining({ path: 'value', action: 'update', secret: true }),
  ]);
  await life.update(props);
  await life.delete();
});

it('what is deeper under the path of the stack, such as its lock, is not a parameter of its own', async () => {
  const { cloud } = rig;
  await cloud.ssm.send(
    new PutParameterCommand({
      Name: `${names.parameterPath}/lock/1`,
      Type: 'String',
      Value: '{}',
      Tags: [
        { Key: 'chatops:stack', Value: scope.stack },
        { Key: 'chatops:id', Value: 'lock' },
      ],
    }),
  );
  expect(await parameter.find(cloud, scope)).toEqual([]);
});

it('a parameter of that name that is not ours is refused, and its value kept', async () => {
  const { cloud } = rig;
  await cloud.ssm.send(new PutParameterCommand({ Name: props.name, Type: 'String', Value: 'mine' }));
  await expect(parameter.create(cloud, props, stepOf('parameter-redis-url'))).rejects.toEqual(foreign);
  expect(await parameter.find(cloud, scope)).toEqual([]);
});
