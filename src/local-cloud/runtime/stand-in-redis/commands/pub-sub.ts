import type { Client, Commands, State } from '../command.ts';

/** Commands for channels (https://redis.io/docs/latest/commands/?group=pubsub). */
export const pubSubCommands: Commands = {
  publish: {
    arity: 3,
    run({ channels }, _, [channel = '', message = '']) {
      let heard = 0;
      for (const listener of channels.on(channel)) {
        listener.push(['message', channel, message]);
        heard++;
      }
      return heard;
    },
  },

  subscribe: {
    arity: -2,
    whileSubscribed: true,
    run({ channels }, client, names) {
      for (const name of names) {
        channels.add(name, client);
        client.push(['subscribe', name, client.subscriptions.size]);
      }
      return undefined;
    },
  },

  /** Without a name: from all. */
  unsubscribe: {
    arity: -1,
    whileSubscribed: true,
    run(state, client, names) {
      const all = names.length > 0 ? names : [...client.subscriptions];
      if (all.length === 0) client.push(['unsubscribe', null, 0]);
      for (const name of all) unsubscribe(state, client, name);
      return undefined;
    },
  },
};

function unsubscribe({ channels }: State, client: Client, name: string): void {
  channels.remove(name, client);
  client.push(['unsubscribe', name, client.subscriptions.size]);
}
