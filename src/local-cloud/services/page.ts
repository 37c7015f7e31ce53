/**
 * One page of a listing, in order of `key`. The token is the key of the last item that was given, so that what
 * is created or deleted between two pages never makes one skip or repeat another.
 * Throws what `invalid` makes when the token is not one of ours.
 */
export function page<Item>(
  items: Iterable<Item>,
  { key, size, token, invalid }: PageRequest<Item>,
): { items: Item[]; next: string | undefined } {
  const after = token === undefined ? undefined : decode(token);
  if (token !== undefined && after === undefined) throw invalid();
  const sorted = [...items]
    .map((item) => ({ item, key: key(item) }))
    .filter((entry) => after === undefined || entry.key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const given = sorted.slice(0, size);
  const last = given.at(-1);
  return {
    items: given.map((entry) => entry.item),
    next: sorted.length > size && last !== undefined ? encode(last.key) : undefined,
  };
}

interface PageRequest<Item> {
  key: (item: Item) => string;
  size: number;
  token: string | undefined;
  invalid: () => Error;
}

const prefix = 'after:';

function encode(key: string): string {
  return Buffer.from(prefix + key).toString('base64');
}

function decode(token: string): string | undefined {
  const text = Buffer.from(token, 'base64').toString();
  return text.startsWith(prefix) && encode(text.slice(prefix.length)) === token
    ? text.slice(prefix.length)
    : undefined;
}
