import type { Tag } from '@aws-sdk/client-elasticache';
import { AwsError } from '../../operation.ts';
import { invalidValue } from './errors.ts';

const maximum = 50;

/** Old tags overwritten by new ones. Throws InvalidParameterValue for a reserved, empty or overlong key or value, TagQuotaPerResourceExceeded. */
export function mergeTags(old: Tag[], added: Tag[] | undefined): Tag[] {
  const merged = new Map(old.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
  for (const { Key = '', Value = '' } of added ?? []) {
    if (Key === '' || Key.length > 128) throw invalidValue('Tag keys must have 1 to 128 characters.');
    if (Value.length > 256) throw invalidValue('Tag values must have at most 256 characters.');
    if (/^aws:/i.test(Key)) throw invalidValue('Tag keys must not begin with aws:, which is reserved.');
    merged.set(Key, Value);
  }
  if (merged.size > maximum) {
    throw new AwsError(
      'TagQuotaPerResourceExceeded',
      'The request cannot be processed because it would cause the resource to have more than the allowed number of tags.',
    );
  }
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}
