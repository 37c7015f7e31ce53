import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { jsonFrame, pongFrame } from '../frame.ts';
import { reasonOf } from '../log.ts';
import { CLOSINGS, ERRORS, LIMITS } from '../protocol.ts';
import type { CloseReason, ServerCloseReason } from '../protocol.ts';
import type { Identity, Member } from '../room/member.ts';
import type { Room } from '../room/room.ts';
import { FrameError, parseClientFrame } from './client-frame.ts';
import type { ClientFrame } from './client-frame.ts';
import { answer } from './handlers.ts';
import type { Node } from './node.ts';
import { Outbox } from './outbox.ts';
import type { OutboxOwner } from './outbox.ts';
import { RateLimit } from './rate-limit.ts';

const PING = jsonFrame({ type: 'ping' });
const HELLO_MS = 10_000;
const GRACE_MS = 1000;

/** One connection: checks what comes in, has it answered, and knows its rooms. */
export class Session implements OutboxOwner {
  readonly id = randomUUID();
  readonly node: Node;
  readonly outbox: Outbox;
  readonly rooms = new Map<string, { member: Member; room?: Room }>();
  identity: Identity | undefined;
  /** What its token allows; undefined: all rooms. */
  allowedRooms: ReadonlySet<string> | undefined;
  lastTyping = 0;
  /** It was asked to come back elsewhere. */
  leaving = false;
  // Until when its hello is waited for, and then its token holds (ms since 1970).
  #until: number;
  #nextPing: number;
  readonly #ws: WebSocket;
  readonly #rate: RateLimit;
  #unanswered = 0;
  #bad = 0;
  #ended: CloseReason | undefined;
  /** What came behind a `hello` that is still being checked. */
  #held: ClientFrame[] | undefined;

  constructor(ws: WebSocket, socket: Socket, node: Node, onClose: (session: Session) => void) {
    const { settings, clock } = node;
    this.node = node;
    this.#ws = ws;
    this.#rate = new RateLimit(settings, clock.now());
    this.#nextPing = clock.now() + settings.heartbeatMs;
    this.#until = clock.now() + HELLO_MS;
    this.outbox = new Outbox(socket, node.writer, this);

    ws.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    ws.on('ping', (payload) => this.#control(payload));
    ws.on('pong', () => this.#control());
    // ws has answered with the right close code already (1009, 1007, 1002).
    ws.on('error', (error) => {
      this.#ended ??= endedBy(error);
      node.log.debug('socket error', { session: this.id, reason: reasonOf(error) });
    });
    ws.on('close', (code) => {
      this.outbox.release();
      for (const name of this.rooms.keys()) this.leave(name);
      this.#ended ??= code === 1006 ? 'cut' : 'client';
      node.meter.closed[this.#ended]++;
      node.log.debug('session closed', { session: this.id, code });
      onClose(this);
    });
  }

  send(frame: object): void {
    this.outbox.push(jsonFrame(frame));
  }

  fail(error: FrameError): void {
    const { code, message, about } = error;
    this.node.meter.errors[code]++;
    this.send({ type: 'error', code, message, ...about, retryable: ERRORS[code].retryable });
  }

  leave(name: string): void {
    const joined = this.rooms.get(name);
    this.rooms.delete(name);
    if (!joined) return;
    joined.member.gone = true;
    joined.room?.remove(joined.member);
    joined.room?.presence.remove(joined.member.identity);
  }

  /** Its client has said hello, and may stay until its token expires. */
  enter(identity: Identity, until = Infinity): void {
    this.identity = identity;
    this.#until = until;
  }

  /** Ends it when its time is over, and pings it when that is due. Called by one timer for all: one each would neither be cheap nor reach beyond 24.8 days. */
  check(now: number): void {
    if (this.#until <= now) this.close(this.identity ? 'token-expired' : 'no-hello');
    const { heartbeatMs } = this.node.settings;
    const wait = this.#nextPing - now;
    // Longer than it can be: the clock was set back.
    if (wait > 0 && wait <= heartbeatMs) return;
    this.#nextPing = now + heartbeatMs;
    this.#ping();
  }

  close(reason: ServerCloseReason): void {
    const { code, text } = CLOSINGS[reason];
    this.#ended ??= reason;
    this.outbox.close();
    this.#ws.close(code, text);
  }

  /** Asks the client to come back elsewhere in `ms`, and sees to it that it does. */
  sendAway(ms: number): void {
    this.leaving = true;
    this.send({ type: 'reconnect', afterMs: ms });
    this.node.clock.after(ms + GRACE_MS, () => this.close('restart'));
  }

  terminate(reason: CloseReason): void {
    this.#ended ??= reason;
    this.#ws.terminate();
  }

  /** Closes a connection whose reader is behind; it may come back and go on where it was. */
  tooSlow(scope: 'socket' | 'process'): void {
    this.node.log.warn('closing a slow reader', { session: this.id, queued: this.outbox.queued, scope });
    this.close(scope === 'process' ? 'memory' : 'slow-reader');
    // The close frame would wait behind what the process has no room for.
    if (scope === 'process') this.#ws.terminate();
  }

  /** Takes no frames until some work is done, and then those that have come already. */
  hold(work: Promise<void>): void {
    const held: ClientFrame[] = [];
    this.#held = held;
    this.#ws.pause();
    void work.finally(() => {
      this.#held = undefined;
      this.#ws.resume();
      for (const frame of held) this.#answer(frame);
    });
  }

  // A client that has let two pings pass is taken for dead.
  #ping(): void {
    if (this.#unanswered >= 2) {
      this.node.log.debug('session is dead', { session: this.id });
      this.terminate('dead');
      return;
    }
    this.#unanswered++;
    this.outbox.push(PING);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    // What still comes behind our close is for nobody.
    if (this.#ended) return;
    this.#unanswered = 0;
    const verdict = this.#rate.take(this.node.clock.now());
    if (verdict === 'close') return this.close('rate-limited');
    try {
      if (isBinary) throw new FrameError('bad-message', 'frames must be text');
      const frame = parseClientFrame(data.toString());
      if (verdict === 'refuse' && frame.type !== 'pong') {
        const about = 'room' in frame ? { room: frame.room, ...('cid' in frame && { cid: frame.cid }) } : {};
        throw new FrameError('rate-limited', 'too many messages, wait a moment', about);
      }
      if (this.#held) this.#held.push(frame);
      else answer(this, frame);
    } catch (error) {
      this.#refuse(error);
    }
  }

  // Control frames come out of the same allowance as others, or they would be the cheap way to flood.
  #control(ping?: Buffer): void {
    if (this.#ended) return;
    const verdict = this.#rate.take(this.node.clock.now());
    if (verdict === 'close') this.close('rate-limited');
    else if (ping && verdict === 'pass') this.outbox.push(pongFrame(ping));
  }

  #answer(frame: ClientFrame): void {
    if (this.#ended) return;
    try {
      answer(this, frame);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    if (!(error instanceof FrameError)) throw error;
    this.fail(error);
    if (error.code === 'bad-message' && ++this.#bad >= LIMITS.badMessages) {
      this.close('bad-message');
    }
  }
}

// ws names its own refusals; anything else is the network's doing.
function endedBy(error: Error & { code?: string }): CloseReason {
  if (!error.code?.startsWith('WS_ERR_')) return 'cut';
  return error.code.endsWith('_LENGTH') && !error.code.includes('CONTROL') ? 'too-large' : 'bad-frame';
}
