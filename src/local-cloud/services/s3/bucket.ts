import type {
  CreateBucketCommandInput,
  CreateBucketCommandOutput,
  DeleteBucketCommandInput,
  DeleteBucketCommandOutput,
  HeadBucketCommandInput,
  HeadBucketCommandOutput,
  ListBucketsCommandInput,
  ListBucketsCommandOutput,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { bucketOf, buckets } from './state.ts';
import { tagMap } from './tagging.ts';

/** As S3 makes them since 2023: closed to the public, and encrypted with S3's own keys. */
export const CreateBucket: Operation<CreateBucketCommandInput, CreateBucketCommandOutput> = (input, call) => {
  const name = input.Bucket ?? '';
  if (!/^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name });
  }
  const { LocationConstraint: place = 'us-east-1', Tags } = input.CreateBucketConfiguration ?? {};
  if (place !== call.region) {
    throw new AwsError(
      'IllegalLocationConstraintException',
      `The ${place} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  const before = buckets(call).get(name);
  if (before !== undefined && !(before.region === 'us-east-1' && call.region === 'us-east-1')) {
    throw new AwsError(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      409,
      { BucketName: name },
    );
  }
  if (before === undefined) {
    buckets(call).set(name, {
      name,
      region: call.region,
      createdAt: call.now,
      tags: tagMap(Tags),
      policy: undefined,
      lifecycle: undefined,
      encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      publicAccessBlock: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
      objects: new Map(),
    });
  }
  return { Location: `/${name}` };
};

export const HeadBucket: Operation<HeadBucketCommandInput, HeadBucketCommandOutput> = (input, call) => ({
  BucketRegion: bucketOf(call, input.Bucket).region,
});

export const ListBuckets: Operation<ListBucketsCommandInput, ListBucketsCommandOutput> = (input, call) => {
  const { Prefix = '', BucketRegion } = input;
  const found = [...buckets(call).values()].filter(
    ({ name, region }) => name.startsWith(Prefix) && (BucketRegion === undefined || BucketRegion === region),
  );
  const { items, next } = page(found, {
    key: ({ name }) => name,
    size: input.MaxBuckets ?? 10_000,
    token: input.ContinuationToken,
    invalid: () => new AwsError('InvalidArgument', 'The continuation token provided is incorrect'),
  });
  return {
    Buckets: items.map(({ name, region, createdAt }) => ({
      Name: name,
      CreationDate: createdAt,
      BucketRegion: region,
    })),
    Owner: { ID: call.account },
    ContinuationToken: next,
  };
};

export const DeleteBucket: Operation<DeleteBucketCommandInput, DeleteBucketCommandOutput> = (input, call) => {
  const { name, objects } = bucketOf(call, input.Bucket);
  if (objects.size > 0) {
    throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
      BucketName: name,
    });
  }
  buckets(call).delete(name);
  return {};
};
