import type { Client, Commands, State } from '../command.ts';
import { integerIn, syntaxError } from '../command.ts';
import { OK, Pairs, Refusal, Status } from '../resp/reply.ts';
import { version } from './info.ts';

/** Commands about the connection itself (https://redis.io/docs/latest/commands/?group=connection). */
export const connectionCommands: Commands = {
  ping: {
    arity: -1,
    whileSubscribed: true,
    run(_, client, args) {
      if (args.length > 1) throw new Refusal("ERR wrong number of arguments for 'ping' command");
      const [text] = args;
      if (client.protocol === 2 && client.subscriptions.size > 0) return ['pong', text ?? ''];
      return text ?? new Status('PONG');
    },
  },

  auth: {
    arity: -2,
    open: true,
    run(state, client, args) {
      if (args.length > 2) throw syntaxError();
      const [user, password] = args.length === 1 ? ['default', args[0]!] : [args[0]!, args[1]!];
      if (args.length === 1 && state.settings.passwords.length === 0) {
        throw new Refusal(
          'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
        );
      }
      authenticate(state, client, user, password);
      return OK;
    },
  },

  hello: {
    arity: -1,
    open: true,
    run(state, client, [wanted, ...options]) {
      const protocol = wanted === undefined ? client.protocol : Number(integerIn(wanted) ?? NaN);
      if (Number.isNaN(protocol)) {
        throw new Refusal('ERR Protocol version is not an integer or out of range');
      }
      if (protocol !== 2 && protocol !== 3) throw new Refusal('NOPROTO unsupported protocol version');
      let name: string | undefined;
      while (options.length > 0) {
        const option = options.shift()!;
        if (/^auth$/i.test(option) && options.length >= 2) {
          authenticate(state, client, options.shift()!, options.shift()!);
        } else if (/^setname$/i.test(option) && options.length >= 1) name = options.shift()!;
        else throw new Refusal(`ERR Syntax error in HELLO option '${option}'`);
      }
      if (!client.authenticated) {
        throw new Refusal(
          'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
        );
      }
      if (name !== undefined) setName(client, name);
      client.protocol = protocol;
      return new Pairs([
        ['server', 'redis'],
        ['version', version],
        ['proto', protocol],
        ['id', client.id],
        ['mode', 'standalone'],
        ['role', 'master'],
        ['modules', []],
      ]);
    },
  },

  client: {
    arity: -2,
    run(_, client, [subcommand = '', ...args]) {
      const wants = (count: number) => {
        if (args.length === count) return;
        throw new Refusal(`ERR wrong number of arguments for 'client|${subcommand.toLowerCase()}' command`);
      };
      switch (subcommand.toLowerCase()) {
        case 'setname':
          wants(1);
          setName(client, args[0]!);
          return OK;
        case 'getname':
          wants(0);
          return client.name === '' ? null : client.name;
        case 'id':
          wants(0);
          return client.id;
        // What library it is, is kept nowhere.
        case 'setinfo':
          wants(2);
          return OK;
        default:
          throw new Refusal(`ERR unknown subcommand '${subcommand}'. Try CLIENT HELP.`);
      }
    },
  },
};

function authenticate({ settings }: State, client: Client, user: string, password: string): void {
  const isRight =
    user === 'default' && (settings.passwords.length === 0 || settings.passwords.includes(password));
  if (!isRight) throw new Refusal('WRONGPASS invalid username-password pair or user is disabled.');
  client.authenticated = true;
}

function setName(client: Client, name: string): void {
  if (!/^[!-~]*$/.test(name)) {
    throw new Refusal('ERR Client names cannot contain spaces, newlines or special characters.');
  }
  client.name = name;
}
