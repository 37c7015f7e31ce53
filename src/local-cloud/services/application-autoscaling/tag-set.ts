import { AwsError } from '../../operation.ts';
import { validation } from './state.ts';

/** The tags of a scalable target with further ones put in. Throws ValidationException and TooManyTagsException. */
export function tagSet(tags: Map<string, string>, added: Record<string, string>): Map<string, string> {
  for (const [key, value] of Object.entries(added)) {
    if (key === '' || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) {
      throw validation(`The tag with key '${key}' is not valid`);
    }
  }
  const all = new Map([...tags, ...Object.entries(added)]);
  if (all.size > 50) throw new AwsError('TooManyTagsException', 'A resource can have at most 50 tags');
  return all;
}
