import { page } from '../page.ts';
import { validationError } from './checks.ts';

/** One page of an IAM listing: `Marker` in, `IsTruncated` and `Marker` out, 100 items unless `MaxItems` says otherwise. */
export function listing<Item>(
  items: Iterable<Item>,
  { Marker, MaxItems = 100 }: { Marker?: string; MaxItems?: number },
  key: (item: Item) => string,
): { items: Item[]; end: { IsTruncated: boolean; Marker: string | undefined } } {
  if (MaxItems < 1 || MaxItems > 1000) {
    throw validationError(
      `1 validation error detected: Value '${MaxItems}' at 'maxItems' failed to satisfy constraint: Member must have value ${MaxItems < 1 ? 'greater than or equal to 1' : 'less than or equal to 1000'}`,
    );
  }
  const given = page(items, {
    key,
    size: MaxItems,
    token: Marker,
    invalid: () => validationError('Invalid Marker: parameter supplied is not valid.'),
  });
  return { items: given.items, end: { IsTruncated: given.next !== undefined, Marker: given.next } };
}
