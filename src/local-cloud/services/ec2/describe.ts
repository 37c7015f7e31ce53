import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../operation.ts';
import { mustFind, type Noun } from './errors.ts';

/** What a Describe call can be asked, under the names that all of EC2's Describe calls share. */
interface Question {
  Filters?: Filter[] | undefined;
  MaxResults?: number | undefined;
  NextToken?: string | undefined;
}

/** The values that a filter compares with, by the filter's name. */
export type FilterFields<Item> = Record<
  string,
  (item: Item) => string | boolean | number | undefined | (string | undefined)[]
>;

/** The records with these ids, or all where none is named. Throws what {@link mustFind} throws. */
export function asked<Item>(records: Map<string, Item>, noun: Noun, ids: string[] | undefined): Item[] {
  if (ids === undefined || ids.length === 0) return [...records.values()];
  return ids.map((id) => mustFind(records, noun, id));
}

/** What passes every filter of a Describe call, one page of it. Throws InvalidParameterValue for an unknown filter or page size, InvalidNextToken. */
export function select<Item>(
  items: Item[],
  question: Question,
  fields: FilterFields<Item>,
  tagsOf: (item: Item) => Tag[] | undefined,
): { page: Item[]; NextToken?: string } {
  const tests = (question.Filters ?? []).map((filter) => testOf(filter, fields, tagsOf));
  const passed = items.filter((item) => tests.every((test) => test(item)));
  return paginate(passed, question);
}

function testOf<Item>(
  { Name = '', Values = [] }: Filter,
  fields: FilterFields<Item>,
  tagsOf: (item: Item) => Tag[] | undefined,
): (item: Item) => boolean {
  const patterns = Values.map(patternOf);
  const read = readerOf(Name, fields, tagsOf);
  return (item) => {
    const found = read(item);
    const values = Array.isArray(found) ? found : [found];
    return values.some(
      (value) => value !== undefined && patterns.some((pattern) => pattern.test(String(value))),
    );
  };
}

function readerOf<Item>(
  name: string,
  fields: FilterFields<Item>,
  tagsOf: (item: Item) => Tag[] | undefined,
): FilterFields<Item>[string] {
  if (name === 'tag-key') return (item) => (tagsOf(item) ?? []).map(({ Key }) => Key);
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (item) => tagsOf(item)?.find(({ Key }) => Key === key)?.Value;
  }
  const read = fields[name];
  if (read === undefined) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return read;
}

/** `*` is any run of characters, `?` is one; a backslash takes their meaning away. */
function patternOf(value: string): RegExp {
  const source = value.replace(/\\?[\s\S]/g, (part) => {
    if (part === '*') return '[\\s\\S]*';
    if (part === '?') return '[\\s\\S]';
    return part.slice(-1).replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

const minimumPage = 5;

function paginate<Item>(items: Item[], { MaxResults, NextToken }: Question) {
  if (MaxResults !== undefined && (MaxResults < minimumPage || MaxResults > 1000)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between ${minimumPage} and 1000.`,
    );
  }
  const from = NextToken === undefined ? 0 : positionOf(NextToken);
  const to = MaxResults === undefined ? items.length : from + MaxResults;
  const page = items.slice(from, to);
  return to < items.length ? { page, NextToken: tokenOf(to) } : { page };
}

function tokenOf(position: number): string {
  return Buffer.from(`from:${position}`).toString('base64url');
}

function positionOf(token: string): number {
  const position = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (position === undefined) throw new AwsError('InvalidNextToken', 'The specified NextToken is not valid.');
  return Number(position);
}
