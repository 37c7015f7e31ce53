import type { Operations } from '../../operation.ts';
import { CreateBucket, DeleteBucket, HeadBucket, ListBuckets } from './bucket.ts';
import { objectOperations } from './object.ts';
import { settingsOperations } from './settings.ts';
import { DeleteBucketTagging, GetBucketTagging, PutBucketTagging } from './tagging.ts';

export const operations: Operations = {
  ...objectOperations,
  ...settingsOperations,
  CreateBucket,
  DeleteBucket,
  DeleteBucketTagging,
  GetBucketTagging,
  HeadBucket,
  ListBuckets,
  PutBucketTagging,
};
