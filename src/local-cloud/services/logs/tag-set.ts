import { AwsError } from '../../operation.ts';
import { invalidParameter } from './state.ts';

/** The tags of a log group with further ones put in. Throws as TagResource does. */
export function tagSet(tags: Map<string, string>, added: Record<string, string>): Map<string, string> {
  const all = new Map([...tags, ...Object.entries(added)]);
  for (const [key, value] of Object.entries(added)) {
    if (key === '' || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) {
      throw invalidParameter(`The tag with key '${key}' is not valid`);
    }
  }
  if (all.size > 50) {
    throw new AwsError('TooManyTagsException', 'A log group can have at most 50 tags');
  }
  return all;
}
