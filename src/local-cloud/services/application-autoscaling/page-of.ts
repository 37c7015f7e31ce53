import { AwsError } from '../../operation.ts';
import { page } from '../page.ts';

/** One page of a listing of Application Auto Scaling, of 50 at most. Throws InvalidNextTokenException. */
export function pageOf<Item>(
  items: readonly Item[],
  { MaxResults, NextToken }: { MaxResults?: number | undefined; NextToken?: string | undefined },
  key: (item: Item) => string,
) {
  return page(items, {
    key,
    size: Math.min(50, Math.max(1, MaxResults ?? 50)),
    token: NextToken,
    invalid: () => new AwsError('InvalidNextTokenException', 'The next token supplied was invalid'),
  });
}
