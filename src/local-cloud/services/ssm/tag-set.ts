import type { Tag } from '@aws-sdk/client-ssm';
import { AwsError } from '../../operation.ts';
import { validation } from './parameter-name.ts';

/** The tags of a request as Systems Manager takes them. */
export function tagSet(tags: Tag[]): Map<string, string> {
  const set = new Map<string, string>();
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key)) {
      throw validation(`Tag key ${Key} is not valid: 1 to 128 characters, not beginning with aws:`);
    }
    set.set(Key, Value);
  }
  return set;
}

/** Throws TooManyTagsError beyond AWS's 50 tags of a resource. */
export function checkTagCount(tags: Map<string, string>): void {
  if (tags.size > 50) {
    throw new AwsError('TooManyTagsError', 'A parameter can have at most 50 tags.');
  }
}
