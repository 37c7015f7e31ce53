import type { Channels } from './channels.ts';
import type { Keyspace } from './keyspace.ts';
import type { Protocol, Reply } from './resp/reply.ts';
import { Refusal } from './resp/reply.ts';
import type { ServerSettings } from './settings.ts';

/** A connection, as commands see it. */
export interface Client {
  readonly id: number;
  name: string;
  protocol: Protocol;
  authenticated: boolean;
  readonly subscriptions: Set<string>;
  /** Tells it something that it did not ask for. */
  push(items: Reply[]): void;
}

/** Everything behind the connections. */
export interface State {
  /** By the names that they go by here, in small letters. */
  commands: Map<string, Command>;
  keyspace: Keyspace;
  channels: Channels<Client>;
  settings: ServerSettings;
  /** 40 hexadecimal digits, of this start of the server. */
  runId: string;
  /** 40 hexadecimal digits: the history that writes belong to. */
  replicationId: string;
  /** Digests of the scripts that were sent whole. */
  scripts: Set<string>;
  clients: Set<Client>;
  startedAt: number;
  /** Answers on these addresses and no others from now on. */
  listen(hosts: string[]): Promise<void>;
}

export interface Command {
  /** Words with the name among them; negative: at least so many. */
  arity: number;
  /** Refused while memory is over its limit. */
  grows?: true;
  /** Goes before a password was given. */
  open?: true;
  /** Goes on a connection that subscribes, before version 3 of the protocol. */
  whileSubscribed?: true;
  /** Carries it out. Undefined: what is to be said was said by way of `push`. Throws a `Refusal`. */
  run(state: State, client: Client, args: string[]): Reply | undefined | Promise<Reply>;
}

export type Commands = Record<string, Command>;

export const syntaxError = (): Refusal => new Refusal('ERR syntax error');

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** A whole number of 64 bits in the one spelling that Redis takes; undefined for anything else. */
export function integerIn(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >= int64.least && value <= int64.most ? value : undefined;
}

/** The same. Throws where it is none. */
export function integerOf(text: string): bigint {
  const value = integerIn(text);
  if (value === undefined) throw new Refusal('ERR value is not an integer or out of range');
  return value;
}

export function isInt64(value: bigint): boolean {
  return value >= int64.least && value <= int64.most;
}
