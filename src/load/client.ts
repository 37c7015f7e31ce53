import { randomUUID } from 'node:crypto';
import { backOffMs, nameOf } from './back-off.ts';
import { Connection } from './connection.ts';
import type { Cause, ConnectionEvents } from './connection.ts';
import { Member } from './member.ts';
import { scanMessage, timeIn } from './message-scan.ts';
import type { Scanned } from './message-scan.ts';
import { Outgoing } from './outgoing.ts';
import type { RoomView } from './room-view.ts';
import { parseServerFrame } from './server-frame.ts';
import type { ServerFrame } from './server-frame.ts';
import { count } from './tally.ts';
import type { Tally } from './tally.ts';
import type { Target } from './target.ts';

/** What the clients of one worker share. */
export interface Surroundings {
  target: Target;
  /** What each client shows in its hello. */
  token?: string;
  tally: Tally;
  /** Milliseconds of the shared clock. */
  now(): number;
  /** Source address of a client's connections, where it matters. */
  sourceOf(client: number): string | undefined;
}

type State = 'idle' | 'opening' | 'joining' | 'joined' | 'leaving' | 'waiting' | 'gone';

const openingMs = 15_000;
const leavingMs = 2000;
/** Of the heartbeat: a link that was silent for longer is dead. */
const patience = 2.5;
const defaultHeartbeatMs = 25_000;
const badToken = 4401;
// Read without parsing: they come often and say nothing about messages.
const uninteresting = ['{"type":"presence"', '{"type":"typing"'];
const scanned: Scanned = { offset: 0, sentAt: 0 };

/** One person in one room: comes, joins, speaks when told to, and comes back after every cut. */
export class LoadClient implements ConnectionEvents {
  readonly member: Member;
  readonly #index: number;
  readonly #room: RoomView;
  readonly #shared: Surroundings;
  readonly #id = randomUUID();
  #state: State = 'idle';
  #connection: Connection | undefined;
  #cookies: readonly string[] = [];
  /** Made with its first message: most clients only listen. */
  #outgoing: Outgoing | undefined;
  #hasJoined = false;
  /** Since when it wants to be in its room. */
  #since = 0;
  /** Failures in a row. */
  #attempt = 0;
  #heartbeatMs = defaultHeartbeatMs;
  #seenAt = 0;
  #leaveAt = Infinity;
  /** When the state has to be looked at again. */
  #wakeAt = Infinity;

  constructor(index: number, room: RoomView, shared: Surroundings) {
    this.member = new Member(room, shared.tally);
    this.#index = index;
    this.#room = room;
    this.#shared = shared;
  }

  get room(): string {
    return this.#room.name;
  }

  /** Whether it is in its room. */
  get isOpen(): boolean {
    return this.#state === 'joined';
  }

  /** Whether it ought to be in its room. */
  get isWanted(): boolean {
    return this.#state !== 'idle';
  }

  /** Messages sent and never acknowledged. */
  get unacknowledged(): number {
    return this.#outgoing?.size ?? 0;
  }

  /** Whether it is in its room, with an answer to everything that will have one. */
  get isSettled(): boolean {
    return this.#state === 'joined' && this.#outgoing?.waits !== true;
  }

  /** Connects; latency counts from `intended`. */
  open(intended: number): void {
    this.#since = intended;
    this.#connect();
  }

