import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { Logger } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { BackplaneEvents } from './backplane.ts';
import { scriptsRinging } from './scripts.ts';

/** The commands that `defineCommand` adds: keys first (after their number, where it varies), then arguments. */
export interface ScriptCommands {
  chatPublish(...args: string[]): Promise<[epoch: string, offset: number, duplicate: number]>;
  chatRead(
    ...args: string[]
  ): Promise<
    [history: string, epoch: string, offset: number, lineage: string, entries: [string, string[]][]]
  >;
  chatHeads(
    ...args: (string | number)[]
  ): Promise<[history: string, role: string, replicas: number, ...(string | number)[]]>;
  chatAnnounce(...args: string[]): Promise<number>;
  chatLease(...args: string[]): Promise<[held: number, ...string[]]>;
}

/** What the owner of a link is told. */
interface LinkEvents extends BackplaneEvents {
  /** A connection has ended. */
  onLost(): void;
}

/** Where a server is; `tls` where its certificate names it differently. */
export interface Endpoint {
  url: string;
  tls?: { servername: string };
}

/** The pub/sub of a link: of the whole server, or of the shard that has a channel's slot (https://redis.io/docs/latest/develop/pubsub/#sharded-pubsub). */
interface Bell {
  publish: 'publish' | 'spublish';
  subscribe: 'subscribe' | 'ssubscribe';
  unsubscribe: 'unsubscribe' | 'sunsubscribe';
  message: 'messageBuffer' | 'smessageBuffer';
}

export const PLAIN: Bell = {
  publish: 'publish',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  message: 'messageBuffer',
};

export const SHARDED: Bell = {
  publish: 'spublish',
  subscribe: 'ssubscribe',
  unsubscribe: 'sunsubscribe',
  message: 'smessageBuffer',
};

const WAIT_MS = 1000;
// The first that speaks RESP3.
const OLDEST = 6;

/** Redis is away, or has not answered in time. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/**
 * The connection of a node to one primary. Commands and subscriptions share it (RESP3, https://redis.io/docs/latest/develop/reference/protocol-spec/#push-event):
 * an answer and the announcements before it arrive in their order and in one read. Nothing is queued while it is away.
 */
export class RedisLink {
  readonly host: string;
  readonly #redis: Redis & ScriptCommands;
  readonly #bell: Bell;
  readonly #channels = new Set<string>();
  #nextWait: Promise<void> | undefined;
  #lastWait: Promise<void> = Promise.resolve();
  /** The primary's history as last seen: `master_replid`, else `run_id`; empty until Redis was reached. */
  history = '';
  /** How many replicas follow it, as last seen. */
  replicas = 0;
  #available = false;
  #corked = false;
  #reason = '';
  readonly #log: Logger;

