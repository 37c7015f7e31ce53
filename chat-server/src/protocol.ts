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
  pageMessages: 100,
  firstJoinMessages: 50,
  names: 100,
  backlogBytes: 1024 * 1024,
  badMessages: 5,
} as const;

/** WebSocket close codes that the server uses. */
export const CLOSE = {
  policy: 1008,
  restart: 1012,
  slow: 1013,
} as const;

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
  'too-many-rooms': { retryable: false },
  'room-full': { retryable: true },
  'rate-limited': { retryable: true },
  unavailable: { retryable: true },
  internal: { retryable: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;