  /** Sends a message, or keeps it until the client is back; latency counts from `intended`. */
  say(cid: string, intended: number): void {
    this.#outgoing ??= new Outgoing(this.#shared.tally, (id, text) =>
      this.#send({ type: 'send', room: this.#room.name, cid: id, text }),
    );
    this.#outgoing.say(cid, intended, this.#state === 'joined');
  }

  /** Does what has become due. To be called often. */
  tick(now: number): void {
    if (now < this.#wakeAt) return;
    switch (this.#state) {
      case 'waiting':
        return this.#connect();
      case 'opening':
        return this.#connection?.abort({ kind: 'failed', reason: 'no answer' });
      case 'joining':
        return this.#connection?.abort({ kind: 'failed', reason: 'not let in' });
      case 'leaving':
        return this.#connection?.abort({ kind: 'closed', code: 1006 });
      case 'joined':
        return this.#look(now);
      default:
        this.#wakeAt = Infinity;
    }
  }

  /** Leaves for good, politely. */
  end(): void {
    this.#state = 'gone';
    this.#connection?.close(1000);
  }

  opened(cookies: string[]): void {
    if (cookies.length > 0) this.#cookies = cookies;
    this.#state = 'joining';
    const { token } = this.#shared;
    this.#send({ type: 'hello', client: this.#id, name: `client ${this.#index}`, token });
  }

  text(buffer: Buffer, start: number, end: number): void {
    const now = this.#shared.now();
    this.#seenAt = now;
    const frame = buffer.toString('latin1', start, end);
    if (scanMessage(frame, this.#room.prefix, scanned)) {
      this.member.message(scanned.offset, scanned.sentAt, now);
      return;
    }
    if (uninteresting.some((beginning) => frame.startsWith(beginning))) return;
    const parsed = parseServerFrame(buffer.toString('utf8', start, end));
    if (parsed === undefined) count(this.#shared.tally.errors, 'malformed frame');
    else this.#frame(parsed, now);
  }

  closed(cause: Cause): void {
    const { tally, now } = this.#shared;
    const state = this.#state;
    this.#connection = undefined;
    if (state === 'gone') return;
    if (state === 'joined') tally.counters.open -= 1;
    if (state === 'joined' || state === 'leaving') {
      this.#since = now();
      count(tally.cuts, state === 'leaving' ? 'reconnect' : nameOf(cause));
    } else {
      count(tally.failures, nameOf(cause));
    }
    if (cause.kind === 'closed' && cause.code === badToken) {
      this.#state = 'gone';
      return;
    }
    this.#state = 'waiting';
    // Whoever was asked to leave after a time has waited already.
    this.#wakeAt = now() + (state === 'leaving' ? 0 : backOffMs(cause, this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #connect(): void {
    const { target, now, sourceOf } = this.#shared;
    this.#state = 'opening';
    this.#leaveAt = Infinity;
    this.#wakeAt = now() + openingMs;
    this.#connection = new Connection(
      {
        target,
        address: target.addresses[(this.#index + this.#attempt) % target.addresses.length]!,
        localAddress: sourceOf(this.#index),
        cookies: this.#cookies,
      },
      this,
    );
  }

  #frame(frame: ServerFrame, now: number): void {
    const room = this.#room.name;
    if ('room' in frame && frame.room !== undefined && frame.room !== room) return;
    switch (frame.type) {
      case 'welcome':
        this.#heartbeatMs = frame.heartbeatMs ?? defaultHeartbeatMs;
        return this.#send({ type: 'join', room, after: this.member.startSession() });
      case 'joined':
        this.member.joined(frame, now);
        this.#wakeAt = now + openingMs;
        return frame.more ? undefined : this.#enter(now);
      case 'message':
        return this.member.message(frame.offset, timeIn(frame.text), now);
      case 'sent':
        if (this.#outgoing?.acknowledged(frame.cid, frame.duplicate, now) === true)
          this.member.acknowledged(frame.offset, now);
        return undefined;
      case 'reset':
        return this.member.reset(frame, now);
      case 'reconnect':
        this.#leaveAt = now + frame.afterMs;
        return this.#state === 'joined' ? this.#look(now) : undefined;
      case 'error':
        return this.#refused(frame, now);
      case 'ping':
        return this.#send({ type: 'pong' });
      case 'other':
        return undefined;
    }
  }

  /** It has caught up: from now on it is in its room. */
  #enter(now: number): void {
    if (this.#state !== 'joining') return;
    const { counters, latencies } = this.#shared.tally;
    this.#state = 'joined';
    this.#attempt = 0;
    counters.open += 1;
    latencies[this.#hasJoined ? 'resume' : 'connect'].record(now - this.#since);
    if (!this.#hasJoined) counters.joined += 1;
    this.#hasJoined = true;
    this.#outgoing?.sendAll();
    this.#look(now);
  }

  #refused({ code, cid, retryable }: Extract<ServerFrame, { type: 'error' }>, now: number): void {
    count(this.#shared.tally.errors, code);
    if (cid !== undefined) {
      this.#outgoing?.refused(cid, retryable, now);
      this.#wakeAt = Math.min(this.#wakeAt, this.#outgoing?.wakeAt ?? Infinity);
    } else if (this.#state === 'joining') {
      // It comes back with a pause, as after any refusal.
      this.#connection?.abort({ kind: 'failed', reason: code });
    }
  }

  /** In the room: is it time to leave, to give up on a silent link, or to send again? */
  #look(now: number): void {
    const deadAt = this.#seenAt + patience * this.#heartbeatMs;
    if (this.#leaveAt <= now) {
      this.#state = 'leaving';
      this.#shared.tally.counters.open -= 1;
      this.#wakeAt = now + leavingMs;
      this.#connection?.close(1000);
      return;
    }
    if (deadAt <= now) {
      this.#connection?.abort({ kind: 'failed', reason: 'silent' });
      return;
    }
    this.#outgoing?.tick(now);
    this.#wakeAt = Math.min(this.#leaveAt, deadAt, this.#outgoing?.wakeAt ?? Infinity);
  }

  #send(frame: object): void {
    this.#connection?.send(JSON.stringify(frame));
  }
}
