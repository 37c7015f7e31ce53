import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readEcsPlace } from '../../chat-server/src/ecs/place.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import type { FakeEcs } from '../helpers/fake-ecs.ts';
import { fakeEcs } from '../helpers/fake-ecs.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

const said = (node: ChatNode) => node.log.map(({ message }) => message);

describe.skipIf(!hasRedis)('a node behind a load balancer', () => {
  let redis: TestRedis;
  let ecs: FakeEcs;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    ecs = await fakeEcs('initial Elb.RegistrationInProgress');
  });
  afterEach(() => ecs.close());

  const start = () => startNode(redis.url, 'a', { ecs: ecs.place, targetWatchMs: 50 });

  test('sends its clients away as soon as its target drains, long before SIGTERM', async () => {
    const node = await start();
    await until(() => said(node).includes('target watched'));
    ecs.health = 'healthy -';
    const chat = await ChatClient.open(node.port);
    await chat.join('room');
    ecs.health = 'draining Target.DeregistrationInProgress';
    expect(await chat.next('reconnect')).toMatchObject({ afterMs: 0 });
    await expect(new ChatClient(node.port).opened()).rejects.toThrow('503');
    expect(await chat.say('room', 'still served')).toMatchObject({ offset: 1 });
    expect(await chat.closed).toBe(1012);
    expect(Object.fromEntries(ecs.calls[0]!)).toEqual({
      Action: 'DescribeTargetHealth',
      Version: '2015-12-01',
      TargetGroupArn: ecs.place.targetGroupArns[0],
      'Targets.member.1.Id': '10.0.1.7',
      'Targets.member.1.Port': '0',
    });
    expect(ecs.calls.length).toBeGreaterThan(2);
    expect(ecs.asked).toBe(1);
    await node.server.drain();
  });

  test('a client is asked once, by the target and by SIGTERM together', async () => {
    const node = await start();
    await until(() => said(node).includes('target watched'));
    const chat = await ChatClient.open(node.port);
    ecs.health = 'draining Target.DeregistrationInProgress';
    await chat.next('reconnect');
    await node.server.drain();
    await chat.closed;
    expect(chat.frames.filter(({ type }) => type === 'reconnect')).toHaveLength(1);
  });

  test('a target that was drained too fast to be seen draining is gone as well', async () => {
    const node = await start();
    await until(() => said(node).includes('target watched'));
    ecs.health = 'unused Target.NotRegistered';
    await until(() => said(node).includes('target drains'));
    await node.server.close();
  });

  test('of two target groups it watches the one that it is in', async () => {
    const [first] = ecs.place.targetGroupArns;
    const other = `${first}-other`;
    ecs.place.targetGroupArns = [first!, other];
    ecs.elsewhere = { [first!]: 'unused Target.NotRegistered' };
    const node = await start();
    await until(() => said(node).includes('target watched'));
    const before = ecs.calls.length;
    await until(() => ecs.calls.length > before + 2);
    const asked = ecs.calls.slice(before).map((form) => form.get('TargetGroupArn'));
    ecs.health = 'draining Target.DeregistrationInProgress';
    await until(() => said(node).includes('target drains'));
    expect(new Set(asked)).toEqual(new Set([other]));
    await node.server.close();
  });

  test('before it is registered nothing drains, whoever had the address before', async () => {
    ecs.health = 'draining Target.DeregistrationInProgress';
    const node = await start();
    await until(() => ecs.calls.length > 2);
    ecs.health = 'unused Target.NotRegistered';
    await until(() => ecs.calls.length > 5);
    const chat = await ChatClient.open(node.port);
    expect(said(node)).not.toContain('target drains');
    await chat.cut();
    await node.server.close();
  });

  test('a target that is registered again takes clients again', async () => {
    const node = await start();
    await until(() => said(node).includes('target watched'));
    ecs.health = 'draining Target.DeregistrationInProgress';
    await until(() => said(node).includes('target drains'));
    ecs.health = 'initial Elb.RegistrationInProgress';
    await until(() => said(node).includes('target is back'));
    const chat = await ChatClient.open(node.port);
    await chat.cut();
    await node.server.close();
  });

  test('a role that may not look is said once, and SIGTERM still drains', async () => {
    ecs.health = 'AccessDenied';
    const node = await start();
    const warning = 'target not watched, so clients leave at SIGTERM';
    await until(() => said(node).includes(warning));
    const { level, fields } = node.log.find(({ message }) => message === warning)!;
    expect({ level, fields }).toEqual({ level: 'warn', fields: { reason: 'AccessDenied: no' } });
    const chat = await ChatClient.open(node.port);
    ecs.health = 'healthy -';
    await until(() => said(node).includes('target watched again'));
    const drained = node.server.drain();
    await chat.next('reconnect');
    expect(await chat.closed).toBe(1012);
    await drained;
    expect(said(node).filter((message) => message.startsWith('target not watched'))).toHaveLength(1);
  });

  test.each([
    ['credentialsUri', 'the task has no role'],
    ['metadataUri', 'there is no task metadata'],
  ] as const)('without %s the log says why nothing is watched', async (missing, reason) => {
    const place = { ...ecs.place, [missing]: undefined };
    const node = await startNode(redis.url, 'a', { ecs: place, targetWatchMs: 50 });
    await until(() => node.log.some(({ fields }) => fields?.['reason'] === reason));
    await node.server.close();
  });
});

describe('where a task asks', () => {
  const arn = 'arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/chat/0123456789abcdef';

  test('on Fargate: the region of the target group, and the credentials of the task', () => {
    expect(
      readEcsPlace({
        CHATOPS_TARGET_GROUP_ARN: arn,
        ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/1',
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/2',
      }),
    ).toEqual({
      targetGroupArns: [arn],
      metadataUri: 'http://169.254.170.2/v4/1',
      credentialsUri: 'http://169.254.170.2/v2/credentials/2',
      authorization: undefined,
      endpoint: 'https://elasticloadbalancing.eu-west-3.amazonaws.com',
      region: 'eu-west-3',
    });
  });

  test('in China, and where an endpoint is set', () => {
    const china = arn.replace('aws', 'aws-cn').replace('eu-west-3', 'cn-north-1');
    expect(readEcsPlace({ CHATOPS_TARGET_GROUP_ARN: china })?.endpoint).toBe(
      'https://elasticloadbalancing.cn-north-1.amazonaws.com.cn',
    );
    const AWS_ENDPOINT_URL = 'http://127.0.0.1:4000';
    expect(readEcsPlace({ CHATOPS_TARGET_GROUP_ARN: arn, AWS_ENDPOINT_URL })?.endpoint).toBe(
      AWS_ENDPOINT_URL,
    );
  });

  test('nothing without a target group', () => {
    expect(readEcsPlace({ ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/1' })).toBeUndefined();
  });
});
