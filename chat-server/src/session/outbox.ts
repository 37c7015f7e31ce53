import type { Socket } from 'node:net';
import type { Meter } from '../metrics/meter.ts';
import { LIMITS } from '../protocol.ts';

/** Writes the frames of one turn of the loop with one call per socket, and keeps count of what the process has queued. */
export class Writer {
  #dirty: Outbox[] = [];
  #queued = 0;
  #since = 0;
  #together: { frames: Buffer[]; bytes: Buffer } | undefined;
  readonly #backlogged = new Set<Outbox>();
  readonly #limit: number;
  readonly #meter: Meter;

  /** `limit`: bytes that all sockets together may have queued. */
  constructor(limit: number, meter: Meter) {
    this.#limit = limit;
    this.#meter = meter;
  }

  /** Bytes that wait for slow readers. */
  get queued(): number {
    return this.#queued;
  }

  schedule(outbox: Outbox): void {
    if (this.#dirty.push(outbox) > 1) return;
    this.#since = performance.now();
    setImmediate(this.#flush);
  }

  /** Frames as one buffer. The members of a room mostly get the same ones in a turn, one after the other, and then share it. */
  together(frames: Buffer[]): Buffer {
    const last = this.#together;
    const same =
      last?.frames.length === frames.length && frames.every((frame, at) => frame === last.frames[at]);
    if (same) return last.bytes;
    const bytes = Buffer.concat(frames);
    this.#together = { frames, bytes };
    return bytes;
  }

  /** Takes note of how much a socket has queued now. */
  account(outbox: Outbox, before: number, now: number): void {
    this.#queued += now - before;
    if (now > 0) this.#backlogged.add(outbox);
    else this.#backlogged.delete(outbox);
  }

  readonly #flush = (): void => {
    const batch = this.#dirty;
    this.#dirty = [];
    for (const outbox of batch) outbox.flush();
    this.#together = undefined;
    this.#meter.write.observe((performance.now() - this.#since) / 1000);
    if (this.#queued > this.#limit) this.#shed();
  };

  #shed(): void {
    const slowest = [...this.#backlogged].sort((a, b) => b.queued - a.queued);
    for (const outbox of slowest) {
      if (this.#queued <= this.#limit) return;
      outbox.overflow('process');
      // Its socket is destroyed, which is told later; until then the next one would seem to be one too many, and the one after it.
      outbox.release();
    }
  }
}

/** Whom an outbox belongs to. */
export interface OutboxOwner {
  /** Its reader is too far behind, or the slowest while the process has queued too much. */
  tooSlow(scope: 'socket' | 'process'): void;
}

/** The way out to one socket: whole frames in order. Says so when its reader falls too far behind. */
export class Outbox {
  queued = 0;
  // Most turns have one frame for a socket, and most sockets none: an array is made where there are more.
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;
  #lagged = false;
  #closed = false;
  readonly #socket: Socket;
  readonly #writer: Writer;
  readonly #owner: OutboxOwner;

  constructor(socket: Socket, writer: Writer, owner: OutboxOwner) {
    this.#socket = socket;
    this.#writer = writer;
    this.#owner = owner;
  }

  push(frame: Buffer): void {
    if (this.#closed) return;
    if (this.#first) {
      (this.#rest ??= []).push(frame);
    } else {
      this.#first = frame;
      this.#writer.schedule(this);
    }
  }

  /** Writes what was pushed, and complains when the reader has not taken enough of what was there before. */
  flush(): void {
    this.#write();
    if (this.queued > LIMITS.backlogBytes) this.overflow('socket');
  }

  /** Resolves when everything pushed so far has left the process; false when the socket is gone. */
  drained(): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    this.#write();
    return new Promise((resolve) => {
      this.#socket.write('', (error) => resolve(!error));
    });
  }

  overflow(scope: 'socket' | 'process'): void {
    // One that is closing holds its bytes until its reader has taken them.
    if (!this.#closed || scope === 'process') this.#owner.tooSlow(scope);
  }

  /** Writes what is left; nothing can be pushed afterwards. */
  close(): void {
    this.#write();
    this.#closed = true;
  }

  /** Forgets a socket that is gone. */
  release(): void {
    this.#closed = true;
    this.#writer.account(this, this.queued, 0);
    this.queued = 0;
  }

  #write(): void {
    if (this.#closed) return;
    if (this.#first) {
      this.#socket.write(this.#rest ? this.#writer.together([this.#first, ...this.#rest]) : this.#first);
      this.#first = undefined;
      this.#rest = undefined;
    }
    this.#count();
  }

  #count(): void {
    const now = this.#socket.writableLength;
    if (now > 0 && !this.#lagged) {
      // Most readers never are behind and need no listener.
      this.#lagged = true;
      this.#socket.on('drain', () => this.#count());
    }
    if (now === this.queued) return;
    this.#writer.account(this, this.queued, now);
    this.queued = now;
  }
}
