import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bucket } from '../../../src/resources/s3/bucket.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf } from './rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

const name = names.accessLogBucket('000000000000');
const statement = (Action: string) => ({
  Sid: 'AccessLogs',
  Effect: 'Allow',
  Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
  Action,
  Resource: `arn:aws:s3:::${name}/*`,
});
const policyFor = (action: string) => ({ Version: '2012-10-17', Statement: [statement(action)] });
const props = { name, expiry: 30, policy: policyFor('s3:PutObject') };

it('a bucket keeps policy and expiry, is closed and encrypted, and goes with its objects', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, bucket, 'access-log-bucket');
  await life.create(props);
  expect(await life.changes({ ...props, name: 'other' })).toEqual(['replace name']);
  await life.update({ ...props, expiry: 7 });
  await life.update({ ...props, policy: policyFor('s3:GetObject') });
  await life.update(props);

  await cloud.s3.send(new DeletePublicAccessBlockCommand({ Bucket: name }));
  const kms = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } };
  await cloud.s3.send(
    new PutBucketEncryptionCommand({
      Bucket: name,
      ServerSideEncryptionConfiguration: { Rules: [kms] },
    }),
  );
  const Rules = [
    { ID: 'mine', Status: 'Enabled' as const, Filter: { Prefix: 'a/' }, Expiration: { Days: 30 } },
  ];
  await cloud.s3.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket: name, LifecycleConfiguration: { Rules } }),
  );
  expect(await life.changes(props)).toEqual([
    'update expiry',
    'update encryption',
    'update publicAccessBlocked',
  ]);
  await life.update(props);

  for (const Key of ['AWSLogs/a b+c.gz', 'AWSLogs/é/2.gz', 'plain']) {
    await cloud.s3.send(new PutObjectCommand({ Bucket: name, Key, Body: Key }));
  }
  await life.delete();
  const { Buckets } = await cloud.s3.send(new ListBucketsCommand({}));
  expect(Buckets ?? []).toEqual([]);
});

it('a bucket with more objects than a page is emptied', async () => {
  const { cloud, local } = rig;
  await bucket.create(cloud, props, stepOf('access-log-bucket'));
  const { putObject } = await import('../../../src/local-cloud/services/s3/content.ts');
  const { buckets } = await import('../../../src/local-cloud/services/s3/state.ts');
  const state = buckets(local.call()).get(name)!;
  for (let index = 0; index < 1001; index += 1) {
    await putObject(local.cloud, state, `log-${index}`, Buffer.from('x'));
  }
  const { IsTruncated, KeyCount } = await cloud.s3.send(new ListObjectsV2Command({ Bucket: name }));
  expect({ IsTruncated, KeyCount }).toEqual({ IsTruncated: true, KeyCount: 1000 });
  const [found] = await bucket.find(cloud, scope);
  await bucket.delete(cloud, found!.attrs, stepOf('access-log-bucket'));
  expect(await bucket.find(cloud, scope)).toEqual([]);
});

it('tags change as a whole set, in which the owner’s stay', async () => {
  const { cloud } = rig;
  await bucket.create(cloud, props, stepOf('access-log-bucket'));
  const [found] = await bucket.find(cloud, scope);
  const step = stepOf('access-log-bucket');
  await bucket.tag!(cloud, found!.attrs, { set: { team: 'chat', stage: 'test' }, remove: [] }, step);
  await bucket.tag!(cloud, found!.attrs, { set: { team: 'talk' }, remove: ['stage'] }, step);
  expect((await bucket.find(cloud, scope))[0]!.tags).toEqual({ team: 'talk' });
  const { TagSet } = await cloud.s3.send(new GetBucketTaggingCommand({ Bucket: name }));
  expect(TagSet!.map(({ Key }) => Key)).toEqual(expect.arrayContaining(['chatops:stack', 'chatops:id']));
});

it('a bucket of that name that is not ours is refused and kept', async () => {
  const { cloud } = rig;
  await cloud.s3.send(
    new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: { LocationConstraint: 'local' as never },
    }),
  );
  await expect(bucket.create(cloud, props, stepOf('access-log-bucket'))).rejects.toEqual(foreign);
  expect(await bucket.find(cloud, scope)).toEqual([]);
});
