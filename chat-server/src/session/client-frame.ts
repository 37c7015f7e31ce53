import { LIMITS, ROOM_NAME } from '../protocol.ts';
import type { ErrorCode, Position } from '../protocol.ts';

/** What a client may send, checked. */
export type ClientFrame =
  | { type: 'hello'; client: string; name: string; token: string | undefined }
  | { type: 'join'; room: string; after?: Position }
  | { type: 'leave'; room: string }
  | { type: 'send'; room: string; cid: string; text: string }
  | { type: 'typing'; room: string }
  | { type: 'history'; room: string; before: number; limit: number }
  | { type: 'pong' };

/** Why a frame was refused, with the fields that let the client find what it is about. */
export class FrameError extends Error {
  override name = 'FrameError';
  readonly code: ErrorCode;
  readonly about: { room?: string; cid?: string };

  constructor(code: ErrorCode, message: string, about: { room?: string; cid?: string } = {}) {
    super(message);
    this.code = code;
    this.about = about;
  }
}

type Fields = Record<string, unknown>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CID = /^[\x21-\x7e]{1,64}$/;
const EPOCH = /^[\x21-\x7e]{1,64}$/;
// Control characters and marks that turn the direction of the text around them.
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Reads one text frame of a client. Throws `FrameError`. */
export function parseClientFrame(raw: string): ClientFrame {
  let fields: Fields;
  try {
    fields = JSON.parse(raw) as Fields;
  } catch {
    throw new FrameError('bad-message', 'the frame is not JSON');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new FrameError('bad-message', 'the frame is not a JSON object');
  }
  const read = typeof fields['type'] === 'string' ? readers.get(fields['type']) : undefined;
  if (read) return read(fields);
  if (typeof fields['type'] === 'string') {
    throw new FrameError('unknown-type', `there is no frame of type "${fields['type'].slice(0, 40)}"`);
  }
  throw new FrameError('bad-message', 'type: must be a string');
}

/** A name as others may see it: one line, without marks that change the text around it. */
export function cleanName(name: string): string {
  const clean = name.replace(UNSEEN, '').replace(/\s+/g, ' ').trim();
  // Cutting may have left half of a character outside the basic plane.
  return clean.slice(0, LIMITS.nameUnits).replace(/[\ud800-\udbff]$/, '');
}

const readers = new Map<string, (fields: Fields) => ClientFrame>([
  [
    'hello',
    (fields) => ({ type: 'hello', client: clientOf(fields), name: nameOf(fields), token: tokenOf(fields) }),
  ],
  [
    'join',
    (fields) => ({
      type: 'join',
      room: roomOf(fields),
      ...(fields['after'] != null && { after: afterOf(fields) }),
    }),
  ],
  ['leave', (fields) => ({ type: 'leave', room: roomOf(fields) })],
  ['send', (fields) => ({ type: 'send', room: roomOf(fields), cid: cidOf(fields), text: textOf(fields) })],
  ['typing', (fields) => ({ type: 'typing', room: roomOf(fields) })],
  [
    'history',
    (fields) => ({
      type: 'history',
      room: roomOf(fields),
      before: wholeOf(fields, 'before', Number.MAX_SAFE_INTEGER),
      limit: wholeOf(fields, 'limit', LIMITS.pageMessages),
    }),
  ],
  ['pong', () => ({ type: 'pong' })],
]);

function clientOf(fields: Fields): string {
  const { client } = fields;
  if (typeof client === 'string' && UUID.test(client)) return client.toLowerCase();
  throw new FrameError('bad-message', 'client: must be a UUID');
}

function nameOf(fields: Fields): string {
  const name = fields['name'] ?? '';
  if (typeof name !== 'string') throw new FrameError('bad-message', 'name: must be a string');
  return cleanName(name);
}

function tokenOf({ token }: Fields): string | undefined {
  if (token == null || token === '') return undefined;
  if (typeof token === 'string' && token.length <= LIMITS.tokenUnits) return token;
  throw new FrameError('bad-message', `token: must be a string of at most ${LIMITS.tokenUnits} characters`);
}

function roomOf(fields: Fields): string {
  const { room } = fields;
  if (typeof room === 'string' && ROOM_NAME.test(room)) return room;
  throw new FrameError('bad-message', `room: must match ${ROOM_NAME.source}`, cidIn(fields));
}

function cidOf(fields: Fields): string {
  const { cid } = fields;
  if (typeof cid === 'string' && CID.test(cid)) return cid;
  throw new FrameError('bad-message', 'cid: must be 1 to 64 visible ASCII characters', {
    room: roomOf(fields),
  });
}

function textOf(fields: Fields): string {
  const { text } = fields;
  if (typeof text === 'string' && text.length <= LIMITS.textUnits && text.trim() !== '') return text;
  const message = `text: must be 1 to ${LIMITS.textUnits} UTF-16 units and not blank`;
  throw new FrameError('bad-message', message, { room: roomOf(fields), ...cidIn(fields) });
}

function afterOf(fields: Fields): Position {
  const { epoch, offset } = fields['after'] as Fields;
  if (typeof epoch === 'string' && EPOCH.test(epoch) && Number.isSafeInteger(offset) && Number(offset) >= 0) {
    return { epoch, offset: Number(offset) };
  }
  throw new FrameError('bad-message', 'after: must be { epoch, offset }', { room: roomOf(fields) });
}

function wholeOf(fields: Fields, name: string, max: number): number {
  const value = fields[name];
  if (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= max) return Number(value);
  throw new FrameError('bad-message', `${name}: must be a whole number from 1 to ${max}`, {
    room: roomOf(fields),
  });
}

function cidIn(fields: Fields): { cid?: string } {
  const { cid } = fields;
  return typeof cid === 'string' && CID.test(cid) ? { cid } : {};
}
