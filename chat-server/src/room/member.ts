import type { BreakReason, Position } from '../protocol.ts';
import type { Outbox } from '../session/outbox.ts';

/** Who a session is to others. */
export interface Identity {
  client: string;
  name: string;
  /** `sub` of its token; undefined without one. */
  user?: string;
}

/** One session in one room. It is caught up page by page before live frames reach it. */
export interface Member {
  readonly identity: Identity;
  readonly outbox: Outbox;
  /** Where the client said it was; undefined on a first join. */
  readonly after: Position | undefined;
  /** Where reading goes on, once decided for `epoch`. */
  start: { epoch: string; recovered: boolean; reason?: BreakReason } | undefined;
  cursor: number;
  /** Its first `joined` is written. */
  greeted: boolean;
  gone: boolean;
}

export function newMember(identity: Identity, outbox: Outbox, after: Position | undefined): Member {
  return { identity, outbox, after, start: undefined, cursor: 0, greeted: false, gone: false };
}
