import type { Commands } from '../command.ts';
import { integerOf } from '../command.ts';
import { Refusal } from '../resp/reply.ts';

/** Commands for keys of any type (https://redis.io/docs/latest/commands/?group=generic). */
export const keyCommands: Commands = {
  del: {
    arity: -2,
    run: ({ keyspace }, _, keys) => keys.filter((key) => keyspace.delete(key)).length,
  },

  pexpire: {
    arity: 3,
    run({ keyspace }, _, [key = '', wanted = '']) {
      const deadline = keyspace.now() + Number(integerOf(wanted));
      if (!Number.isSafeInteger(Math.floor(deadline))) {
        throw new Refusal("ERR invalid expire time in 'pexpire' command");
      }
      if (!keyspace.has(key)) return 0;
      keyspace.expireAt(key, deadline);
      return 1;
    },
  },

  /** -2: no such key; -1: it has no end. */
  pttl: {
    arity: 2,
    run({ keyspace }, _, [key = '']) {
      if (!keyspace.has(key)) return -2;
      const deadline = keyspace.deadline(key);
      return deadline === undefined ? -1 : Math.max(0, Math.round(deadline - keyspace.now()));
    },
  },
};
