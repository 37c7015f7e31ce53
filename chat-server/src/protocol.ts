/** The WebSocket subprotocol of version 1 (docs/protocol.md). */
export const SUBPROTOCOL = 'chatops.v1';

/** What a room may be called; the name is also the hash tag of all its Redis keys. */
export const ROOM_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Limits of the wire that no setting changes: bytes, UTF-16 units, entries. */
export const LIMITS = {
  clientFrameBytes: 16 * 1024,
  pageBytes: 60 * 1024,
  textUnits: 4000,
  nameUnits: 40,
  userUnits: 255,
  tokenUnits: 8000,
  pageMessages: 100,
  firstJoinMessages: 50,
  names: 100,
  backlogBytes: 1024 * 1024,
  badMessages: 5,
} as const;

/** Why a connection ends, with the close code and the words that its client is given where the server closes it. */
export const CLOSINGS = {
  client: {},
  cut: {},
  dead: {},
  'bad-frame': {},
  'too-large': {},
  shutdown: {},
  'no-hello': { code: 1008, text: 'no hello' },
  'bad-message': { code: 1008, text: 'too many bad messages' },
  'rate-limited': { code: 1008, text: 'too many messages' },
  restart: { code: 1012, text: 'restarting' },
  'slow-reader': { code: 1013, text: 'too slow' },
  memory: { code: 1013, text: 'too slow' },
  'no-keys': { code: 1013, text: 'tokens cannot be checked now' },
  'no-token': { code: 4401, text: 'a token is required' },
  'bad-token': { code: 4401, text: 'bad token' },
  'token-expired': { code: 4401, text: 'token expired' },
} as const;

export type CloseReason = keyof typeof CLOSINGS;

/** Those of them for which the server closes. */
export type ServerCloseReason = {
  [Reason in CloseReason]: (typeof CLOSINGS)[Reason] extends { code: number } ? Reason : never;
}[CloseReason];

/** A place in a room's history: offsets count 1, 2, 3, … within an epoch. */
export interface Position {
  epoch: string;
  offset: number;
}

/** Why a room's history does not continue where a client left it. */
export type BreakReason = 'too-old' | 'failover' | 'unknown-epoch' | 'ahead' | 'history-lost';

/** Codes of the `error` frame; `retryable` ones may be sent again unchanged. */
export const ERRORS = {
  'bad-message': { retryable: false },
  'unknown-type': { retryable: false },
  'hello-first': { retryable: false },
  'already-joined': { retryable: false },
  'not-joined': { retryable: false },
  'not-allowed': { retryable: false },
  'too-many-rooms': { retryable: false },
  'room-full': { retryable: true },
  'rate-limited': { retryable: true },
  unavailable: { retryable: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;
