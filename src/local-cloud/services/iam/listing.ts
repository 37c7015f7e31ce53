import { page } from '../page.ts';
import { validationError } from './checks.ts';

/** One page of an IAM listing: `Marker` in, `IsTruncated` and `Marker` out, 100 items unless `MaxItems` says otherwise. */
export function listing<Item>(
  items: Iterable<Item>,
  { Marker, MaxItems = 100 }: { Marker?: string; MaxItems?: number },
  key: (item: Item) => string,
): { items: Item[]; end: { IsTruncated: boolean; Marker: string | undefined } } {
  const given = page(items, {
    key,
    size: MaxItems,
    token: Marker,
    invalid: () => validationError('Invalid Marker: parameter supplied is not valid.'),
  });
  return { items: given.items, end: { IsTruncated: given.next !== undefined, Marker: given.next } };
}
