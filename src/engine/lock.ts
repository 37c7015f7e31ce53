import type { Clock } from './clock.ts';

/** Where the numbered entries of a lock live: creating is atomic, nothing is ever overwritten. */
export interface LockStore {
  /** All entries, in any order. Must not be older than the call. */
  list(): Promise<{ n: number; value: string }[]>;
  /** Creates entry `n`; `false` when there is one already. */
  create(n: number, value: string): Promise<boolean>;
  /** Removes entry `n`; no error when there is none. */
  remove(n: number): Promise<void>;
}

/** Who wants to write. */
export interface Holder {
  user: string;
  host: string;
  pid: number;
  /** As typed, such as `chatops up --env staging`. */
  command: string;
}

export interface LockOptions {
  store: LockStore;
  /** The stack, for messages. */
  stack: string;
  holder: Holder;
  clock: Clock;
  /** Whether a holder of this same host still runs; it is asked about no other host. */
  isAlive(holder: Holder): boolean;
  /** Take it over whoever holds it (`--force-unlock`). */
  force?: boolean;
}

/** The right to write, held by this run. */
export interface Lock {
  /** For `EngineContext.guard`: throws when somebody else took over. */
  guard(): Promise<void>;
  release(): Promise<void>;
}

export declare function acquireLock(options: LockOptions): Promise<Lock>;
