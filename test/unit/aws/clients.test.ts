import {
  CreateNatGatewayCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { connect } from '../../../src/aws/clients.ts';
import type { ConnectOptions } from '../../../src/aws/clients.ts';
import { explain } from '../../../src/aws/errors.ts';
import type { Call } from '../../../src/aws/operations.ts';
import { ec2Error, identityAnswer, queryError, scriptedServer } from '../../helpers/scripted-server.ts';
import type { Answer } from '../../helpers/scripted-server.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** Answers of EC2, in order; the last one stays. */
async function scene(answers: Answer[], more: Partial<ConnectOptions> = {}) {
  const server = await scriptedServer((operation) =>
    operation === 'GetCallerIdentity' ? identityAnswer : answers.length > 1 ? answers.shift()! : answers[0]!,
  );
  closing.push(server.close);
  const calls: Call[] = [];
  const options = { region: 'eu-west-3', endpoint: server.url, credentials, clock: new VirtualClock() };
  const cloud = await connect({ ...options, onCall: (call) => calls.push(call), ...more });
  const sent = (operation: string) => server.seen.filter((one) => one.operation === operation);
  return { cloud, calls, sent, server };
}

const vpcMade: Answer = {
  status: 200,
  body: '<CreateVpcResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>',
};
const noVpcs: Answer = {
  status: 200,
  body: '<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcSet/></DescribeVpcsResponse>',
};
const natMade: Answer = {
  status: 200,
  body: '<CreateNatGatewayResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><clientToken>t</clientToken></CreateNatGatewayResponse>',
};
const done: Answer = { status: 200, body: '<Response><return>true</return></Response>' };

describe('connecting', () => {
  test('says account and partition of the credentials', async () => {
    const { cloud } = await scene([noVpcs]);
    expect(cloud).toMatchObject({ account: '123456789012', partition: 'aws-cn', region: 'eu-west-3' });
    expect(cloud.ec2).toBe(cloud.ec2);
  });

  test('honours AWS_ENDPOINT_URL where no endpoint is given', async () => {
    const server = await scriptedServer(() => identityAnswer);
    closing.push(server.close);
    vi.stubEnv('AWS_ENDPOINT_URL', server.url);
    expect((await connect({ region: 'eu-west-3', credentials })).account).toBe('123456789012');
    expect(server.seen).toHaveLength(1);
  });

  test('nobody there: exit code 4 with the address, within a few seconds', async () => {
    const server = await scriptedServer(() => identityAnswer);
    await server.close();
    const startedAt = Date.now();
    const failing = connect({ region: 'eu-west-3', endpoint: server.url, credentials });
    await expect(failing).rejects.toMatchObject({
      code: 'aws.unreachable',
      exit: 4,
      message: expect.stringContaining(`cannot reach ${new URL(server.url).host}`),
      hint: expect.stringContaining('AWS_ENDPOINT_URL'),
    });
    expect(Date.now() - startedAt).toBeLessThan(8_000);
  });

  test.each([
    ['InvalidClientTokenId', 'check the access key'],
    ['ExpiredToken', 'renew the credentials'],
    ['AccessDenied', 'administrator'],
  ])('%s: exit code 4 with a hint', async (code, hint) => {
    const server = await scriptedServer(() => queryError(403, code));
    closing.push(server.close);
    await expect(connect({ region: 'eu-west-3', endpoint: server.url, credentials })).rejects.toMatchObject({
      exit: 4,
      message: expect.stringContaining(`sts GetCallerIdentity: ${code}`),
      hint: expect.stringContaining(hint),
    });
    expect(server.seen).toHaveLength(1);
  });

  test('no credentials anywhere: exit code 4 and how to set them', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_SESSION_TOKEN'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    await expect(connect({ region: 'eu-west-3', endpoint: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      exit: 4,
      hint: expect.stringContaining('AWS_PROFILE'),
    });
  });
});

