import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { clientFrame, Opcode } from '../../src/load/client-frame.ts';
import { FrameReader } from '../../src/load/frame-reader.ts';

type Fields = Record<string, unknown>;

/** A WebSocket of which every byte is the test's own. */
export class RawPeer {
  readonly socket: Socket;
  /** What the server has said, and after an upgrade its text frames. */
  head = '';
  readonly frames: Fields[] = [];
  pongs = 0;
  /** The code that the server closed with; 1006 without one. */
  readonly closed: Promise<number>;
  #code = 1006;
  #reader: FrameReader | undefined;

  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect({ port, host });
    this.socket.on('error', () => {});
    this.socket.on('data', (data) => this.#take(data));
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve(this.#code)));
  }

  /** Connected and upgraded, without a hello. */
  static async upgraded(port: number, headers = '', host?: string): Promise<RawPeer> {
    const peer = new RawPeer(port, host);
    peer.socket.write(upgrade(headers));
    while (!peer.head.includes('\r\n\r\n') && !peer.socket.closed) await once(peer.socket, 'data');
    if (!peer.head.startsWith('HTTP/1.1 101')) throw new Error(peer.head.split('\r\n')[0]);
    return peer;
  }

  /** Upgraded, greeted and in a room, from where it was there if `after` says so. */
  static async joined(
    port: number,
    room: string,
    { host, after }: { host?: string; after?: Fields } = {},
  ): Promise<RawPeer> {
    const peer = await RawPeer.upgraded(port, '', host);
    peer.say({ type: 'hello', client: randomUUID(), name: 'raw' });
    peer.say({ type: 'join', room, after });
    while (!peer.frames.some(({ type }) => type === 'joined')) await once(peer.socket, 'data');
    return peer;
  }

  say(frame: Fields | string): void {
    this.write(clientFrame(Opcode.text, typeof frame === 'string' ? frame : JSON.stringify(frame)));
  }

  write(bytes: Buffer | string): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** The `code` of each error frame so far. */
  get errors(): unknown[] {
    return this.all('error').map(({ code }) => code);
  }

  /** The frames of a type so far. */
  all(wanted: string): Fields[] {
    return this.frames.filter(({ type }) => type === wanted);
  }

  #take(data: Buffer): void {
    if (this.#reader) return this.#reader.feed(data, 0, data.length);
    this.head += data.toString('latin1');
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0 || !this.head.startsWith('HTTP/1.1 101')) return;
    this.#reader = new FrameReader({
      text: (buffer, start, to) =>
        void this.frames.push(JSON.parse(buffer.toString('utf8', start, to)) as Fields),
      ping: () => {},
      closing: (code) => {
        this.#code = code;
        this.socket.end();
      },
    });
    const rest = Buffer.from(this.head.slice(end + 4), 'latin1');
    this.head = this.head.slice(0, end + 4);
    if (rest.length > 0) this.#reader.feed(rest, 0, rest.length);
  }
}

/** The request of an upgrade, with more headers if need be, each ended by CRLF. */
export function upgrade(headers = ''): string {
  return (
    'GET /ws HTTP/1.1\r\nHost: chat.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16, 7).toString('base64')}\r\n${headers}\r\n`
  );
}

/** A frame's header with any first byte, any length (in the longest form) and any mask bit, and nothing behind it but what is given. */
export function frameWith(first: number, length: bigint, masked: boolean, payload = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(masked ? 14 : 10);
  header[0] = first;
  header[1] = (masked ? 0x80 : 0) | 127;
  header.writeBigUInt64BE(length, 2);
  return Buffer.concat([header, payload]);
}
