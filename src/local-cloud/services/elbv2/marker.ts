import { page } from '../page.ts';
import { mustBeWithin, validationError } from './errors.ts';

/** One page of a Describe call, as ELBv2's `Marker` and `PageSize` ask for it. Throws ValidationError for one that is not ours. */
export function paged<Item>(
  items: Item[],
  key: (item: Item) => string,
  { Marker, PageSize = 400 }: { Marker?: string | undefined; PageSize?: number | undefined },
): { items: Item[]; next: string | undefined } {
  mustBeWithin(PageSize, 'Page size', 1, 400);
  return page(items, {
    key,
    size: PageSize,
    token: Marker,
    invalid: () => validationError(`Marker '${Marker ?? ''}' is not valid`),
  });
}
