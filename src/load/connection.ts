import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, rootCertificates } from 'node:tls';
import { clientFrame, closeFrame, Opcode } from './client-frame.ts';
import { FrameReader, FramingError } from './frame-reader.ts';
import { newKey, readUpgradeAnswer, upgradeRequest } from './handshake.ts';
import type { Target } from './target.ts';

/** Why a connection is no more. */
export type Cause =
  | { kind: 'closed'; code: number }
  | { kind: 'refused'; status: number; retryAfterMs?: number }
  | { kind: 'failed'; reason: string };

/** Who uses a connection. `closed` comes exactly once, and nothing after it. */
export interface ConnectionEvents {
  opened(cookies: string[]): void;
  /** One text message; the bytes are valid during the call only. */
  text(buffer: Buffer, start: number, end: number): void;
  closed(cause: Cause): void;
}

export interface ConnectionOptions {
  target: Target;
  address: string;
  /** The source address, where it matters. */
  localAddress?: string;
  cookies: readonly string[];
}

const maxHeadBytes = 64 * 1024;
const endOfHead = Buffer.from('\r\n\r\n');
// All sockets read into one buffer: what is read is used up before the next read, and 5000 idle clients own none.
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** One WebSocket over a raw socket: only what the protocol needs, so that a client costs little more than its socket. */
export class Connection {
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  readonly #key = newKey();
  #reader: FrameReader | undefined;
  #head: Buffer | undefined;
  #closing = false;
  #finished = false;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#events = events;
    this.#socket = this.#connect(options);
    this.#socket.write(upgradeRequest(options.target, this.#key, options.cookies));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      // An open connection that is reset is one that was cut, whatever the system calls it.
      if (this.#reader !== undefined) this.#cut();
      else this.#finish({ kind: 'failed', reason: error.code ?? error.message });
    });
    this.#socket.on('end', () => this.#cut());
    this.#socket.on('close', () => this.#cut());
  }

  /** Sends one text frame. */
  send(text: string): void {
    if (!this.#closing && !this.#finished) this.#socket.write(clientFrame(Opcode.text, text));
  }

  /** Asks the server to close; what it still sends is still received until `closed`. */
  close(code: number): void {
    if (this.#closing || this.#finished) return;
    if (this.#reader === undefined) return this.abort({ kind: 'closed', code: 1006 });
    this.#closing = true;
    this.#socket.write(closeFrame(code));
  }

  /** Ends at once. */
  abort(cause: Cause): void {
    this.#finish(cause);
    this.#socket.destroy();
  }

  #connect({ target, address, localAddress }: ConnectionOptions): Socket {
    const common = { host: address, port: target.port, localAddress };
    if (target.tls) {
      const servername = target.serverName ?? (address === target.hostname ? '' : target.hostname);
      const ca = target.authority && [...rootCertificates, target.authority];
      const socket = connectTls({ ...common, servername, ALPNProtocols: ['http/1.1'], ...(ca && { ca }) });
      socket.setNoDelay(true);
      socket.on('data', (chunk) => this.#read(chunk, chunk.length));
      return socket;
    }
    const callback = (bytes: number, buffer: Uint8Array) => {
      this.#read(buffer as Buffer, bytes);
      return true;
    };
    return connectTcp({ ...common, noDelay: true, onread: { buffer: readBuffer, callback } });
  }

  #read(buffer: Buffer, end: number): void {
    if (this.#finished) return;
    try {
      if (this.#reader === undefined) this.#readHead(buffer, end);
      else this.#reader.feed(buffer, 0, end);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#socket.write(closeFrame(error.closeCode));
      this.#finish({ kind: 'failed', reason: `framing: ${error.message}` });
      this.#socket.destroySoon();
    }
  }

  #readHead(buffer: Buffer, end: number): void {
    const chunk = buffer.subarray(0, end);
    const head = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk]);
    const length = head.indexOf(endOfHead);
    if (length < 0) {
      if (head.length > maxHeadBytes) return this.abort({ kind: 'failed', reason: 'endless HTTP head' });
      // A copy: the buffer will be read into again.
      this.#head = Buffer.from(head);
      return;
    }
    this.#head = undefined;
    const answer = readUpgradeAnswer(head.toString('latin1', 0, length), this.#key);
    const { status, retryAfterMs, problem } = answer;
    if (status !== 101) return this.abort({ kind: 'refused', status, retryAfterMs });
    if (problem !== undefined) return this.abort({ kind: 'failed', reason: problem });
    this.#reader = new FrameReader(this);
    this.#events.opened(answer.cookies);
    // A server may speak first, in the same packet.
    const rest = length + endOfHead.length;
    if (rest < head.length && !this.#finished) this.#reader.feed(head, rest, head.length);
  }

  text(buffer: Buffer, start: number, end: number): void {
    if (!this.#finished) this.#events.text(buffer, start, end);
  }

  ping(payload: Buffer): void {
    this.#socket.write(clientFrame(Opcode.pong, payload));
  }

  closing(code: number): void {
    if (!this.#closing) this.#socket.write(closeFrame(code === 1005 ? 1000 : code));
    this.#finish({ kind: 'closed', code });
    this.#socket.destroySoon();
  }

  /** The connection is gone without a close frame. */
  #cut(): void {
    this.#finish({ kind: 'closed', code: 1006 });
    this.#socket.destroy();
  }

  #finish(cause: Cause): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#events.closed(cause);
  }
}
