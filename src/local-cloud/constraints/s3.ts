import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/AmazonS3/latest/API';

export const s3: Limits = {
  BucketRegion: { page: `${reference}/API_ListBuckets.html`, minLength: 1, pattern: /[a-z0-9-]+/ },
  'ListBucketsRequest.MaxBuckets': { page: `${reference}/API_ListBuckets.html`, min: 1, max: 10_000 },
};
