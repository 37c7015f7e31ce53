import type { Clock } from '../clock.ts';
import { jsonFrame, textFrame } from '../frame.ts';
import type { Logger } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { Meter } from '../metrics/meter.ts';
import type { Backplane } from '../redis/backplane.ts';
import { roomOf } from '../redis/keys.ts';
import { Unavailable } from '../redis/link.ts';
import { keepEvery } from '../redis/store.ts';
import type { Store } from '../redis/store.ts';
import type { Settings } from '../settings.ts';
import { parseAnnouncement } from './announcement.ts';
import { NodeLease } from './node-lease.ts';
import type { Entry } from './presence.ts';
import { RoomPresence } from './presence.ts';
import { Room } from './room.ts';

const LINGER_MS = 10_000;

/** The rooms that have members on this node, one subscription each. */
export class Rooms {
  readonly #node: string;
  readonly #backplane: Backplane;
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #meter: Meter;
  readonly #rooms = new Map<string, Room>();
  readonly #opening = new Map<string, Promise<Room>>();
  /** Rooms of which Redis does not know who is there now: whoever has left one of them would be shown there for good. */
  readonly #unannounced = new Set<string>();
  readonly #lease: NodeLease;
  readonly #stop: () => void;
  #closed = false;

  constructor(
    node: string,
    backplane: Backplane,
    store: Store,
    settings: Settings,
    clock: Clock,
    log: Logger,
    meter: Meter,
  ) {
    this.#node = node;
    this.#backplane = backplane;
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
    // One that is being opened is among the rooms already, to hear its channel.
    const room = this.#opening.get(name) ?? this.#rooms.get(name);
    if (room) return room;
    const opening = this.#start(name).finally(() => this.#opening.delete(name));
    this.#opening.set(name, opening);
    return opening;
  }

  /** Redis is there (again): what other nodes did meanwhile is looked up. */
  async connected(): Promise<void> {
    await Promise.all([this.#lease.renew(), this.listen()]);
  }

  /** Rooms without a subscription get one and are compared with Redis once it is confirmed. */
  async listen(): Promise<void> {
    const deaf = this.#ready().filter(({ name }) => !this.#backplane.hears(name));
    if (deaf.length === 0) return;
    await this.#store.subscribe(deaf.map(({ name }) => name));
    const listening = deaf.filter(({ name }) => this.#backplane.hears(name));
    for (const room of listening) void this.#loadPresence(room);
    await this.#compareHeads(listening);
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
    // The sessions that end now leave one after the other: what they would announce is no longer so.
    this.#closed = true;
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
      await this.#store.subscribe([name]);
      if (!this.#backplane.hears(name)) throw new Unavailable('the room is not subscribed');
      await room.sync();
    } catch (error) {
      this.#rooms.delete(name);
      this.#backplane.unsubscribe(name);
      throw error;
    }
    void this.#loadPresence(room);
    return room;
  }

  #announce(room: string, entry: Entry): void {
    if (this.#closed) return;
    this.#store.announce(room, this.#node, JSON.stringify(entry), entry.count).then(
      () => this.#unannounced.delete(room),
      (error) => {
        this.#log.debug('presence not announced', { room, reason: reasonOf(error) });
        this.#unannounced.add(room);
        this.#clock.after(this.#settings.headsMs, () => this.#rooms.get(room)?.presence.localChanged());
      },
    );
  }

  // Nodes that are unknown may be younger than our last look; those that stay unknown are dead.
  async #loadPresence(room: Room): Promise<void> {
    try {
      const known = room.presence.remotes();
      const here = await this.#store.here(room.name);
      delete here[this.#node];
      for (const { node, at } of known) {
        // It has left the room while nobody here listened. Its own clock says when, or its next entry might seem an older one.
        if (!(node in here)) room.presence.setRemote(node, { at, count: 0, who: [] });
      }
      const others = Object.keys(here);
      if (others.some((node) => !this.#lease.isLive(node)) && !(await this.#lease.renew())) return;
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
      else if (now - room.touchedAt > keepEvery(room.position.offset, this.#settings.retentionMs)) {
        this.#keep(room);
      }
    }
    await Promise.all([this.listen(), this.#compareHeads()]);
  }

  // Reading keeps the room itself from expiring, announcing keeps who is there.
  #keep(room: Room): void {
    room.repair();
    room.presence.localChanged();
  }

  #drop(room: Room): void {
    if (this.#opening.has(room.name) || this.#unannounced.has(room.name)) return;
    this.#rooms.delete(room.name);
    this.#backplane.unsubscribe(room.name);
  }

  #ready(): Room[] {
    return [...this.#rooms.values()].filter((room) => room.position.epoch !== '');
  }

  // A last message that pub/sub lost leaves no gap, so only this finds it.
  async #compareHeads(rooms = this.#ready()): Promise<void> {
    const marks = await this.#store.heads(rooms.map(({ name }) => name));
    for (const room of rooms) {
      const mark = marks.get(room.name);
      if (mark && room.isBehind(mark)) room.repair();
    }
  }
}
