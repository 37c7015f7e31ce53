import {
  ModifyLoadBalancerAttributesCommand,
  type LoadBalancerAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { createLoadBalancer, createNetwork } from './elbv2-network.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
beforeAll(async () => {
  local = await startLocalCloud();
});
afterAll(() => local.close());

const make = (Bucket: string, place = 'local') =>
  local.s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: place as never },
    }),
  );
const put = (Bucket: string, Key: string, Body = Key) =>
  local.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const policy = (Bucket: string, Policy: object | string) =>
  local.s3.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: typeof Policy === 'string' ? Policy : JSON.stringify({ Statement: [Policy] }),
    }),
  );

test('an object comes back as it went in, whatever its key', async () => {
  await make('objects');
  const Key = 'AWSLogs/ä b+c&d=e/100%.log';
  await put('objects', Key, 'a line\n');
  const { Body, ETag } = await local.s3.send(new GetObjectCommand({ Bucket: 'objects', Key }));
  expect(await Body!.transformToString()).toBe('a line\n');
  expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
  await expect(local.s3.send(new GetObjectCommand({ Bucket: 'objects', Key: 'none' }))).rejects.toMatchObject(
    { name: 'NoSuchKey' },
  );
});

test('lists objects by prefix, by folder and in pages', async () => {
  await make('listing');
  for (const key of ['a/1', 'a/2', 'b/1', 'c']) await put('listing', key);
  const list = async (input: object) => {
    const answer = await local.s3.send(new ListObjectsV2Command({ Bucket: 'listing', ...input }));
    return [answer.Contents?.map(({ Key }) => Key), answer.CommonPrefixes?.map(({ Prefix }) => Prefix)];
  };
  expect(await list({ Prefix: 'a/' })).toEqual([['a/1', 'a/2'], undefined]);
  expect(await list({ Delimiter: '/' })).toEqual([['c'], ['a/', 'b/']]);
  const seen: string[] = [];
  const pages = paginateListObjectsV2({ client: local.s3, pageSize: 3 }, { Bucket: 'listing' });
  for await (const { Contents } of pages) seen.push(...Contents!.map(({ Key }) => Key!));
  expect(seen).toEqual(['a/1', 'a/2', 'b/1', 'c']);
});

test('a bucket with objects is not deleted', async () => {
  await make('full-bucket');
  await put('full-bucket', 'one');
  const remove = () => local.s3.send(new DeleteBucketCommand({ Bucket: 'full-bucket' }));
  await expect(remove()).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  const Delete = { Objects: [{ Key: 'one' }, { Key: 'never there' }] };
  await local.s3.send(new DeleteObjectsCommand({ Bucket: 'full-bucket', Delete }));
  await remove();
  await expect(local.s3.send(new HeadBucketCommand({ Bucket: 'full-bucket' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
});

test('refuses names, places and policies that S3 refuses', async () => {
  await make('taken');
  await expect(make('taken')).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  await expect(make('No_Bucket')).rejects.toMatchObject({ name: 'InvalidBucketName' });
  await expect(make('elsewhere', 'eu-west-3')).rejects.toMatchObject({
    name: 'IllegalLocationConstraintException',
  });
  await expect(local.s3.send(new GetBucketPolicyCommand({ Bucket: 'taken' }))).rejects.toMatchObject({
    name: 'NoSuchBucketPolicy',
  });
  await expect(policy('taken', '{')).rejects.toMatchObject({ name: 'MalformedPolicy' });
  const open = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' };
  await expect(policy('taken', { ...open, Resource: 'arn:aws:s3:::other/*' })).rejects.toMatchObject({
    name: 'MalformedPolicy',
  });
  // New buckets are closed to the public.
  await expect(policy('taken', { ...open, Resource: 'arn:aws:s3:::taken/*' })).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

test('a load balancer writes a test file to the bucket of its access logs, or says why it cannot', async () => {
  const { LoadBalancerArn } = await createLoadBalancer(local, await createNetwork(local));
  const log = (bucket: string) => {
    const Attributes: LoadBalancerAttribute[] = [
      { Key: 'access_logs.s3.enabled', Value: 'true' },
      { Key: 'access_logs.s3.bucket', Value: bucket },
      { Key: 'access_logs.s3.prefix', Value: 'web' },
    ];
    return local.elbv2.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
  };
  await expect(log('nowhere')).rejects.toMatchObject({ message: expect.stringContaining('same region') });
  await make('access-logs');
  await expect(log('access-logs')).rejects.toMatchObject({
    name: 'InvalidConfigurationRequestException',
    message: 'Access Denied for bucket: access-logs. Please check S3bucket permission',
  });
  await policy('access-logs', {
    Effect: 'Allow',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::access-logs/web/AWSLogs/000000000000/*',
  });
  await log('access-logs');
  const { Contents } = await local.s3.send(new ListObjectsV2Command({ Bucket: 'access-logs' }));
  expect(Contents!.map(({ Key }) => Key)).toEqual(['web/AWSLogs/000000000000/ELBAccessLogTestFile']);
});