  constructor(endpoint: Endpoint, name: string, bell: Bell, log: Logger, events: LinkEvents) {
    const options = { ...optionsOf(name), ...(endpoint.tls && { tls: endpoint.tls }) };
    this.host = new URL(endpoint.url).hostname;
    this.#bell = bell;
    this.#log = log;
    this.#redis = new Redis(endpoint.url, options) as Redis & ScriptCommands;
    for (const [name, script] of Object.entries(scriptsRinging(bell.publish))) {
      this.#redis.defineCommand(name, script);
    }

    this.#redis.on('ready', () => void this.#learnHistory(events));
    this.#redis.on('close', () => {
      this.#lost();
      events.onLost();
    });
    // A cluster takes subscriptions away with the slot.
    this.#redis.on('moved', () => {
      this.#channels.clear();
      events.onDeaf();
    });
    this.#redis.on(bell.message, (channel: Buffer, payload: Buffer) => events.onMessage(channel, payload));
    this.#redis.on('error', (error) => this.#failed(error));
  }

  connect(): void {
    // Failures of the first attempt are retried like later ones and are already logged by 'error'.
    this.#redis.connect().catch(() => {});
  }

  get available(): boolean {
    return this.#available;
  }

  get everReached(): boolean {
    return this.history !== '';
  }

  /** The connection to send a command on; what is sent within one turn of the loop leaves in one write. Throws `Unavailable`. */
  get now(): Redis & ScriptCommands {
    if (!this.#available) throw new Unavailable('redis is not connected');
    if (!this.#corked) {
      this.#corked = true;
      const { stream } = this.#redis;
      stream.cork();
      setImmediate(() => {
        this.#corked = false;
        stream.uncork();
      });
    }
    return this.#redis;
  }

  /** Announces something on a channel. */
  async ring(channel: string, payload: string): Promise<void> {
    await this.now[this.#bell.publish](channel, payload);
  }

  hears(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** Resolves when the subscriptions are confirmed. */
  async subscribe(channels: string[]): Promise<void> {
    await this.now[this.#bell.subscribe](...channels);
    for (const channel of channels) this.#channels.add(channel);
  }

  unsubscribe(channel: string): void {
    if (this.#channels.delete(channel)) this.#redis[this.#bell.unsubscribe](channel).catch(() => {});
  }

  /**
   * Resolves when so many replicas have all that was written here so far (WAIT), or all that follow where they are fewer:
   * a chat whose only replica has died goes on. What is written in one turn, and while another one is out, shares one: each
   * holds the connection up, for a second where a replica hangs. Throws `Unavailable` after that.
   */
  replicated(wanted: number): Promise<void> {
    this.#nextWait ??= this.#lastWait.then(async () => {
      await nextTurn();
      this.#nextWait = undefined;
      const wait = this.#waitFor(wanted);
      this.#lastWait = wait.catch(() => {});
      return wait;
    });
    return this.#nextWait;
  }

  async #waitFor(wanted: number): Promise<void> {
    const asked = Math.min(wanted, this.replicas);
    if (asked === 0) return;
    const have = await this.#redis.wait(asked, WAIT_MS);
    if (have >= asked) return;
    this.replicas = following(await this.#redis.info('replication'));
    if (have < Math.min(wanted, this.replicas)) throw new Unavailable('too few replicas have it');
  }

  /** Connects anew, for a server that has become a replica: its name may lead to the new primary by now. */
  reconnect(reason: string): void {
    this.#log.warn('leaving this redis', { reason });
    this.#redis.disconnect(true);
  }

  close(): void {
    this.#available = false;
    this.#redis.disconnect();
  }

  async #learnHistory(events: BackplaneEvents): Promise<void> {
    try {
      const info = await this.#redis.info();
      const version = /^redis_version:(.*)$/m.exec(info)?.[1]?.trim() ?? 'unknown';
      if (Number.parseInt(version) < OLDEST) throw new Error(`version ${version} is older than ${OLDEST}.0`);
      this.history = field(info, 'master_replid') ?? field(info, 'run_id') ?? 'unknown';
      this.replicas = following(info);
      this.#available = true;
      this.#reason = '';
      this.#log.info('redis connected', { history: this.history });
      events.onReady();
    } catch (error) {
      this.#log.warn('this redis cannot be used', { reason: reasonOf(error) });
      this.#redis.disconnect(true);
    }
  }

  // Each try fails alike for as long as Redis is away: one line per reason is enough.
  #failed(error: unknown): void {
    const reason = reasonOf(error) || 'no connection';
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#log.warn('redis cannot be reached', { reason });
  }

  #lost(): void {
    if (this.#available) this.#log.warn('redis connection lost');
    this.#available = false;
    this.#channels.clear();
  }
}

/** How every connection is made. */
export function optionsOf(name: string): RedisOptions {
  return {
    connectionName: `chat-${name}`.replace(/[^\w.-]/g, '-'),
    lazyConnect: true,
    // A command that cannot go out now fails now: the client retries with its cid, and nothing piles up here.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Confirmation matters (the stream is read only after it), so subscribing again is done by Rooms.
    autoResubscribe: false,
    connectTimeout: 3000,
    // Ends a connection that owes an answer for so long, and with it what waits there. A commandTimeout would arm and clear
    // a timer for each command, which shows in what a message costs.
    socketTimeout: 3000,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 4), 1000) * (0.5 + Math.random() / 2),
    reconnectOnError: (error) => /^(READONLY|MASTERDOWN)/.test(error.message),
  };
}

function following(info: string): number {
  return info.split('state=online').length - 1;
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\w+)`, 'm').exec(info)?.[1];
}
