import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Meter } from '../metrics/meter.ts';
import type { Store } from '../redis/store.ts';
import type { Rooms } from '../room/rooms.ts';
import type { Settings } from '../settings.ts';
import type { TokenCheck } from '../token/check.ts';
import type { Writer } from './outbox.ts';

/** What all sessions of a node share. */
export interface Node {
  settings: Settings;
  clock: Clock;
  log: Logger;
  store: Store;
  rooms: Rooms;
  writer: Writer;
  meter: Meter;
  /** undefined: no tokens are asked for. */
  checkToken: TokenCheck | undefined;
}
