import { request } from 'node:http';
import {
  CreateSubnetCommand,
  DescribeInstancesCommand,
  DescribeVpcsCommand,
  EC2Client,
  EC2ServiceException,
} from '@aws-sdk/client-ec2';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { ECSClient, ListClustersCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { DescribeUsersCommand, CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateRoleCommand,
  IAMClient,
  ListRolesCommand,
  ListVirtualMFADevicesCommand,
} from '@aws-sdk/client-iam';
import { GetParameterCommand, ListOpsMetadataCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { services } from '../../../src/local-cloud/services/index.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';

let cloud: TestCloud;

/** The operations that this file needs; what real handlers do does not matter here. */
const operations = {
  ...Object.fromEntries(
    [
      'CreateSubnet',
      'CreateReplicationGroup',
      'DescribeTargetHealth',
      'CreateRole',
      'GetParameter',
      'PutImage',
      'RegisterTaskDefinition',
      'DescribeLogStreams',
    ].map((name) => [name, () => ({})]),
  ),
  DescribeVpcs(): never {
    throw new TypeError('a mistake in a handler');
  },
};

beforeAll(async () => {
  cloud = await startLocalCloud({
    services: services.map((service) => ({ ...service, operations: async () => operations })),
  });
});
afterAll(() => cloud.close());

describe('a request that does not belong to this local cloud', () => {
  const other = { accessKeyId: 'LOCALOTHER', secretAccessKey: 'x' };

  it('with an unknown access key is refused as AWS refuses it', async () => {
    const settings = { region: 'local', endpoint: cloud.endpoint, credentials: other, maxAttempts: 1 };
    await expect(new EC2Client(settings).send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: 'AuthFailure',
      message: 'AWS was not able to validate the provided access credentials',
      $metadata: { httpStatusCode: 401 },
    });
    await expect(new IAMClient(settings).send(new ListRolesCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(new ECSClient(settings).send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
  });

  it('with the right access key and a wrong secret is refused', async () => {
    const credentials = { ...cloud.credentials, secretAccessKey: 'wrong' };
    const settings = { region: 'local', endpoint: cloud.endpoint, credentials, maxAttempts: 1 };
    await expect(new IAMClient(settings).send(new ListRolesCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    await expect(
      new ECRClient(settings).send(new PutImageCommand({ repositoryName: 'a', imageManifest: 'b' })),
    ).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('from a web page, or under another name, is refused before its signature is looked at', async () => {
    expect(await raw({ origin: 'http://127.0.0.1' })).toMatchObject({
      status: 403,
      body: expect.stringContaining('a web page'),
    });
    expect(await raw({ host: 'rebound.example' })).toMatchObject({
      status: 403,
      body: expect.stringContaining('rebound.example'),
    });
    expect(await raw({ host: 'rebound.example' }, '/v2/')).toMatchObject({ status: 403 });
    expect(await raw({ origin: 'null' }, '/_chatops/status')).toMatchObject({ status: 403 });
  });

  it('without a signature is refused, whatever its path', async () => {
    expect(await raw({})).toMatchObject({
      status: 403,
      body: expect.stringContaining('MissingAuthenticationToken'),
    });
    expect(await raw({ 'x-amz-target': 'AmazonSSM.GetParameter' })).toMatchObject({
      status: 400,
      body: expect.stringContaining('MissingAuthenticationTokenException'),
    });
    expect(await raw({}, '/_chatops/status')).toMatchObject({ status: 403 });
    expect(await raw({}, '/_chatops/shutdown')).toMatchObject({ status: 403 });
    expect(await raw({}, '/v2/')).toMatchObject({ status: 401 });
  });
});

describe('a required member that is missing', () => {
  it('is named in the words of each service', async () => {
    const { ec2, elbv2, elasticache, ecs, ecr, iam, ssm } = cloud;
    const nothing = {} as never;
    await expect(ec2.send(new CreateSubnetCommand(nothing))).rejects.toMatchObject({
      name: 'MissingParameter',
      message: 'The request must contain the parameter VpcId',
    });
    await expect(elasticache.send(new CreateReplicationGroupCommand(nothing))).rejects.toMatchObject({
      name: 'MissingParameter',
      message: 'The request must contain the parameter ReplicationGroupId',
    });
    await expect(elbv2.send(new DescribeTargetHealthCommand(nothing))).rejects.toMatchObject({
      name: 'ValidationError',
      message:
        "1 validation error detected: Value null at 'targetGroupArn' failed to satisfy constraint: Member must not be null",
    });
    await expect(iam.send(new CreateRoleCommand(nothing))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(ssm.send(new GetParameterCommand(nothing))).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    });
    await expect(ecr.send(new PutImageCommand(nothing))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'Member must not be null'",
    });
    const family = new RegisterTaskDefinitionCommand(nothing);
    await expect(ecs.send(family)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Family can not be blank.',
    });
  });
});

describe('a value of the wrong type', () => {
  it('is refused before it reaches a handler', async () => {
    const { ec2, elbv2, ecs, ssm } = cloud;
    const family = { family: 'a', containerDefinitions: [{ name: 1 }] } as never;
    await expect(ecs.send(new RegisterTaskDefinitionCommand(family))).rejects.toMatchObject({
      name: 'SerializationException',
      message: 'containerDefinitions.0.name: a number where a string is expected',
    });
    await expect(ssm.send(new GetParameterCommand({ Name: ['a'] } as never))).rejects.toMatchObject({
      name: 'SerializationException',
      message: 'Name: a list where a string is expected',
    });
    const subnet = { VpcId: 'vpc-1', DryRun: 'perhaps' } as never;
    await expect(ec2.send(new CreateSubnetCommand(subnet))).rejects.toMatchObject({
      name: 'MalformedInput',
      message: "Invalid value 'perhaps' for DryRun: it is not a boolean.",
    });
    const targets = { TargetGroupArn: 'arn', Targets: [{ Id: 'a', Port: 'b' }] } as never;
    await expect(elbv2.send(new DescribeTargetHealthCommand(targets))).rejects.toMatchObject({
      name: 'MalformedInput',
      message: "Invalid value 'b' for Targets.1.Port: it is not a number.",
    });
  });
});

describe('an operation that is not here', () => {
  it('is refused in each protocol', async () => {
    const { ec2, elasticache, iam, ssm } = cloud;
    await expect(ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'The action DescribeInstances is not valid for this web service.',
    });
    await expect(elasticache.send(new DescribeUsersCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'Could not find operation DescribeUsers for version 2015-02-02',
    });
    await expect(iam.send(new ListVirtualMFADevicesCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
    });
    await expect(ssm.send(new ListOpsMetadataCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});

it('a mistake in a handler is an internal failure, with its stack in the log and not in the answer', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const failure = await cloud.ec2.send(new DescribeVpcsCommand({})).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EC2ServiceException);
  expect(failure).toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
  expect((failure as Error).message).not.toContain('mistake');
  expect(log.mock.calls.join('\n')).toMatch(
    /ec2 .* InternalFailure: TypeError: a mistake in a handler\n +at /,
  );
  log.mockRestore();
});

/** A request that no SDK would send. */
function raw(headers: Record<string, string>, path = '/'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${cloud.endpoint}${path}`, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    })
      .on('error', reject)
      .end();
  });
}
