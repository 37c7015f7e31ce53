import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { Backplane, BackplaneEvents } from './backplane.ts';
import { channelOf } from './keys.ts';
import type { Endpoint } from './link.ts';
import { optionsOf, RedisLink, SHARDED, Unavailable } from './link.ts';
import { slotOf } from './slot.ts';

/** CLUSTER SLOTS: first and last slot, its primary, its replicas. */
type SlotRange = [first: number, last: number, primary: [host: string | null, port: number], ...unknown[]];

// How long a command follows a slot that moves, and how long it waits before it asks again.
const PATIENCE_MS = 2000;
const PAUSE_MS = 50;
// Between two looks at who has which slot while a primary is away: a replica takes over within seconds.
const LOOK_AGAIN_MS = 250;

/**
 * The primaries of a cluster, with one connection each. The client library's own sharded subscribers do not say
 * when a subscription is confirmed, which is what reading on depends on; and each primary has a history of its own.
 */
export class ClusterBackplane implements Backplane {
  readonly #endpoint: string;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events: BackplaneEvents;
  #links = new Map<string, RedisLink>();
  #bySlot: RedisLink[] = [];
  #ranges = '';
  #turn = 0;
  #looking: Promise<void> | undefined;
  #lookAgain: (() => void) | undefined;
  #closed = false;

  /** `endpoint` is the URL of the configuration endpoint, or of any node. */
  constructor(endpoint: string, name: string, clock: Clock, log: Logger, events: BackplaneEvents) {
    this.#endpoint = endpoint;
    this.#name = name;
    this.#clock = clock;
    this.#log = log;
    this.#events = events;
  }

  get links(): Iterable<RedisLink> {
    return this.#links.values();
  }

  get everReached(): boolean {
    return [...this.links].some((link) => link.everReached);
  }

  get available(): boolean {
    return this.#links.size > 0 && [...this.links].every((link) => link.available);
  }

  connect(): void {
    void this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#lookAgain?.();
    for (const link of this.links) link.close();
  }

  /** What a slot's old owner refuses was not done, so it can be asked of the new one. */
  async run<T>(tag: string, command: (link: RedisLink) => Promise<T>): Promise<T> {
    const slot = slotOf(tag);
    const giveUp = this.#clock.now() + PATIENCE_MS;
    let redirected = false;
    for (;;) {
      try {
        return await command(this.#linkOf(slot));
      } catch (error) {
        const [, code] = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b/.exec(reasonOf(error)) ?? [];
        redirected ||= code !== undefined;
        // A new owner that is only being connected has been asked nothing yet either.
        const again = code !== undefined || (redirected && error instanceof Unavailable);
        if (!again || this.#clock.now() > giveUp || this.#closed) throw error;
        if (code === 'MOVED') await this.#look();
      }
      // A slot on its way is served by neither side alone: a room's keys must all have arrived.
      await this.#pause();
    }
  }

  hears(room: string): boolean {
    return this.#bySlot[slotOf(room)]?.hears(channelOf(room)) ?? false;
  }

  unsubscribe(room: string): void {
    for (const link of this.links) link.unsubscribe(channelOf(room));
  }

  together(rooms: string[]): string[][] {
    const bySlot = new Map<number, string[]>();
    for (const room of rooms) {
      const slot = slotOf(room);
      const others = bySlot.get(slot);
      if (others) others.push(room);
      else bySlot.set(slot, [room]);
    }
    return [...bySlot.values()];
  }

  #linkOf(slot: number): RedisLink {
    const link = this.#bySlot[slot];
    if (!link) throw new Unavailable('no primary has this slot');
    return link;
  }

  #look(): Promise<void> {
    this.#looking ??= this.#learnSlots().finally(() => {
      this.#looking = undefined;
      this.#lookAgain?.();
      if (this.available || this.#closed) return;
      this.#lookAgain = this.#clock.after(LOOK_AGAIN_MS, () => void this.#look());
    });
    return this.#looking;
  }

  // A node that is cut off from the others may not know better, so they are asked in turn.
  async #learnSlots(): Promise<void> {
    const links = [...this.links].filter((link) => link.available);
    this.#turn++;
    for (let at = 0; at < links.length; at++) {
      const link = links[(this.#turn + at) % links.length]!;
      try {
        return this.#adopt(await slotsOf(link.now), link.host);
      } catch (error) {
        this.#log.debug('slots not told', { by: link.host, reason: reasonOf(error) });
      }
    }
    const url = new URL(this.#endpoint);
    const redis = new Redis(this.#endpoint, { ...optionsOf(this.#name), retryStrategy: null });
    redis.on('error', () => {});
    try {
      await redis.connect();
      this.#adopt(await slotsOf(redis), url.hostname);
    } catch (error) {
      this.#log.warn('cluster cannot be reached', { reason: reasonOf(error) });
    } finally {
      redis.disconnect();
    }
  }

  #adopt(ranges: SlotRange[], asked: string): void {
    if (this.#closed) return;
    const owners = ranges.map(([first, last, [host, port]]) => ({ first, last, host: host || asked, port }));
    const seen = JSON.stringify(owners);
    if (seen !== this.#ranges) {
      this.#ranges = seen;
      const links = new Map<string, RedisLink>();
      const bySlot: RedisLink[] = [];
      for (const { first, last, host, port } of owners) {
        const address = `${host}:${port}`;
        const link = links.get(address) ?? this.#links.get(address) ?? this.#open(host, port);
        links.set(address, link);
        for (let slot = first; slot <= last; slot++) bySlot[slot] = link;
      }
      for (const [address, link] of this.#links) if (!links.has(address)) link.close();
      this.#links = links;
      this.#bySlot = bySlot;
      this.#log.info('cluster', { primaries: [...links.keys()] });
    }
    this.#events.onDeaf();
  }

  #open(host: string, port: number): RedisLink {
    const lookAround = () => void this.#look();
    const link = new RedisLink(nodeAt(this.#endpoint, host, port), this.#name, SHARDED, this.#log, {
      onReady: () => this.#events.onReady(),
      onMessage: (channel, payload) => this.#events.onMessage(channel, payload),
      // Its slots may have gone to another primary.
      onDeaf: lookAround,
      onLost: lookAround,
    });
    link.connect();
    return link;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(PAUSE_MS, resolve));
  }
}

async function slotsOf(redis: Redis): Promise<SlotRange[]> {
  return (await redis.cluster('SLOTS')) as unknown as SlotRange[];
}

// Same user, password and TLS as the configuration endpoint; its certificate speaks for nodes that are named by number, too.
function nodeAt(endpoint: string, host: string, port: number): Endpoint {
  const url = new URL(endpoint);
  const certified = url.hostname;
  url.hostname = isIP(host) === 6 ? `[${host}]` : host;
  url.port = String(port);
  const needsName = url.protocol === 'rediss:' && isIP(host) !== 0 && isIP(certified) === 0;
  return { url: url.href, ...(needsName && { tls: { servername: certified } }) };
}
