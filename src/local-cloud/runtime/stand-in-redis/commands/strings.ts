import type { Commands } from '../command.ts';
import { integerOf, syntaxError } from '../command.ts';
import { OK, Refusal } from '../resp/reply.ts';

/** Commands for texts (https://redis.io/docs/latest/commands/?group=string). */
export const stringCommands: Commands = {
  get: {
    arity: 2,
    run: ({ keyspace }, _, [key = '']) => keyspace.read(key, 'string')?.text ?? null,
  },

  set: {
    arity: -3,
    grows: true,
    run({ keyspace }, _, [key = '', text = '', ...options]) {
      const lifetime = lifetimeIn(options);
      const value = keyspace.replace(key, 'string');
      value.text = text;
      keyspace.grew(key, text.length);
      if (lifetime !== undefined) keyspace.expireAt(key, keyspace.now() + lifetime);
      return OK;
    },
  },
};

/** Milliseconds. Of SET's options, this server has those that give an end. */
function lifetimeIn([unit, wanted, ...others]: string[]): number | undefined {
  if (unit === undefined) return undefined;
  const factor = { px: 1, ex: 1000 }[unit.toLowerCase()];
  if (factor === undefined || wanted === undefined || others.length > 0) throw syntaxError();
  const lifetime = Number(integerOf(wanted)) * factor;
  if (lifetime <= 0 || !Number.isSafeInteger(lifetime)) {
    throw new Refusal("ERR invalid expire time in 'set' command");
  }
  return lifetime;
}
