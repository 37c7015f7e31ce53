import type { Client, State } from './command.ts';
import type { Reply } from './resp/reply.ts';
import { Refusal } from './resp/reply.ts';

/** Carries out a command. Throws a `Refusal` in the order in which Redis looks: is there such a command, its words, password, memory, subscriptions. `mayGrow` lets memory go over its limit. */
export function perform(
  state: State,
  client: Client,
  words: string[],
  { mayGrow = false } = {},
): Reply | undefined | Promise<Reply> {
  const [given = '', ...args] = words;
  const name = given.toLowerCase();
  const command = state.commands.get(name);
  if (command === undefined) {
    const shown = args
      .map((arg) => `'${arg}' `)
      .join('')
      .slice(0, 128);
    throw new Refusal(`ERR unknown command '${given}', with args beginning with: ${shown}`);
  }
  const { arity } = command;
  if (arity > 0 ? words.length !== arity : words.length < -arity) {
    throw new Refusal(`ERR wrong number of arguments for '${name}' command`);
  }
  if (!client.authenticated && command.open !== true) throw new Refusal('NOAUTH Authentication required.');
  const { maxmemory } = state.settings;
  if (command.grows === true && !mayGrow && maxmemory > 0 && state.keyspace.memory > maxmemory) {
    throw new Refusal("OOM command not allowed when used memory > 'maxmemory'.");
  }
  if (client.protocol === 2 && client.subscriptions.size > 0 && command.whileSubscribed !== true) {
    throw new Refusal(
      `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  }
  return command.run(state, client, args);
}
