/** What a client sent is no command: it is told why, and the connection ends. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const mostWords = 1024 * 1024;
/** Of one word; Redis takes 512 MiB, which is more than a text of JavaScript can hold. */
const mostBytes = 64 * 1024 * 1024;
const longestLine = 64 * 1024;

/**
 * Takes commands out of what a client sends, in pieces of any size (https://redis.io/docs/latest/develop/reference/protocol-spec/).
 * Each word is a text with one character per byte.
 */
export class RequestReader {
  #buffer: Buffer = Buffer.alloc(0);

  /** The commands that are complete with this piece. Throws `ProtocolError` behind those before it. */
  *feed(piece: Buffer): Generator<string[]> {
    this.#buffer = this.#buffer.length === 0 ? piece : Buffer.concat([this.#buffer, piece]);
    for (let at = 0; ;) {
      const read = this.#commandAt(at);
      if (read === undefined) {
        this.#buffer = this.#buffer.subarray(at);
        return;
      }
      at = read.end;
      if (read.words.length > 0) yield read.words;
    }
  }

  #commandAt(start: number): { words: string[]; end: number } | undefined {
    const first = this.#lineAt(start, 'too big inline request');
    if (first === undefined) return undefined;
    if (!first.text.startsWith('*')) {
      return { words: first.text.split(/\s+/).filter((word) => word !== ''), end: first.end };
    }
    const count = integer(first.text.slice(1));
    if (count === undefined || count > mostWords) throw new ProtocolError('invalid multibulk length');
    const words: string[] = [];
    let { end } = first;
    while (words.length < count) {
      const header = this.#lineAt(end, 'too big bulk count string');
      if (header === undefined) return undefined;
      if (!header.text.startsWith('$')) {
        throw new ProtocolError(`expected '$', got '${header.text.charAt(0)}'`);
      }
      const length = integer(header.text.slice(1));
      if (length === undefined || length < 0 || length > mostBytes) {
        throw new ProtocolError('invalid bulk length');
      }
      const from = header.end;
      if (this.#buffer.length < from + length + 2) return undefined;
      // A text of its own, not a view that would keep the whole piece in memory.
      words.push(this.#buffer.toString('latin1', from, from + length));
      end = from + length + 2;
    }
    return { words, end };
  }

  #lineAt(start: number, tooLong: string): { text: string; end: number } | undefined {
    const end = this.#buffer.indexOf('\n', start);
    if (end < 0) {
      if (this.#buffer.length - start > longestLine) throw new ProtocolError(tooLong);
      return undefined;
    }
    const last = this.#buffer[end - 1] === 13 ? end - 1 : end;
    return { text: this.#buffer.toString('latin1', start, Math.max(start, last)), end: end + 1 };
  }
}

function integer(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}
