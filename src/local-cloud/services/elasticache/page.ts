import { invalidValue } from './errors.ts';

/** One page of a listing, in ElastiCache's way: 20 to 100 records, a marker while there are more. Throws InvalidParameterValue. */
export function pageOf<Item>(
  items: Item[],
  { MaxRecords = 100, Marker }: { MaxRecords?: number | undefined; Marker?: string | undefined },
): { page: Item[]; Marker?: string } {
  if (MaxRecords < 20 || MaxRecords > 100) {
    throw invalidValue('Invalid value for max records. Must be between 20 and 100');
  }
  const from = Marker === undefined || Marker === '' ? 0 : positionOf(Marker);
  const to = from + MaxRecords;
  const page = items.slice(from, to);
  return to < items.length ? { page, Marker: Buffer.from(`from:${to}`).toString('base64url') } : { page };
}

function positionOf(marker: string): number {
  const position = /^from:(\d+)$/.exec(Buffer.from(marker, 'base64url').toString())?.[1];
  if (position === undefined) throw invalidValue(`Invalid marker: ${marker}`);
  return Number(position);
}
