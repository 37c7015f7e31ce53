import type {
  DeleteBucketTaggingCommandInput,
  DeleteBucketTaggingCommandOutput,
  GetBucketTaggingCommandInput,
  GetBucketTaggingCommandOutput,
  PutBucketTaggingCommandInput,
  PutBucketTaggingCommandOutput,
  Tag,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { bucketOf } from './state.ts';

export const GetBucketTagging: Operation<GetBucketTaggingCommandInput, GetBucketTaggingCommandOutput> = (
  input,
  call,
) => {
  const { name, tags } = bucketOf(call, input.Bucket);
  if (tags.size === 0) {
    throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404, { BucketName: name });
  }
  return { TagSet: [...tags].map(([Key, Value]) => ({ Key, Value })) };
};

/** Replaces the whole set. */
export const PutBucketTagging: Operation<PutBucketTaggingCommandInput, PutBucketTaggingCommandOutput> = (
  input,
  call,
) => {
  bucketOf(call, input.Bucket).tags = tagMap(input.Tagging?.TagSet);
  return {};
};

export const DeleteBucketTagging: Operation<
  DeleteBucketTaggingCommandInput,
  DeleteBucketTaggingCommandOutput
> = (input, call) => {
  bucketOf(call, input.Bucket).tags = new Map();
  return {};
};

/** Tags by key. Throws `InvalidTag` for a key that comes twice, and for more than 50. */
export function tagMap(tags: Tag[] = []): Map<string, string> {
  const map = new Map(tags.map(({ Key, Value }) => [Key!, Value!]));
  if (map.size < tags.length) {
    throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  if (map.size > 50) throw new AwsError('BadRequest', 'Bucket tag count cannot be greater than 50');
  return map;
}
