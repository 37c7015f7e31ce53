import type { Commands } from '../command.ts';
import { integerIn, integerOf, isInt64 } from '../command.ts';
import type { Keyspace } from '../keyspace.ts';
import { Pairs, Refusal } from '../resp/reply.ts';

const bytesPerField = 64;

/** Commands for hashes (https://redis.io/docs/latest/commands/?group=hash). */
export const hashCommands: Commands = {
  hset: {
    arity: -4,
    grows: true,
    run({ keyspace }, _, [key = '', ...pairs]) {
      if (pairs.length % 2 === 1) {
        throw new Refusal("ERR wrong number of arguments for 'hset' command");
      }
      let added = 0;
      for (let at = 0; at < pairs.length; at += 2) added += put(keyspace, key, pairs[at]!, pairs[at + 1]!);
      return added;
    },
  },

  hmget: {
    arity: -3,
    run({ keyspace }, _, [key = '', ...fields]) {
      const hash = keyspace.read(key, 'hash');
      return fields.map((field) => hash?.get(field) ?? null);
    },
  },

  hgetall: {
    arity: 2,
    run: ({ keyspace }, _, [key = '']) => new Pairs([...(keyspace.read(key, 'hash') ?? [])]),
  },

  hdel: {
    arity: -3,
    run({ keyspace }, _, [key = '', ...fields]) {
      const hash = keyspace.read(key, 'hash');
      if (hash === undefined) return 0;
      let removed = 0;
      for (const field of fields) {
        const value = hash.get(field);
        if (value === undefined) continue;
        hash.delete(field);
        keyspace.grew(key, -(bytesPerField + field.length + value.length));
        removed++;
      }
      if (hash.size === 0) keyspace.delete(key);
      return removed;
    },
  },

  hincrby: {
    arity: 4,
    grows: true,
    run({ keyspace }, _, [key = '', field = '', by = '']) {
      const increment = integerOf(by);
      const now = integerIn(keyspace.read(key, 'hash')?.get(field) ?? '0');
      if (now === undefined) throw new Refusal('ERR hash value is not an integer');
      const value = now + increment;
      if (!isInt64(value)) throw new Refusal('ERR increment or decrement would overflow');
      put(keyspace, key, field, String(value));
      return value;
    },
  },
};

/** Answers how many fields are new. */
function put(keyspace: Keyspace, key: string, field: string, value: string): number {
  const hash = keyspace.open(key, 'hash');
  const before = hash.get(field);
  hash.set(field, value);
  keyspace.grew(
    key,
    before === undefined ? bytesPerField + field.length + value.length : value.length - before.length,
  );
  return before === undefined ? 1 : 0;
}
