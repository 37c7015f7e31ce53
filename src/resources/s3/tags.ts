import { GetBucketTaggingCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import type { Tag } from '@aws-sdk/client-s3';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { TagChange } from '../../engine/resource.ts';

/** Tags of a bucket; undefined where it has none, or is gone (`aws s3api get-bucket-tagging`). */
export async function tagsOf(cloud: Cloud, Bucket: string): Promise<Tag[] | undefined> {
  const answer = await unless(
    cloud.s3.send(new GetBucketTaggingCommand({ Bucket })),
    'NoSuchTagSet',
    'NoSuchBucket',
  );
  return answer?.TagSet;
}

/** Changes tags of a bucket: S3 takes them only as a whole set (`aws s3api put-bucket-tagging`). */
export async function retag(cloud: Cloud, Bucket: string, { set, remove }: TagChange): Promise<void> {
  const kept = (await tagsOf(cloud, Bucket))?.filter(
    ({ Key = '' }) => !remove.includes(Key) && !Object.hasOwn(set, Key) && !Key.startsWith('aws:'),
  );
  const TagSet = [...(kept ?? []), ...Object.entries(set).map(([Key, Value]) => ({ Key, Value }))];
  await cloud.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
}
