import { createHash } from 'node:crypto';

/** The tag that says which of the user's tags chatops set: only these are ever taken away. */
export const noteTag = 'chatops:tags';

/** What a tag's value may have at most; with five letters a key, all 50 tags of a resource fit. */
const longest = 256;
const letters = 5;

/**
 * The value of {@link noteTag} for some keys; undefined for none. The keys with a space in between, which people can
 * read; where these do not fit or have spaces themselves, `=` and five letters of each one's hash.
 */
export function noteOf(keys: Iterable<string>): string | undefined {
  const sorted = [...new Set(keys)].sort();
  if (sorted.length === 0) return undefined;
  const readable = sorted.join(' ');
  const fits = readable.length <= longest && sorted.every((key) => /^[^\s=]\S*$/u.test(key));
  return fits ? readable : `=${sorted.map(hashOf).join('')}`;
}

/** Whether a note names a key. */
export function isNoted(note: string | undefined, key: string): boolean {
  if (note === undefined) return false;
  if (!note.startsWith('=')) return note.split(' ').includes(key);
  const hash = hashOf(key);
  for (let at = 1; at < note.length; at += letters) if (note.startsWith(hash, at)) return true;
  return false;
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, letters);
}
