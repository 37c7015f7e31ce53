const FIN_TEXT = 0x81;
const FIN_PONG = 0x8a;
const COMMA = Buffer.from(',');
const END = Buffer.from(']}');

/** A whole WebSocket text frame, unmasked as servers send it (RFC 6455, 5.2), ready to be written to any number of sockets. */
export function textFrame(...parts: Buffer[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = FIN_TEXT;
  if (header === 2) {
    frame[1] = length;
  } else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  let at = header;
  for (const part of parts) at += part.copy(frame, at);
  return frame;
}

/** The answer to a ping: the same payload, at most 125 bytes (RFC 6455, 5.5). */
export function pongFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(FIN_PONG, payload.length), payload]);
}

/** The payload of a frame made by `textFrame`, sharing its memory. */
export function payloadOf(frame: Buffer): Buffer {
  const length = frame[1]!;
  return frame.subarray(length < 126 ? 2 : length === 126 ? 4 : 10);
}

/** A frame of one JSON object. */
export function jsonFrame(value: object): Buffer {
  return textFrame(Buffer.from(JSON.stringify(value)));
}

/** A frame of `head` with one more member, `messages`, made of JSON texts that are already there. */
export function messagesFrame(head: object, messages: readonly Buffer[]): Buffer {
  const open = Buffer.from(`${JSON.stringify(head).slice(0, -1)},"messages":[`);
  const parts: Buffer[] = [open];
  for (const message of messages) parts.push(message, COMMA);
  if (messages.length > 0) parts.pop();
  return textFrame(...parts, END);
}
