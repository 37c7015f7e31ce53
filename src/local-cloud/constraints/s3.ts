import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/AmazonS3/latest/API';

const naming = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html';

export const s3: Limits = {
  BucketRegion: { page: `${reference}/API_ListBuckets.html`, minLength: 1, pattern: /[a-z0-9-]+/ },
  Bucket: {
    page: naming,
    minLength: 3,
    maxLength: 63,
    pattern: /[a-z0-9][a-z0-9.-]*[a-z0-9]/,
    ownWords: true,
  },
  'Tag.Key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128, ownWords: true },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256, ownWords: true },
  'LifecycleExpiration.Days': { page: `${reference}/API_LifecycleExpiration.html`, min: 1, ownWords: true },
  'LifecycleRule.ID': { page: `${reference}/API_LifecycleRule.html`, maxLength: 255, ownWords: true },
  'ObjectIdentifier.Key': { page: `${reference}/API_ObjectIdentifier.html`, minLength: 1, ownWords: true },
  'ListBucketsRequest.MaxBuckets': { page: `${reference}/API_ListBuckets.html`, min: 1, max: 10_000 },
};