describe('trying again', () => {
  test('a throttled creation is sent again, many times: it was refused, not performed', async () => {
    const refusals = Array<Answer>(7).fill(ec2Error(503, 'RequestLimitExceeded'));
    const { cloud, sent } = await scene([...refusals, vpcMade]);
    const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    expect(Vpc!.VpcId).toBe('vpc-1');
    expect(sent('CreateVpc')).toHaveLength(8);
  });

  test.each<[string, Answer]>([
    ['a lost answer', 'reset'],
    ['a 500', ec2Error(500, 'InternalError')],
  ])('a creation is not sent again after %s: it may have been performed', async (_name, answer) => {
    const { cloud, sent } = await scene([answer, vpcMade]);
    await expect(cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).rejects.toThrow();
    expect(sent('CreateVpc')).toHaveLength(1);
  });

  test('a deletion neither', async () => {
    const { cloud, sent } = await scene(['reset', done]);
    await expect(cloud.ec2.send(new DeleteVpcCommand({ VpcId: 'vpc-1' }))).rejects.toThrow();
    expect(sent('DeleteVpc')).toHaveLength(1);
  });

  test('a reading is sent again after lost answers and errors', async () => {
    const { cloud, sent } = await scene(['reset', ec2Error(500, 'InternalError'), 'reset', noVpcs]);
    expect((await cloud.ec2.send(new DescribeVpcsCommand({}))).Vpcs ?? []).toEqual([]);
    expect(sent('DescribeVpcs')).toHaveLength(4);
  });

  test('so is what leads to the same end twice, and what carries a client token, always the same', async () => {
    const { cloud, sent } = await scene(['reset', done, 'reset', natMade]);
    await cloud.ec2.send(new CreateTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'a', Value: 'b' }] }));
    expect(sent('CreateTags')).toHaveLength(2);
    await cloud.ec2.send(new CreateNatGatewayCommand({ SubnetId: 'subnet-1' }));
    const tokens = sent('CreateNatGateway').map(({ body }) => new URLSearchParams(body).get('ClientToken'));
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toBeTruthy();
    expect(tokens[1]).toBe(tokens[0]);
  });

  test('it ends: after a minute the error comes through, and names the call', async () => {
    const clock = new VirtualClock();
    const { cloud } = await scene([ec2Error(503, 'RequestLimitExceeded', 'Request limit exceeded.')], {
      clock,
    });
    const startedAt = clock.now();
    const error: unknown = await cloud.ec2
      .send(new DescribeVpcsCommand({}))
      .catch((thrown: unknown) => thrown);
    expect(explain(error).message).toBe('ec2 DescribeVpcs: RequestLimitExceeded: Request limit exceeded.');
    expect(clock.now() - startedAt).toBeGreaterThan(55_000);
    expect(clock.now() - startedAt).toBeLessThan(90_000);
  });

  test('an interrupted command does not wait for the next try', async () => {
    const stop = new AbortController();
    const { cloud, sent } = await scene([ec2Error(503, 'RequestLimitExceeded')], { signal: stop.signal });
    stop.abort();
    await expect(cloud.ec2.send(new DescribeVpcsCommand({}))).rejects.toThrow('RequestLimitExceeded');
    expect(sent('DescribeVpcs')).toHaveLength(1);
  });
});

test('the first call is tried for long where it is throttled, for there is a way', async () => {
  let left = 6;
  const server = await scriptedServer(() =>
    (left -= 1) > 0 ? queryError(400, 'Throttling') : identityAnswer,
  );
  closing.push(server.close);
  const cloud = await connect({
    region: 'eu-west-3',
    endpoint: server.url,
    credentials,
    clock: new VirtualClock(),
  });
  expect(cloud.account).toBe('123456789012');
  expect(server.seen).toHaveLength(6);
});

test('every attempt is told, with service, operation and whether it writes', async () => {
  const { cloud, calls } = await scene(['reset', noVpcs, vpcMade]);
  await cloud.ec2.send(new DescribeVpcsCommand({}));
  await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  expect(calls).toEqual([
    { service: 'sts', operation: 'GetCallerIdentity', write: false },
    { service: 'ec2', operation: 'DescribeVpcs', write: false },
    { service: 'ec2', operation: 'DescribeVpcs', write: false },
    { service: 'ec2', operation: 'CreateVpc', write: true },
  ]);
});
