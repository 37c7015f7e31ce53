import type { Commands } from '../command.ts';
import { integerOf, syntaxError } from '../command.ts';
import type { Keyspace, Stream } from '../keyspace.ts';
import type { Reply } from '../resp/reply.ts';
import { noList, Refusal } from '../resp/reply.ts';
import { firstAtLeast, formatId, highestId, invalidId, parseId } from './stream-id.ts';

const bytesPerEntry = 96;
/** Where about so many are enough, entries go together: Redis frees the blocks that it keeps them in. */
const block = 100;

/** Commands for streams (https://redis.io/docs/latest/commands/?group=stream). */
export const streamCommands: Commands = {
  xadd: {
    arity: -5,
    grows: true,
    run({ keyspace }, _, [key = '', ...words]) {
      const limit = limitIn(words);
      const wanted = words.shift() ?? '';
      const isChosen = wanted === '*';
      const asked = isChosen ? undefined : parseId(wanted, 0n);
      if (words.length === 0 || words.length % 2 === 1) {
        throw new Refusal("ERR wrong number of arguments for 'xadd' command");
      }
      if (asked === 0n) throw new Refusal('ERR The ID specified in XADD must be greater than 0-0');
      const stream = keyspace.open(key, 'stream');
      const id = asked ?? nextId(stream, keyspace.now());
      if (id <= stream.last) {
        throw new Refusal('ERR The ID specified in XADD is equal or smaller than the target stream top item');
      }
      stream.entries.push({ id, fields: words });
      stream.last = id;
      keyspace.grew(key, sizeOf(words));
      if (limit !== undefined) trim(keyspace, key, stream, limit);
      return formatId(id);
    },
  },

  xrange: {
    arity: -4,
    run: ({ keyspace }, _, [key = '', from = '', to = '', ...options]) =>
      range(keyspace, key, from, to, options, false),
  },

  xrevrange: {
    arity: -4,
    run: ({ keyspace }, _, [key = '', to = '', from = '', ...options]) =>
      range(keyspace, key, from, to, options, true),
  },
};

/** Takes MAXLEN and its number away from the words of XADD; of its other options, this server has none. */
function limitIn(words: string[]): { most: number; about: boolean } | undefined {
  if (!/^maxlen$/i.test(words[0] ?? '')) return undefined;
  words.shift();
  const about = words[0] === '~';
  if (about || words[0] === '=') words.shift();
  const most = Number(integerOf(words.shift() ?? ''));
  if (most < 0) throw new Refusal('ERR The MAXLEN argument must be >= 0.');
  return { most, about };
}

function nextId({ last }: Stream, now: number): bigint {
  const id = BigInt(Math.floor(now)) << 64n;
  return id > last ? id : last + 1n;
}

function trim(
  keyspace: Keyspace,
  key: string,
  { entries }: Stream,
  { most, about }: { most: number; about: boolean },
): void {
  const surplus = entries.length - most;
  const count = about ? surplus - (surplus % block) : surplus;
  if (count <= 0) return;
  const bytes = entries.splice(0, count).reduce((sum, { fields }) => sum + sizeOf(fields), 0);
  keyspace.grew(key, -bytes);
}

function range(
  keyspace: Keyspace,
  key: string,
  from: string,
  to: string,
  options: string[],
  newestFirst: boolean,
): Reply {
  const first = boundOf(from, 0n, 'start');
  const last = boundOf(to, (1n << 64n) - 1n, 'end');
  const count = countIn(options);
  const stream = keyspace.read(key, 'stream');
  if (stream === undefined) return [];
  if (count === 0) return noList;
  const { entries } = stream;
  const start = firstAtLeast(entries, first);
  const end = firstAtLeast(entries, last + 1n);
  const found =
    newestFirst && count !== undefined
      ? entries.slice(Math.max(start, end - count), Math.max(start, end))
      : entries.slice(start, count === undefined ? end : Math.min(end, start + count));
  const replies = found.map(({ id, fields }): Reply => [formatId(id), fields]);
  return newestFirst ? replies.toReversed() : replies;
}

/** Undefined: all of them. */
function countIn(options: string[]): number | undefined {
  if (options.length === 0) return undefined;
  if (options.length !== 2 || !/^count$/i.test(options[0]!)) throw syntaxError();
  return Math.max(0, Number(integerOf(options[1]!)));
}

/** An end of a range: `missing` is the number where an id has only a time. */
function boundOf(text: string, missing: bigint, end: 'start' | 'end'): bigint {
  if (text === '-') return 0n;
  if (text === '+') return highestId;
  if (!text.startsWith('(')) return parseId(text, missing);
  if (text === '(-' || text === '(+') throw invalidId();
  const id = parseId(text.slice(1), missing) + (end === 'start' ? 1n : -1n);
  if (id < 0n || id > highestId) throw new Refusal(`ERR invalid ${end} ID for the interval`);
  return id;
}

function sizeOf(fields: string[]): number {
  return fields.reduce((sum, field) => sum + field.length, bytesPerEntry);
}
