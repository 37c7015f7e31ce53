/**
 * DEFLATE (RFC 1951) with fixed Huffman codes. zlib compresses better, but its output differs between its versions,
 * forks and CPUs, and with it the digest of a layer; this one depends on nothing but the data.
 */
export function deflate(data: Uint8Array): Buffer {
  const out = new BitWriter(data.length);
  const heads = new Int32Array(1 << hashBits).fill(-1);
  const previous = new Int32Array(windowSize);
  out.write(0b011, 3); // the last block, with fixed codes
  let at = 0;
  while (at < data.length) {
    const match = at + minMatch <= data.length ? longestMatch(data, at, heads, previous) : noMatch;
    const length = match.length;
    if (length === 0) writeSymbol(out, data[at]!);
    else {
      writeLength(out, length);
      writeDistance(out, match.distance);
    }
    const end = at + Math.max(length, 1);
    for (; at < end; at += 1) {
      if (at + minMatch <= data.length) remember(data, at, heads, previous);
    }
  }
  writeSymbol(out, endOfBlock);
  return out.finish();
}

const windowSize = 1 << 15;
const hashBits = 16;
// A match of three costs as much as three literals do, so the shortest worth finding is four.
const minMatch = 4;
const maxMatch = 258;
const maxChain = 16;
const endOfBlock = 256;
const noMatch = { length: 0, distance: 0 };

function hashAt(data: Uint8Array, at: number): number {
  const word = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
  return Math.imul(word, 0x9e3779b1) >>> (32 - hashBits);
}

function remember(data: Uint8Array, at: number, heads: Int32Array, previous: Int32Array): void {
  const hash = hashAt(data, at);
  previous[at % windowSize] = heads[hash]!;
  heads[hash] = at;
}

function longestMatch(data: Uint8Array, at: number, heads: Int32Array, previous: Int32Array) {
  const limit = Math.min(maxMatch, data.length - at);
  let length = minMatch - 1;
  let distance = 0;
  let candidate = heads[hashAt(data, at)]!;
  for (let tries = 0; tries < maxChain && candidate >= 0 && at - candidate < windowSize; tries += 1) {
    if (data[candidate + length] === data[at + length]) {
      let same = 0;
      while (same < limit && data[candidate + same] === data[at + same]) same += 1;
      if (same > length) {
        length = same;
        distance = at - candidate;
        if (same === limit) break;
      }
    }
    candidate = previous[candidate % windowSize]!;
  }
  return distance === 0 ? noMatch : { length, distance };
}

/** Bits, least significant first, as DEFLATE packs them. */
class BitWriter {
  readonly #bytes: Buffer;
  #length = 0;
  #held = 0;
  #count = 0;

  constructor(dataLength: number) {
    // Nine bits for a literal is the worst that happens, besides the block's own ten.
    this.#bytes = Buffer.allocUnsafe(Math.ceil((dataLength * 9) / 8) + 8);
  }

  write(value: number, bits: number): void {
    this.#held |= value << this.#count;
    this.#count += bits;
    while (this.#count >= 8) {
      this.#bytes[this.#length] = this.#held & 0xff;
      this.#length += 1;
      this.#held >>>= 8;
      this.#count -= 8;
    }
  }

  finish(): Buffer {
    if (this.#count > 0) this.write(0, 8 - this.#count);
    return this.#bytes.subarray(0, this.#length);
  }
}

/** The fixed codes of section 3.2.6, bit-reversed, since Huffman codes are packed from their most significant bit. */
const symbols = Array.from({ length: 288 }, (_, symbol) => {
  if (symbol < 144) return { bits: 8, code: reversed(0x30 + symbol, 8) };
  if (symbol < 256) return { bits: 9, code: reversed(0x190 + symbol - 144, 9) };
  if (symbol < 280) return { bits: 7, code: reversed(symbol - 256, 7) };
  return { bits: 8, code: reversed(0xc0 + symbol - 280, 8) };
});
const distanceCodes = Array.from({ length: 30 }, (_, code) => reversed(code, 5));

function reversed(code: number, bits: number): number {
  let result = 0;
  for (let bit = 0; bit < bits; bit += 1) result |= ((code >> bit) & 1) << (bits - 1 - bit);
  return result;
}

function writeSymbol(out: BitWriter, symbol: number): void {
  const { code, bits } = symbols[symbol]!;
  out.write(code, bits);
}

// Lengths 3–257 are 257–284 with up to five extra bits; 258 has a code of its own (section 3.2.5).
function writeLength(out: BitWriter, length: number): void {
  if (length === maxMatch) {
    writeSymbol(out, 285);
    return;
  }
  const value = length - 3;
  const extra = Math.max(0, 29 - Math.clz32(value));
  writeSymbol(out, 257 + (extra << 2) + (value >> extra));
  out.write(value & ((1 << extra) - 1), extra);
}

function writeDistance(out: BitWriter, distance: number): void {
  const value = distance - 1;
  const extra = Math.max(0, 30 - Math.clz32(value));
  out.write(distanceCodes[(extra << 1) + (value >> extra)]!, 5);
  out.write(value & ((1 << extra) - 1), extra);
}
