import type { Tag } from '@aws-sdk/client-ecr';
import { AwsError } from '../../operation.ts';

/** The tags of a request as ECR takes them. Throws InvalidTagParameterException. */
export function tagSet(tags: Tag[]): Map<string, string> {
  const set = new Map<string, string>();
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > 128 || Value.length > 256 || Key.toLowerCase().startsWith('aws:')) {
      throw new AwsError(
        'InvalidTagParameterException',
        `Invalid tag parameter: the tag with key '${Key}' is not valid`,
      );
    }
    set.set(Key, Value);
  }
  return set;
}

/** Throws TooManyTagsException beyond AWS's 50 tags of a resource. */
export function checkTagCount(tags: Map<string, string>): void {
  if (tags.size > 50) {
    throw new AwsError('TooManyTagsException', 'A repository can have at most 50 tags');
  }
}
