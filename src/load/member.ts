import { timeIn } from './message-scan.ts';
import type { RoomView } from './room-view.ts';
import { Sequence } from './sequence.ts';
import type { ServerFrame } from './server-frame.ts';
import type { Tally } from './tally.ts';

type Frame<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

/** One client's membership of its room over all of its sessions: checks each offset as it comes off the wire, and counts. */
export class Member {
  /** Undefined before the first `joined`. */
  sequence: Sequence | undefined;
  readonly #room: RoomView;
  readonly #tally: Tally;
  /** Whether this session has had its first `joined`. */
  #greeted = false;
  /** Whether this session goes on where another one ended. */
  #resumes = false;

  constructor(room: RoomView, tally: Tally) {
    this.#room = room;
    this.#tally = tally;
  }

  /** A connection begins. Answers from where it has to be resumed; undefined for the very first. */
  startSession(): { epoch: string; offset: number } | undefined {
    this.#greeted = false;
    this.#resumes = this.sequence !== undefined;
    return this.sequence && { epoch: this.sequence.epoch, offset: this.sequence.position };
  }

  joined({ epoch, offset, recovered, messages }: Frame<'joined'>, now: number): void {
    const sequence = this.#greeted ? this.sequence! : this.#begin(epoch, offset, recovered, messages);
    this.#greeted = true;
    for (const message of messages) {
      // What was said before a client first came was not sent to it, so its age is no latency.
      this.message(message.offset, this.#resumes ? timeIn(message.text) : Number.NaN, now);
    }
    sequence.skipTo(offset);
    this.#room.see(epoch, offset, now);
  }

  /** `sentAt` is NaN where it is not known. */
  message(offset: number, sentAt: number, now: number): void {
    const { counters, latencies } = this.#tally;
    if (this.sequence === undefined) {
      counters.outOfOrder += 1;
      return;
    }
    const arrival = this.sequence.take(offset);
    if (arrival === 'duplicate') {
      counters.duplicate += 1;
      return;
    }
    counters.delivered += 1;
    if (arrival === 'late') counters.outOfOrder += 1;
    this.#room.see(this.sequence.epoch, offset, now);
    if (!Number.isNaN(sentAt)) latencies.delivery.record(now - sentAt);
  }

  reset({ epoch, offset }: Frame<'reset'>, now: number): void {
    if (this.sequence === undefined) return;
    if (offset === this.sequence.position) this.sequence.epoch = epoch;
    else this.#lose(this.sequence, epoch, offset);
    this.#room.see(epoch, offset, now);
  }

  acknowledged(offset: number, now: number): void {
    this.#room.acknowledged += 1;
    if (this.sequence !== undefined) this.#room.see(this.sequence.epoch, offset, now);
  }

  /** The first page of a session says where the history goes on. */
  #begin(epoch: string, offset: number, recovered: boolean, messages: { offset: number }[]): Sequence {
    const before = (messages[0]?.offset ?? offset + 1) - 1;
    if (this.sequence === undefined) {
      this.#room.begin(before);
      this.sequence = new Sequence(epoch, before);
      return this.sequence;
    }
    this.#tally.counters.resumed += 1;
    if (recovered) this.sequence.epoch = epoch;
    else this.#lose(this.sequence, epoch, before);
    return this.sequence;
  }

  /** The history goes on elsewhere than where this member was. */
  #lose(sequence: Sequence, epoch: string, offset: number): void {
    this.#tally.counters.unrecovered += 1;
    if (epoch === sequence.epoch && offset >= sequence.position) sequence.skipTo(offset);
    else sequence.restart(epoch, offset);
  }
}
