import { randomUUID } from 'node:crypto';

import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { coalesce } from './coalesce.ts';
import type { Clock } from './clock.ts';

/** Where the numbered entries of a lock live: creating is atomic, nothing is ever overwritten. */
export interface LockStore {
  /** All entries, in any order, as they are at some moment during the call. */
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
  /** Whether a holder on this same host still runs; it is asked about no other host. */
  isAlive: (holder: Holder) => boolean;
  /** Take it over whoever holds it (`--force-unlock`). */
  force?: boolean;
}

/** The right to write, held by this run. */
export interface Lock {
  /** For `EngineContext.guard`, before each write: throws `lock.lost` when this run is no longer the one writer. */
  guard(): Promise<void>;
  /** Gives it back. Never throws: what cannot be removed expires. */
  release(): Promise<void>;
}

interface Entry extends Holder {
  n: number;
  token: string;
  /** Milliseconds since 1970. */
  since: number;
  expires: number;
}

const second = 1_000;

/** How long an entry counts without renewal, and how often it is renewed, in milliseconds. */
const lease = 120 * second;
const renewal = 30 * second;

/** How often an entry that met an error is created, and the pause after the first time, in milliseconds. */
const claimTries = 5;
const claimPause = 100;

/**
 * The holder stops writing so long before its entry expires, and others wait so long after it: longer than the
 * longest call may take, and than two machines' clocks may differ.
 */
const margin = { holder: 35 * second, others: 15 * second };

/**
 * Makes this run the one writer of a stack. The entry with the highest number holds; whoever takes over an entry
 * that has expired, or whose process is dead, creates the next number, and only one can. Throws `lock.held` with
 * holder, host, command and age.
 */
export async function acquireLock(options: LockOptions): Promise<Lock> {
  const { store, clock } = options;
  for (;;) {
    const before = await entriesOf(store);
    const top = before[0];
    if (top && !mayTakeOver(top, options)) throw held(top, options);
    const mine = newEntry(options, (top?.n ?? 0) + 1);
    if (!(await claim(store, clock, mine))) continue;
    if (await standsAlone(store, mine, before)) {
      for (const { n } of before) await store.remove(n);
      return new HeldLock(options, mine);
    }
    await store.remove(mine.n);
  }
}

class HeldLock implements Lock {
  readonly #options: LockOptions;
  readonly #stop = new AbortController();
  readonly #heartbeat: Promise<void>;
  readonly #entries: () => Promise<Entry[]>;
  #entry: Entry;
  #lost: ChatopsError | undefined;

  constructor(options: LockOptions, entry: Entry) {
    this.#options = options;
    this.#entry = entry;
    this.#entries = coalesce(() => entriesOf(options.store));
    this.#heartbeat = this.#beat();
  }

  async guard(): Promise<void> {
    this.#assertInTime();
    this.#assertHighest(await this.#entries());
    // The answer may have been long on its way.
    this.#assertInTime();
  }

  async release(): Promise<void> {
    this.#stop.abort();
    await this.#heartbeat;
    await this.#options.store.remove(this.#entry.n).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.signal.aborted && !this.#lost) {
      const slept = await clock.sleep(renewal, this.#stop.signal).then(
        () => true,
        () => false,
      );
      // A renewal that fails for a passing reason is made up by the next one, or the entry expires.
      if (slept) await this.#renew().catch(() => undefined);
    }
  }

  /** An entry is never overwritten: renewing is taking over from oneself. */
  async #renew(): Promise<void> {
    const { store, clock } = this.#options;
    this.#assertInTime();
    const before = await entriesOf(store);
    this.#assertHighest(before);
    const next = { ...this.#entry, n: before[0]!.n + 1, expires: clock.now() + lease };
    if (!(await claim(store, clock, next))) throw this.#lose();
    const inTime = clock.now() < this.#entry.expires;
    if (!inTime || !(await standsAlone(store, next, before))) {
      await store.remove(next.n);
      throw this.#lose();
    }
    this.#entry = next;
    for (const { n } of before) await store.remove(n);
  }

  #assertInTime(): void {
    if (this.#lost) throw this.#lost;
    if (this.#options.clock.now() >= this.#entry.expires - margin.holder) throw this.#lose();
  }

  #assertHighest([top]: Entry[]): void {
    if (top?.token !== this.#entry.token) throw this.#lose(top);
  }

  #lose(to?: Entry): ChatopsError {
    const why = to ? `${describe(to)} took over` : 'it could not be renewed in time';
    this.#lost ??= new ChatopsError(`lost the lock on ${this.#options.stack}: ${why}`, {
      code: 'lock.lost',
      exit: ExitCode.failed,
      hint: 'run the same command again once nobody else changes the stack',
    });
    return this.#lost;
  }
}

/** Highest first. */
async function entriesOf(store: LockStore): Promise<Entry[]> {
  const entries = await store.list();
  return entries
    .map(({ n, value }) => ({ ...(JSON.parse(value) as Omit<Entry, 'n'>), n }))
    .toSorted((a, b) => b.n - a.n);
}

function mayTakeOver(entry: Entry, { clock, holder, isAlive, force }: LockOptions): boolean {
  if (force || clock.now() >= entry.expires + margin.others) return true;
  return entry.host === holder.host && !isAlive(entry);
}

function newEntry({ holder, clock }: LockOptions, n: number): Entry {
  const since = clock.now();
  return { ...holder, n, token: randomUUID(), since, expires: since + lease };
}

/** Whether the entry was created by us; when the answer is lost, the listing says. */
async function claim(store: LockStore, clock: Clock, { n, ...rest }: Entry): Promise<boolean> {
  const isOurs = async () => {
    const there = (await entriesOf(store)).find((entry) => entry.n === n);
    return there && there.token === rest.token;
  };
  for (let tries = 1; ; tries += 1) {
    try {
      if (await store.create(n, JSON.stringify(rest))) return true;
      // Whoever created it: after an error that may have been this very run.
      return tries > 1 && (await isOurs()) === true;
    } catch (error) {
      const ours = await isOurs();
      if (ours !== undefined) return ours;
      if (tries === claimTries) throw error;
      await clock.sleep(claimPause * tries);
    }
  }
}

/**
 * Whether ours is the highest and nobody joined since we looked: a number that was free again lets two entries be
 * created one after the other by runs that have not seen each other.
 */
async function standsAlone(store: LockStore, mine: Entry, before: Entry[]): Promise<boolean> {
  const now = await entriesOf(store);
  const known = new Set([mine, ...before].map(keyOf));
  return (
    now[0] !== undefined && keyOf(now[0]) === keyOf(mine) && now.every((entry) => known.has(keyOf(entry)))
  );
}

function keyOf({ n, token }: Entry): string {
  return `${n} ${token}`;
}

function held(entry: Entry, { stack, clock }: LockOptions): ChatopsError {
  const age = Math.max(0, clock.now() - entry.since);
  return new ChatopsError(`${stack} is being changed by ${describe(entry)}, for ${minutes(age)}`, {
    code: 'lock.held',
    exit: ExitCode.failed,
    hint: 'wait until it has finished; if it is certainly gone, take over with --force-unlock',
    fields: { user: entry.user, host: entry.host, command: entry.command, since: entry.since, age },
  });
}

function describe({ user, host, command }: Holder): string {
  return `${user} on ${host} (${command})`;
}

function minutes(ms: number): string {
  return ms < 60 * second ? `${Math.round(ms / second)} s` : `${Math.round(ms / (60 * second))} min`;
}
