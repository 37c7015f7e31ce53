import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { Meter } from '../metrics/meter.ts';
import { jsonFrame, textFrame } from '../frame.ts';
import { LIMITS } from '../protocol.ts';
import type { BreakReason, Position } from '../protocol.ts';
import type { Entry, Head, HeadMark, Store } from '../redis/store.ts';
import type { Outbox } from '../session/outbox.ts';
import { sharedHistory } from './lineage.ts';
import type { Member } from './member.ts';
import type { RoomPresence } from './presence.ts';
import { RecentFrames } from './recent.ts';
import { SharedReads } from './shared-reads.ts';

/** A room on this node: knows how far its live members are, and sees to it that each next message is the next one. */
export class Room {
  readonly name: string;
  readonly presence: RoomPresence;
  readonly recent = new RecentFrames();
  readonly reads: SharedReads;
  readonly members = new Set<Member>();
  /** Every live member has been given everything up to here. */
  position: Position = { epoch: '', offset: 0 };
  lineage = '';
  /** When the room last became empty or was last kept from expiring. */
  idleSince: number;
  touchedAt = 0;
  readonly #live = new Set<Outbox>();
  readonly #store: Store;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #prefix: Buffer;
  readonly #meter: Meter;
  #syncing: Promise<void> | undefined;
  #again = false;
  #held: { epoch: string; offset: number; tail: Buffer }[] = [];

  constructor(name: string, store: Store, presence: RoomPresence, log: Logger, clock: Clock, meter: Meter) {
    this.name = name;
    this.presence = presence;
    this.idleSince = clock.now();
    this.#clock = clock;
    this.#store = store;
    this.#log = log;
    this.#meter = meter;
    this.reads = new SharedReads(async (after) => {
      const { head, entries } = await store.read(name, after, LIMITS.pageMessages);
      return { head, messages: entries.map((entry) => ({ offset: entry.offset, json: this.json(entry) })) };
    }, clock);
    this.#prefix = Buffer.from(`{"type":"message","room":"${name}","offset":`);
  }

  /** A message from pub/sub: the next one goes to the live members, an old one nowhere, anything else makes the room read the stream. */
  receive(epoch: string, offset: number, tail: Buffer): void {
    if (this.#syncing) {
      if (this.#held.length < LIMITS.pageMessages) this.#held.push({ epoch, offset, tail });
      else this.#again = true;
    } else if (epoch === this.position.epoch && offset === this.position.offset + 1) {
      this.#deliver(offset, tail);
    } else if (epoch !== this.position.epoch || offset > this.position.offset) {
      this.repair();
    }
  }

  /** Whether Redis has more than this node has seen, or another epoch. */
  isBehind(mark: HeadMark): boolean {
    return mark.epoch !== this.position.epoch || mark.offset > this.position.offset;
  }

  /** Reads the stream until nothing is missing. Throws when Redis is away. */
  sync(): Promise<void> {
    this.#again = true;
    this.#syncing ??= this.#readOn();
    return this.#syncing;
  }

  /** Starts `sync` and leaves a failure to the next comparison of heads. */
  repair(): void {
    this.sync().catch((error) =>
      this.#log.debug('room not repaired yet', { room: this.name, reason: reasonOf(error) }),
    );
  }

  /** The JSON of a stream entry as `message`. */
  json(entry: Entry): Buffer {
    return Buffer.concat([this.#prefix, Buffer.from(`${entry.offset},`), entry.tail]);
  }

  /** Tells a member that its history does not go on where it was, but at `offset`. */
  resetFrame(offset: number, reason: BreakReason): Buffer {
    return jsonFrame({ type: 'reset', room: this.name, epoch: this.position.epoch, offset, reason });
  }

  goLive(member: Member): void {
    this.#live.add(member.outbox);
  }

  remove(member: Member): void {
    member.gone = true;
    this.members.delete(member);
    this.#live.delete(member.outbox);
    if (this.members.size === 0) this.idleSince = this.#clock.now();
  }

  /** Sends a frame to all who have been greeted. */
  broadcast(frame: Buffer): void {
    for (const member of this.members) {
      if (member.greeted) member.outbox.push(frame);
    }
  }

  #deliver(offset: number, tail: Buffer): void {
    const frame = textFrame(this.#prefix, Buffer.from(`${offset},`), tail);
    this.recent.add(offset, frame);
    this.position.offset = offset;
    this.#meter.deliveries += this.#live.size;
    for (const outbox of this.#live) outbox.push(frame);
  }

  async #readOn(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        const opened = this.position.epoch !== '';
        const count = opened ? LIMITS.pageMessages : 0;
        const { head, entries } = await this.#store.read(this.name, this.position.offset, count);
        this.touchedAt = this.#clock.now();
        this.lineage = head.lineage;
        if (head.epoch === this.position.epoch) {
          this.#apply(head, entries);
          this.#again ||= this.position.offset < head.offset || this.#releaseHeld();
        } else {
          // What was read may belong behind another offset: the two histories may agree less far.
          this.#adopt(head);
          this.#again ||= opened || this.#releaseHeld();
        }
      }
    } finally {
      // In one turn with the last look at `again`, so that no call of sync falls between.
      this.#syncing = undefined;
      this.#held = [];
    }
  }

  #apply(head: Head, entries: Entry[]): void {
    for (const { offset, tail } of entries) {
      if (offset <= this.position.offset) continue;
      if (offset !== this.position.offset + 1) this.#reset(offset - 1, 'too-old');
      this.#deliver(offset, tail);
    }
    if (entries.length === 0 && head.offset > this.position.offset) this.#reset(head.offset, 'too-old');
  }

  // Before the room was first read there is nobody to tell, and it starts at the head.
  #adopt(head: Head): void {
    const before = this.position;
    this.recent.clear();
    if (before.epoch === '') {
      this.position = { epoch: head.epoch, offset: head.offset };
      return;
    }
    const shared = sharedHistory(before, head);
    const reason = shared.reason === 'unknown-epoch' ? 'history-lost' : 'failover';
    this.#log.warn('room has a new epoch', {
      room: this.name,
      epoch: head.epoch,
      offset: shared.offset,
      lost: before.offset - shared.offset,
      reason,
    });
    this.position = { epoch: head.epoch, offset: before.offset };
    this.#reset(shared.offset, reason);
    // What we announced last may be among what was lost.
    this.presence.localChanged();
  }

  #reset(offset: number, reason: BreakReason): void {
    this.position.offset = offset;
    for (const member of this.members) {
      if (!this.#live.has(member.outbox)) {
        // Still catching up: it stays where it was, unless that part of the history is gone.
        if (reason === 'too-old') continue;
        member.cursor = Math.min(member.cursor, offset);
      }
      if (!member.greeted) continue;
      const at = this.#live.has(member.outbox) ? offset : member.cursor;
      member.outbox.push(this.resetFrame(at, reason));
    }
  }

  // Answers whether something was held that does not follow on.
  #releaseHeld(): boolean {
    const held = this.#held;
    this.#held = [];
    for (const { epoch, offset, tail } of held) {
      if (epoch === this.position.epoch && offset <= this.position.offset) continue;
      if (epoch !== this.position.epoch || offset !== this.position.offset + 1) return true;
      this.#deliver(offset, tail);
    }
    return false;
  }
}
