import { createHash } from 'node:crypto';
import type { Client, Commands, State } from '../command.ts';
import { integerOf } from '../command.ts';
import { perform } from '../perform.ts';
import type { Reply } from '../resp/reply.ts';
import { Refusal } from '../resp/reply.ts';
import { twins } from '../scripts/index.ts';
import type { Call } from '../scripts/twin.ts';

/** Scripts (https://redis.io/docs/latest/commands/?group=scripting): only those that have a twin in TypeScript. */
export const scriptingCommands: Commands = {
  eval: {
    arity: -3,
    run(state, client, [text = '', ...words]) {
      const digest = createHash('sha1').update(text, 'latin1').digest('hex');
      const { keys, args } = divided(words);
      if (digest in twins) state.scripts.add(digest);
      return run(state, client, digest, keys, args);
    },
  },

  evalsha: {
    arity: -3,
    run(state, client, [name = '', ...words]) {
      const digest = name.toLowerCase();
      const { keys, args } = divided(words);
      if (!state.scripts.has(digest)) throw new Refusal('NOSCRIPT No matching script. Please use EVAL.');
      return run(state, client, digest, keys, args);
    },
  },
};

/** Carries a script's twin out. As in Redis, a refusal in the midst of it leaves what was done before. */
function run(state: State, client: Client, digest: string, keys: string[], args: string[]): Reply {
  const twin = twins[digest];
  if (twin === undefined) {
    throw new Refusal(
      `ERR the stand-in for Redis runs no Lua and has no twin of the script ${digest}: install redis-server or valkey-server`,
    );
  }
  let wrote = false;
  // None of the commands that scripts use keeps anybody waiting.
  const call: Call = (name, ...words) => {
    // Once it has written something, it is carried out to its end.
    const reply = perform(state, client, [name, ...words.map(String)], { mayGrow: wrote }) as Reply;
    wrote ||= !readers.has(name);
    return reply;
  };
  try {
    return twin({ call, keys, args });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`${error.message} script: ${digest}, in its twin.`);
  }
}

const readers = new Set([
  'INFO',
  'GET',
  'HMGET',
  'PUBLISH',
  'TIME',
  'XRANGE',
  'XREVRANGE',
  'ZRANGE',
  'ZSCORE',
]);

function divided([count = '', ...words]: string[]): { keys: string[]; args: string[] } {
  const number = Number(integerOf(count));
  if (number > words.length) throw new Refusal("ERR Number of keys can't be greater than number of args");
  if (number < 0) throw new Refusal("ERR Number of keys can't be negative");
  return { keys: words.slice(0, number), args: words.slice(number) };
}
