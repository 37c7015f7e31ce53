import type { Settings } from '../settings.ts';
import { channelOf, headKey, hereKey, NODES_KEY, sentKey, streamKey } from './keys.ts';
import type { RedisLink } from './link.ts';
import { Unavailable } from './link.ts';

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

/** Every read and write of a room's data; all of them throw `Unavailable` or what Redis answered. */
export class Store {
  readonly #link: RedisLink;
  readonly #settings: Settings;
  readonly #retention: string;
  readonly #dedupe: string;
  #waiting: Promise<number> | undefined;

  constructor(link: RedisLink, settings: Settings) {
    this.#link = link;
    this.#settings = settings;
    this.#retention = String(settings.retentionMs);
    this.#dedupe = String(Math.min(DEDUPE_MS, settings.retentionMs));
  }

  /** Numbers, stores and announces a message in one call (EVALSHA). */
  async publish(
    room: string,
    client: string,
    cid: string,
    tail: string,
  ): Promise<{ offset: number; duplicate: boolean }> {
    const reply = this.#link.now.chatPublish(
      headKey(room),
      streamKey(room),
      sentKey(room, client, cid),
      this.#link.history,
      this.#retention,
      channelOf(room),
      String(this.#settings.history),
      this.#dedupe,
      tail,
    );
    const replicated = this.#settings.waitReplicas > 0 ? this.#replicas() : undefined;
    const [, offset, duplicate] = await reply;
    if (replicated && (await replicated) < this.#settings.waitReplicas) {
      throw new Unavailable('too few replicas have the message');
    }
    return { offset, duplicate: duplicate === 1 };
  }

  /** The head of a room and up to `count` messages after an offset, from one moment; keeps the room from expiring. */
  async read(room: string, after: number, count: number): Promise<{ head: Head; entries: Entry[] }> {
    const [history, epoch, offset, lineage, entries] = await this.#link.now.chatRead(
      headKey(room),
      streamKey(room),
      this.#link.history,
      this.#retention,
      String(after),
      String(count),
    );
    this.#link.history = history;
    return { head: { epoch, offset, lineage }, entries: entries.map(toEntry) };
  }

  /** Up to `count` messages before an offset, oldest first (XREVRANGE). */
  async before(room: string, offset: number, count: number): Promise<Entry[]> {
    if (offset <= 1) return [];
    const end = `0-${offset - 1}`;
    const entries = await this.#link.now.xrevrange(streamKey(room), end, '-', 'COUNT', count);
    return entries.map(toEntry).toReversed();
  }

  /** The heads of many rooms in one call, with the server's own history and role. */
  async heads(rooms: string[]): Promise<{ history: string; role: string; marks: HeadMark[] }> {
    const [history, role, ...flat] = await this.#link.now.chatHeads(rooms.length, ...rooms.map(headKey));
    const marks = rooms.map((_, index) => ({
      epoch: String(flat[index * 2]),
      offset: Number(flat[index * 2 + 1]),
    }));
    return { history, role, marks };
  }

  /** Stores and announces who is in a room on this node; with nobody there the node is taken out. */
  async announce(room: string, node: string, entry: string, count: number): Promise<void> {
    await this.#link.now.chatAnnounce(
      hereKey(room),
      node,
      entry,
      this.#retention,
      channelOf(room),
      String(count),
    );
  }

  /** What each node last announced for a room (HGETALL). */
  here(room: string): Promise<Record<string, string>> {
    return this.#link.now.hgetall(hereKey(room));
  }

  async forgetNodes(room: string, nodes: string[]): Promise<void> {
    await this.#link.now.hdel(hereKey(room), ...nodes);
  }

  /** Renews this node's lease; `held` is false when it had run out, so that others have dropped our members. */
  async lease(node: string): Promise<{ held: boolean; live: string[] }> {
    const [held, ...live] = await this.#link.now.chatLease(NODES_KEY, node, String(this.#settings.leaseMs));
    return { held: held === 1, live };
  }

  async endLease(node: string): Promise<void> {
    await this.#link.now.zrem(NODES_KEY, node);
  }

  /** Tells all nodes that someone types; nothing is kept. */
  async typing(room: string, json: string): Promise<void> {
    await this.#link.now.publish(channelOf(room), `T1 ${json}`);
  }

  /** Whether Redis answers now. */
  async ping(): Promise<void> {
    await this.#link.now.ping();
  }

  // One WAIT confirms every write before it on the connection, so the sends of one turn share it.
  #replicas(): Promise<number> {
    this.#waiting ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#waiting = undefined;
        this.#link.commands.wait(this.#settings.waitReplicas, 1000).then(resolve, reject);
      });
    });
    return this.#waiting;
  }
}

function toEntry([id, fields]: [string, string[]]): Entry {
  const at = fields.indexOf('m');
  return { offset: Number(id.slice(id.indexOf('-') + 1)), tail: Buffer.from(fields[at + 1] ?? '') };
}
