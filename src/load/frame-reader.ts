import { Opcode } from './client-frame.ts';

/** Who is told of each frame. The bytes are valid during the call only. */
export interface FrameEvents {
  text(buffer: Buffer, start: number, end: number): void;
  ping(payload: Buffer): void;
  /** The code of a close frame; 1005 when it has none. Nothing is read after it. */
  closing(code: number): void;
}

/** Something that no server may send; `closeCode` is what the client answers. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
  readonly closeCode: number;

  constructor(message: string, closeCode = 1002) {
    super(message);
    this.closeCode = closeCode;
  }
}

// Far above the 64 KiB of the protocol, so that another server's larger pages are still read.
const maxMessageBytes = 4 * 1024 * 1024;

/** Reads a server's frames out of whatever pieces the network brings. Copies only what is not whole yet. */
export class FrameReader {
  readonly #events: FrameEvents;
  #rest: Buffer | undefined;
  #fragments: Buffer[] | undefined;
  #isText = false;
  #closed = false;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  /** Takes the bytes from `start` to `end`. Throws a FramingError. */
  feed(buffer: Buffer, start: number, end: number): void {
    let data = buffer;
    let at = start;
    let stop = end;
    if (this.#rest !== undefined) {
      data = Buffer.concat([this.#rest, buffer.subarray(start, end)]);
      at = 0;
      stop = data.length;
      this.#rest = undefined;
    }
    while (!this.#closed) {
      const header = headerLength(data, at, stop);
      if (header === 0) break;
      const length = payloadLength(data, at, header);
      this.#check(data[at]!, data[at + 1]!, length);
      const next = at + header + length;
      if (next > stop) break;
      this.#frame(data[at]!, data, at + header, next);
      at = next;
    }
    // A copy: the buffer will be read into again.
    if (at < stop && !this.#closed) this.#rest = Buffer.from(data.subarray(at, stop));
  }

  #check(first: number, second: number, length: number): void {
    const opcode = first & 0x0f;
    const isFinal = first >= 0x80;
    if ((first & 0x70) !== 0) throw new FramingError('a reserved bit is set');
    if (second >= 0x80) throw new FramingError('a server must not mask');
    if (opcode >= Opcode.close) {
      if (opcode > Opcode.pong) throw new FramingError(`unknown opcode ${opcode}`);
      if (!isFinal || length > 125) throw new FramingError('a control frame must be short and whole');
      return;
    }
    if (opcode > Opcode.binary) throw new FramingError(`unknown opcode ${opcode}`);
    const inside = this.#fragments !== undefined;
    if (inside !== (opcode === Opcode.continuation)) throw new FramingError('fragments out of order');
    const before = this.#fragments?.reduce((sum, part) => sum + part.length, 0) ?? 0;
    if (before + length > maxMessageBytes) throw new FramingError('a message is too large', 1009);
  }

  #frame(first: number, data: Buffer, start: number, end: number): void {
    switch (first & 0x0f) {
      case Opcode.ping:
        return this.#events.ping(data.subarray(start, end));
      case Opcode.pong:
        return undefined;
      case Opcode.close:
        this.#closed = true;
        return this.#events.closing(end - start >= 2 ? data.readUInt16BE(start) : 1005);
      default:
        return this.#data(first, data, start, end);
    }
  }

  #data(first: number, data: Buffer, start: number, end: number): void {
    const isFinal = first >= 0x80;
    if (this.#fragments === undefined) {
      this.#isText = (first & 0x0f) === Opcode.text;
      if (isFinal) return this.#message(data, start, end);
      this.#fragments = [];
    }
    this.#fragments.push(Buffer.from(data.subarray(start, end)));
    if (!isFinal) return;
    const whole = Buffer.concat(this.#fragments);
    this.#fragments = undefined;
    this.#message(whole, 0, whole.length);
  }

  #message(data: Buffer, start: number, end: number): void {
    if (!this.#isText) throw new FramingError('the protocol has text only', 1003);
    this.#events.text(data, start, end);
  }
}

/** Bytes before the payload; 0 while they are not all there. */
function headerLength(data: Buffer, at: number, stop: number): number {
  if (stop - at < 2) return 0;
  const length = data[at + 1]! & 0x7f;
  const header = length < 126 ? 2 : length === 126 ? 4 : 10;
  return stop - at < header ? 0 : header;
}

function payloadLength(data: Buffer, at: number, header: number): number {
  if (header === 2) return data[at + 1]! & 0x7f;
  return header === 4 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
}
