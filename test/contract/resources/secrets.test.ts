import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { apply } from '../../../src/engine/apply.ts';
import { pictureOf } from './picture.ts';
import { startCloud } from './rig.ts';
import { smallImage } from './small-image.ts';
import { bringTo, engineContext, inWords, planOf } from './stack-rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
let cloud: Cloud;
beforeAll(async () => {
  rig = await startCloud();
  cloud = rig.cloud;
  const value = { Type: 'SecureString', Value: 'hidden' } as const;
  await cloud.ssm.send(new PutParameterCommand({ Name: '/talk/token', ...value }));
  await cloud.ssm.send(new PutParameterCommand({ Name: '/talk/other', ...value }));
});
afterAll(() => rig.close());

const image = { build: await smallImage('secrets') };

const planned = (service: object) => planOf({ cloud, image }, { service }, inWords.paths);

async function up(service: object) {
  await bringTo({ cloud, image }, { service });
  return pictureOf(cloud);
}

const parameter = (name: string) => `arn:aws:ssm:local:000000000000:parameter${name}`;
const redisUrl = parameter('/chatops/chat/default/local/redis-url');

/** What the execution role may read, and what the newest task definition names. */
function reading({ roles, taskDefinitions }: Awaited<ReturnType<typeof pictureOf>>) {
  const { inline } = roles.find(({ name }) => name?.endsWith('-execution'))!;
  const { Statement } = (inline as { secrets: { Statement: { Action: string; Resource: unknown }[] } })
    .secrets;
  return {
    role: Statement.map(({ Action, Resource }) => [Action, Resource]),
    task: Object.fromEntries(
      taskDefinitions.at(-1)!.containers[0]!.secrets!.map(({ name, valueFrom }) => [name, valueFrom]),
    ),
  };
}

it('secrets come to the task and to the role, change, and go again', async () => {
  const start = reading(await up({}));
  expect(start).toEqual({
    role: [['ssm:GetParameters', redisUrl]],
    task: { REDIS_URL: redisUrl },
  });
  const wanted = { secrets: { TOKEN: '/talk/token', SAME: parameter('/talk/token') } };
  expect((await planned(wanted)).todo).toEqual([
    'role-execution: inlinePolicies.secrets',
    'service: taskDefinition',
    'task-definition: container.secrets.SAME, container.secrets.TOKEN',
  ]);
  expect(reading(await up(wanted))).toEqual({
    role: [['ssm:GetParameters', [redisUrl, parameter('/talk/token')]]],
    task: { REDIS_URL: redisUrl, TOKEN: parameter('/talk/token'), SAME: parameter('/talk/token') },
  });
  expect(reading(await up({ secrets: { TOKEN: 'talk/other' } }))).toEqual({
    role: [['ssm:GetParameters', [redisUrl, parameter('/talk/other')]]],
    task: { REDIS_URL: redisUrl, TOKEN: parameter('/talk/other') },
  });
  expect(reading(await up({}))).toEqual(start);
});

it('a secret that is gone keeps the tasks from starting, and the reason is told', async () => {
  await cloud.ssm.send(new DeleteParameterCommand({ Name: '/talk/other' }));
  const { whole } = await planned({ secrets: { TOKEN: '/talk/other' } });
  const { outcome, error } = await apply(engineContext(cloud), whole);
  expect(outcome).toBe('failed');
  expect(error?.message).toContain('invalid ssm parameters: /talk/other');
  await up({});
});

it('a secret of Secrets Manager is in the task definition with its key, and the role may read it', async () => {
  const { ARN } = await cloud.secretsManager.send(
    new CreateSecretCommand({ Name: 'talk/db', SecretString: '{"password":"hidden"}' }),
  );
  const { role, task } = reading(await up({ secrets: { PASSWORD: `${ARN}:password::` } }));
  expect(role).toContainEqual(['secretsmanager:GetSecretValue', ARN]);
  expect(task['PASSWORD']).toBe(`${ARN}:password::`);
  await up({});
});

it('credentials of an outside registry are in the task definition, and the role may read them', async () => {
  const arn = 'arn:aws:secretsmanager:local:000000000000:secret:registry-AbCdEf';
  const service = { registryCredentials: arn };
  expect((await planned(service)).todo).toEqual([
    'role-execution: inlinePolicies.secrets',
    'service: taskDefinition',
    'task-definition: container.registryCredentials',
  ]);
  const picture = await up(service);
  expect(reading(picture).role).toEqual([
    ['ssm:GetParameters', redisUrl],
    ['secretsmanager:GetSecretValue', arn],
  ]);
  expect(picture.taskDefinitions.at(-1)?.containers[0]?.registryCredentials).toBe(arn);
  const after = await up({});
  expect(reading(after).role).toEqual([['ssm:GetParameters', redisUrl]]);
  expect(after.taskDefinitions.at(-1)?.containers[0]?.registryCredentials).toBeUndefined();
});
