import type {
  BucketLifecycleConfiguration,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import { AwsError } from '../../operation.ts';

/** An object; its content is a file of its own, see objects.ts. */
export interface ObjectState {
  key: string;
  size: number;
  /** MD5 of the content in quotes. */
  etag: string;
  lastModified: Date;
  contentType: string | undefined;
}

export interface BucketState {
  name: string;
  region: string;
  createdAt: Date;
  tags: Map<string, string>;
  policy: string | undefined;
  lifecycle: BucketLifecycleConfiguration | undefined;
  encryption: ServerSideEncryptionConfiguration;
  publicAccessBlock: PublicAccessBlockConfiguration | undefined;
  objects: Map<string, ObjectState>;
}

type Place = { cloud: LocalCloud; region: string };

/** All buckets of the account, by name. */
export const buckets: (place: Place) => Map<string, BucketState> = store<Map<string, BucketState>>(
  's3',
  () => new Map(),
  'global',
);

/** The bucket of that name. Throws `NoSuchBucket`. */
export function bucketOf(place: Place, name: string | undefined): BucketState {
  const found = buckets(place).get(name ?? '');
  if (found === undefined) {
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
  }
  return found;
}
