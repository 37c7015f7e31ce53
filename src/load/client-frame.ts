/** WebSocket opcodes (RFC 6455, 5.2). */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One whole frame as a client sends it: masked, in one piece. A string is sent as UTF-8. */
export function clientFrame(opcode: number, payload: string | Buffer): Buffer {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const start = length < 126 ? 6 : length < 65_536 ? 8 : 14;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x80 | opcode;
  if (start === 6) {
    frame[1] = 0x80 | length;
  } else if (start === 8) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  if (typeof payload === 'string') frame.write(payload, start);
  else payload.copy(frame, start);
  // The mask keeps a web page from choosing bytes on the wire; nobody but us chooses these, so any mask will do.
  const mask = start - 4;
  frame.writeUInt32BE(Math.floor(Math.random() * 2 ** 32), mask);
  for (let at = 0; at < length; at += 1) frame[start + at]! ^= frame[mask + (at & 3)]!;
  return frame;
}

/** A close frame with its code (RFC 6455, 7.4). */
export function closeFrame(code: number): Buffer {
  const payload = Buffer.allocUnsafe(2);
  payload.writeUInt16BE(code);
  return clientFrame(Opcode.close, payload);
}
