import type { Tag } from '@aws-sdk/client-ec2';

/** Tags as a record. */
export function recordOf(tags: Tag[] | undefined): Record<string, string | undefined> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}
