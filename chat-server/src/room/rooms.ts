import type { Clock } from '../clock.ts';
import { jsonFrame, textFrame } from '../frame.ts';
import type { Logger } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { Meter } from '../metrics/meter.ts';
import { channelOf, roomOf } from '../redis/keys.ts';
import type { RedisLink } from '../redis/link.ts';
import type { Store } from '../redis/store.ts';
import type { Settings } from '../settings.ts';
import { parseAnnouncement } from './announcement.ts';
import { NodeLease } from './node-lease.ts';
import type { Entry } from './presence.ts';
import { RoomPresence } from './presence.ts';
import { Room } from './room.ts';

const CHUNK = 1000;
const LINGER_MS = 10_000;
const IN_FLIGHT_MS = 100;

/** The rooms that have members on this node, one subscription each. */
export class Rooms {
  readonly #node: string;
  readonly #link: RedisLink;
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #meter: Meter;
  readonly #rooms = new Map<string, Room>();
  readonly #opening = new Map<string, Promise<Room>>();
  readonly #lease: NodeLease;
  readonly #stop: () => void;

  constructor(
    node: string,
    link: RedisLink,
    store: Store,
    settings: Settings,
    clock: Clock,
    log: Logger,
    meter: Meter,
  ) {
    this.#node = node;
    this.#link = link;
    this.#store = store;
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#meter = meter;
    this.#lease = new NodeLease(node, store, clock, settings.leaseMs, log, (held) => {
      for (const room of this.#rooms.values()) {
        if (held) room.presence.changed();
        else room.presence.localChanged();
      }
    });
    this.#stop = clock.every(settings.headsMs, () => void this.#tick());
  }

  /** How many nodes share the rooms, as far as is known. */
  get nodes(): number {
    return this.#lease.nodes;
  }

  /** Rooms that have members here, and those members together. */
  count(): { rooms: number; members: number } {
    let rooms = 0;
    let members = 0;
    for (const room of this.#rooms.values()) {
      members += room.members.size;
      if (room.members.size > 0) rooms++;
    }
    return { rooms, members };
  }

  /** Each room with its members here and everywhere, and how far it has come. */
  overview(): { room: string; members: number; everywhere: number; epoch: string; offset: number }[] {
    return [...this.#rooms.values()].map(({ name, members, presence, position }) => ({
      room: name,
      members: members.size,
      everywhere: presence.count,
      ...position,
    }));
  }

  /** The room, subscribed and read. Throws when Redis is away. */
  async open(name: string): Promise<Room> {
    const room = this.#rooms.get(name);
    const opening = this.#opening.get(name);
    if (opening) return opening;
    if (room) return room;
    const started = this.#start(name).finally(() => this.#opening.delete(name));
    this.#opening.set(name, started);
    return started;
  }

  /** Commands work (again): what other nodes did meanwhile is looked up. */
  async connected(): Promise<void> {
    await Promise.all([this.#lease.renew(), this.#compareHeads()]);
  }

  /** The subscriber is new: all rooms are subscribed again and, once that is confirmed, compared with Redis. */
  async resubscribe(): Promise<void> {
    try {
      const channels = [...this.#rooms.keys()].map(channelOf);
      for (let at = 0; at < channels.length; at += CHUNK) {
        await this.#link.subscriber.subscribe(...channels.slice(at, at + CHUNK));
      }
      for (const room of this.#rooms.values()) void this.#loadPresence(room);
      await this.#compareHeads();
    } catch (error) {
      this.#log.warn('rooms not subscribed', { reason: reasonOf(error) });
      this.#link.subscriber.disconnect(true);
    }
  }

  /** Hands a pub/sub payload to its room; one that cannot be read still rings the bell. */
  receive(channel: Buffer, payload: Buffer): void {
    const room = this.#rooms.get(roomOf(channel.toString('latin1')));
    if (!room) return;
    const news = parseAnnouncement(payload);
    switch (news?.kind) {
      case 'message':
        return room.receive(news.epoch, news.offset, news.tail);
      case 'presence':
        if (news.node === this.#node) return;
        this.#lease.heard(news.node);
        return room.presence.setRemote(news.node, news.entry);
      case 'typing':
        return room.broadcast(textFrame(news.json));
      default:
        return room.repair();
    }
  }

  /** Takes this node's members out of all rooms, so that others need not wait for the lease to end. */
  async close(): Promise<void> {
    this.#stop();
    const nobody: Entry = { at: this.#clock.now(), count: 0, who: [] };
    const entry = JSON.stringify(nobody);
    const rooms = [...this.#rooms.keys()];
    await Promise.allSettled(rooms.map((room) => this.#store.announce(room, this.#node, entry, 0)));
    await this.#lease.end();
  }

  async #start(name: string): Promise<Room> {
    const presence = new RoomPresence(
      {
        isLive: (node) => this.#lease.isLive(node),
        announce: (entry) => this.#announce(name, entry),
        tell: (change) => room.broadcast(jsonFrame({ type: 'presence', room: name, ...change })),
      },
      this.#clock,
    );
    const room = new Room(name, this.#store, presence, this.#log, this.#clock, this.#meter);
    this.#rooms.set(name, room);
    try {
      await this.#link.subscriber.subscribe(channelOf(name));
      await room.sync();
    } catch (error) {
      this.#rooms.delete(name);
      throw error;
    }
    void this.#loadPresence(room);
    return room;
  }

  #announce(room: string, entry: Entry): void {
    this.#store.announce(room, this.#node, JSON.stringify(entry), entry.count).catch((error) => {
      this.#log.debug('presence not announced', { room, reason: reasonOf(error) });
      this.#clock.after(this.#settings.headsMs, () => this.#rooms.get(room)?.presence.localChanged());
    });
  }

  // Nodes that are unknown may be younger than our last look; those that stay unknown are dead.
  async #loadPresence(room: Room): Promise<void> {
    try {
      const here = await this.#store.here(room.name);
      delete here[this.#node];
      for (const node of room.presence.remoteNodes) {
        // It has left the room while nobody here listened.
        if (!(node in here)) room.presence.setRemote(node, { at: this.#clock.now(), count: 0, who: [] });
      }
      const others = Object.keys(here);
      if (others.some((node) => !this.#lease.isLive(node))) await this.#lease.renew();
      const dead = others.filter((node) => !this.#lease.isLive(node));
      for (const [node, entry] of Object.entries(here)) {
        if (!dead.includes(node)) room.presence.setRemote(node, JSON.parse(entry) as Entry);
      }
      if (dead.length > 0) await this.#store.forgetNodes(room.name, dead);
    } catch (error) {
      this.#log.debug('presence not read', { room: room.name, reason: reasonOf(error) });
    }
  }

  async #tick(): Promise<void> {
    const now = this.#clock.now();
    for (const room of this.#rooms.values()) {
      if (room.members.size === 0 && now - room.idleSince > LINGER_MS) this.#drop(room);
      else if (now - room.touchedAt > this.#settings.retentionMs / 3) room.repair();
    }
    await this.#compareHeads();
    // Keeps the subscriber's own time limit running: a dead connection answers nothing.
    if (this.#link.subscribed) await this.#link.subscriber.ping().catch(() => {});
  }

  #drop(room: Room): void {
    if (this.#opening.has(room.name)) return;
    this.#rooms.delete(room.name);
    this.#link.subscriber.unsubscribe(channelOf(room.name)).catch(() => {});
  }

  // A last message that pub/sub lost leaves no gap, so only this finds it.
  async #compareHeads(): Promise<void> {
    const rooms = [...this.#rooms.values()].filter((room) => room.position.epoch !== '');
    if (rooms.length === 0 || !this.#link.available) return;
    try {
      for (let at = 0; at < rooms.length; at += CHUNK) await this.#compare(rooms.slice(at, at + CHUNK));
    } catch (error) {
      this.#log.debug('heads not compared', { reason: reasonOf(error) });
    }
  }

  async #compare(rooms: Room[]): Promise<void> {
    const { history, role, marks } = await this.#store.heads(rooms.map((room) => room.name));
    if (role === 'slave') return this.#link.reconnect('it is a replica now');
    this.#link.history = history;
    for (const [index, room] of rooms.entries()) {
      const mark = marks[index]!;
      if (!room.isBehind(mark)) continue;
      // An announcement may still be on its way on the other connection.
      this.#clock.after(IN_FLIGHT_MS, () => {
        if (room.isBehind(mark)) room.repair();
      });
    }
  }
}
