import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../../operation.ts';

const maximum = 50;

/**
 * The tags that a creating call gives its resource. Throws InvalidParameterValue for a specification of another
 * resource type, and what {@link mergeTags} throws.
 */
export function tagsOf(specifications: TagSpecification[] | undefined, resourceType: string): Tag[] {
  for (const { ResourceType } of specifications ?? []) {
    if (ResourceType !== resourceType) {
      throw new AwsError(
        'InvalidParameterValue',
        `'${ResourceType ?? ''}' is not a valid taggable resource type for this operation.`,
      );
    }
  }
  return mergeTags(
    [],
    (specifications ?? []).flatMap(({ Tags }) => Tags ?? []),
  );
}

/** Old tags overwritten by new ones, at most 50. Throws InvalidParameterValue for a reserved or overlong key or value, TagLimitExceeded. */
export function mergeTags(old: Tag[], added: Tag[]): Tag[] {
  const merged = new Map(old.map((tag) => [tag.Key ?? '', tag.Value ?? '']));
  for (const { Key = '', Value = '' } of added) {
    if (Key === '' || Key.length > 127) {
      throw new AwsError(
        'InvalidParameterValue',
        `Tag key exceeds the maximum length of 127 characters or is empty: '${Key}'`,
      );
    }
    if (Value.length > 255) {
      throw new AwsError('InvalidParameterValue', 'Tag value exceeds the maximum length of 255 characters');
    }
    if (/^aws:/i.test(Key)) {
      throw new AwsError(
        'InvalidParameterValue',
        'Tag keys starting with "aws:" are reserved for internal use',
      );
    }
    merged.set(Key, Value);
  }
  if (merged.size > maximum) {
    throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
  }
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}
