import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  type LifecycleRule,
} from '@aws-sdk/client-s3';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';

/** What a bucket has besides its name. */
export interface BucketSettings {
  /** The bucket policy as an object, or undefined for none. */
  policy: object | undefined;
  /** Days after which all objects are deleted; undefined where that is not the one rule of the bucket. */
  expiry: number | undefined;
  /** `AES256` for S3's own keys. */
  encryption: string | undefined;
  /** Whether all four of the settings are on. */
  publicAccessBlocked: boolean;
}

/** Reads all settings of a bucket at once (`aws s3api get-bucket-policy`, `get-bucket-lifecycle-configuration`, `get-bucket-encryption`, `get-public-access-block`). */
export async function readSettings({ s3 }: Cloud, Bucket: string): Promise<BucketSettings> {
  const [policy, lifecycle, encryption, access] = await Promise.all([
    unless(s3.send(new GetBucketPolicyCommand({ Bucket })), 'NoSuchBucketPolicy', 'NoSuchBucket'),
    unless(
      s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
      'NoSuchLifecycleConfiguration',
      'NoSuchBucket',
    ),
    unless(
      s3.send(new GetBucketEncryptionCommand({ Bucket })),
      'ServerSideEncryptionConfigurationNotFoundError',
      'NoSuchBucket',
    ),
    unless(
      s3.send(new GetPublicAccessBlockCommand({ Bucket })),
      'NoSuchPublicAccessBlockConfiguration',
      'NoSuchBucket',
    ),
  ]);
  const [rule] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  return {
    policy: policy?.Policy === undefined ? undefined : (JSON.parse(policy.Policy) as object),
    expiry: expiryOf(lifecycle?.Rules ?? []),
    encryption: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    publicAccessBlocked: Object.keys(allBlocked).every(
      (setting) => access?.PublicAccessBlockConfiguration?.[setting as keyof typeof allBlocked] === true,
    ),
  };
}

export async function setPolicy({ s3 }: Cloud, Bucket: string, policy: object | undefined): Promise<void> {
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
}

export async function setExpiry({ s3 }: Cloud, Bucket: string, days: number): Promise<void> {
  const rule: LifecycleRule = {
    ID: 'expire',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    Expiration: { Days: days },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  };
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }),
  );
}

export async function setEncryption({ s3 }: Cloud, Bucket: string): Promise<void> {
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } };
  await s3.send(
    new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
  );
}

export async function setPublicAccessBlock({ s3 }: Cloud, Bucket: string): Promise<void> {
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: allBlocked }));
}

const allBlocked = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** Days of the only rule, where that is about all objects. */
function expiryOf(rules: LifecycleRule[]): number | undefined {
  const [rule] = rules;
  const isWhole = rule?.Status === 'Enabled' && (rule.Filter?.Prefix ?? '') === '';
  return rules.length === 1 && isWhole ? rule.Expiration?.Days : undefined;
}
