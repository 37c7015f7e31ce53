import { pid } from 'node:process';
import type { Commands, State } from '../command.ts';
import { integerIn, integerOf } from '../command.ts';
import { OK, Refusal } from '../resp/reply.ts';
import { infoOf } from './info.ts';

/** Commands about the server (https://redis.io/docs/latest/commands/?group=server). */
export const serverCommands: Commands = {
  info: { arity: -1, run: (state, _, sections) => infoOf(state, sections, pid) },

  time: {
    arity: 1,
    run({ keyspace }) {
      const now = keyspace.now();
      return [String(Math.floor(now / 1000)), String(Math.floor((now % 1000) * 1000))];
    },
  },

  config: {
    arity: -2,
    async run(state, _, [subcommand = '', ...args]) {
      if (subcommand.toLowerCase() !== 'set') {
        throw new Refusal(`ERR unknown subcommand '${subcommand}'. Try CONFIG HELP.`);
      }
      if (args.length === 0 || args.length % 2 === 1) {
        throw new Refusal("ERR wrong number of arguments for 'config|set' command");
      }
      for (let at = 0; at < args.length; at += 2) {
        await setDirective(state, args[at]!.toLowerCase(), args[at + 1]!);
      }
      return OK;
    },
  },

  // No replica can come, so there is nothing to wait for, however long.
  wait: {
    arity: 3,
    run(_state, _client, [replicas = '', timeout = '']) {
      integerOf(replicas);
      if (integerOf(timeout) < 0n) throw new Refusal('ERR timeout is negative');
      return 0;
    },
  },
};

async function setDirective(state: State, name: string, value: string): Promise<void> {
  const failed = `ERR CONFIG SET failed (possibly related to argument '${name}')`;
  if (name === 'bind') {
    await state.listen(value.split(' ')).catch((error: Error) => {
      throw new Refusal(`${failed} - ${error.message}`);
    });
  } else if (name === 'maxmemory') {
    const bytes = integerIn(value) ?? -1n;
    if (bytes < 0n) throw new Refusal(`${failed} - argument must be a memory value`);
    state.settings.maxmemory = Number(bytes);
  } else {
    throw new Refusal(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`);
  }
}
