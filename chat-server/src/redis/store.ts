import type { Logger } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { Settings } from '../settings.ts';
import { channelOf, headKey, hereKey, NODES_KEY, sentKey, streamKey } from './keys.ts';
import type { Backplane } from './backplane.ts';
import type { RedisLink } from './link.ts';
import { Unavailable } from './link.ts';
import { EMPTY_MS } from './scripts.ts';

/** A message as the stream holds it: its offset and its JSON from `"from"` on. */
export interface Entry {
  offset: number;
  tail: Buffer;
}

/** Where a room stands in Redis; `lineage` names past epochs and where they ended, newest first. */
export interface Head {
  epoch: string;
  offset: number;
  lineage: string;
}

/** The head of one room in a comparison of all; no epoch: stored under another history. */
export interface HeadMark {
  epoch: string;
  offset: number;
}

const DEDUPE_MS = 600_000;
// How often a room in use is kept from expiring, as a part of what it is kept for: it lives that much longer, never shorter.
const KEPT_EVERY = 1 / 3;

/** How often a room in use has to be read, so that it does not expire (ms). */
export function keepEvery(offset: number, retentionMs: number): number {
  return KEPT_EVERY * (offset === 0 ? Math.min(retentionMs, EMPTY_MS) : retentionMs);
}

/** Every read and write of a room's data; all of them throw `Unavailable` or what Redis answered. */
export class Store {
  readonly #backplane: Backplane;
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #retention: string;
  readonly #dedupe: string;

  constructor(backplane: Backplane, settings: Settings, log: Logger) {
    this.#backplane = backplane;
    this.#settings = settings;
    this.#log = log;
    this.#retention = String(Math.ceil(settings.retentionMs * (1 + KEPT_EVERY)));
    this.#dedupe = String(Math.min(DEDUPE_MS, settings.retentionMs));
  }

  /** Numbers, stores and announces a message in one call (EVALSHA). */
  publish(
    room: string,
    client: string,
    cid: string,
    tail: string,
  ): Promise<{ offset: number; duplicate: boolean }> {
    const { history, waitReplicas } = this.#settings;
    return this.#backplane.run(room, async (link) => {
      const reply = link.now.chatPublish(
        headKey(room),
        streamKey(room),
        sentKey(room, client, cid),
        link.history,
        this.#retention,
        channelOf(room),
        String(history),
        this.#dedupe,
        tail,
      );
      if (waitReplicas > 0) await Promise.all([reply, link.replicated(waitReplicas)]);
      const [, offset, duplicate] = await reply;
      return { offset, duplicate: duplicate === 1 };
    });
  }

  /** The head of a room and up to `count` messages after an offset, from one moment; keeps the room from expiring. */
  read(room: string, after: number, count: number): Promise<{ head: Head; entries: Entry[] }> {
    return this.#backplane.run(room, async (link) => {
      const [history, epoch, offset, lineage, entries] = await link.now.chatRead(
        headKey(room),
        streamKey(room),
        link.history,
        this.#retention,
        String(after),
        String(count),
      );
      link.history = history;
      return { head: { epoch, offset, lineage }, entries: entries.map(toEntry) };
    });
  }

  /** Up to `count` messages before an offset, oldest first (XREVRANGE). */
  async before(room: string, offset: number, count: number): Promise<Entry[]> {
    if (offset <= 1) return [];
    const end = `0-${offset - 1}`;
    const entries = await this.#backplane.run(room, (link) =>
      link.now.xrevrange(streamKey(room), end, '-', 'COUNT', count),
    );
    return entries.map(toEntry).toReversed();
  }

  /** The heads of rooms by name, as many in one call as may be and one write per primary; rooms whose primary is away are missing. */
  async heads(rooms: string[]): Promise<Map<string, HeadMark>> {
    const marks = new Map<string, HeadMark>();
    await this.#forGroups(rooms, 'heads not compared', async (link, names) => {
      const [history, role, replicas, ...flat] = await link.now.chatHeads(
        names.length,
        ...names.map(headKey),
      );
      if (role === 'slave') return link.reconnect('it is a replica now');
      link.history = history;
      link.replicas = replicas;
      for (const [index, name] of names.entries()) {
        marks.set(name, { epoch: String(flat[index * 2]), offset: Number(flat[index * 2 + 1]) });
      }
    });
    return marks;
  }

  /** Subscribes to rooms and resolves when that is confirmed or has failed; `Backplane.hears` tells which. */
  async subscribe(rooms: string[]): Promise<void> {
    await this.#forGroups(rooms, 'rooms not subscribed', (link, names) =>
      link.subscribe(names.map(channelOf)),
    );
  }

  /** Stores and announces who is in a room on this node; with nobody there the node is taken out. */
  async announce(room: string, node: string, entry: string, count: number): Promise<void> {
    await this.#backplane.run(room, (link) =>
      link.now.chatAnnounce(hereKey(room), node, entry, this.#retention, channelOf(room), String(count)),
    );
  }

  /** What each node last announced for a room (HGETALL). */
  here(room: string): Promise<Record<string, string>> {
    return this.#backplane.run(room, (link) => link.now.hgetall(hereKey(room)));
  }

  async forgetNodes(room: string, nodes: string[]): Promise<void> {
    await this.#backplane.run(room, (link) => link.now.hdel(hereKey(room), ...nodes));
  }

  /** Renews this node's lease; `held` is false when it had run out, so that others have dropped our members. */
  async lease(node: string): Promise<{ held: boolean; live: string[] }> {
    const [held, ...live] = await this.#backplane.run(NODES_KEY, (link) =>
      link.now.chatLease(NODES_KEY, node, String(this.#settings.leaseMs)),
    );
    return { held: held === 1, live };
  }

  async endLease(node: string): Promise<void> {
    await this.#backplane.run(NODES_KEY, (link) => link.now.zrem(NODES_KEY, node));
  }

  /** Tells all nodes that someone types; nothing is kept. */
  async typing(room: string, json: string): Promise<void> {
    await this.#backplane.run(room, (link) => link.ring(channelOf(room), `T1 ${json}`));
  }

  /** Whether Redis answers now, all of it. */
  async ping(): Promise<void> {
    if (!this.#backplane.available) throw new Unavailable('redis is not connected');
    await Promise.all([...this.#backplane.links].map((link) => link.now.ping()));
  }

  // What fails for one group says nothing about the others.
  async #forGroups(
    rooms: string[],
    failed: string,
    command: (link: RedisLink, rooms: string[]) => Promise<void>,
  ): Promise<void> {
    const groups = this.#backplane.together(rooms);
    await Promise.all(
      groups.map((names) =>
        this.#backplane
          .run(names[0]!, (link) => command(link, names))
          .catch((error) => this.#log.debug(failed, { rooms: names.length, reason: reasonOf(error) })),
      ),
    );
  }
}

function toEntry([id, fields]: [string, string[]]): Entry {
  const at = fields.indexOf('m');
  return { offset: Number(id.slice(id.indexOf('-') + 1)), tail: Buffer.from(fields[at + 1] ?? '') };
}
