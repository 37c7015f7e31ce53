import { Refusal } from './resp/reply.ts';

/** A stream: entries by id, a time in milliseconds in the upper 64 bits and a number in the lower ones. */
export interface Stream {
  entries: { id: bigint; fields: string[] }[];
  /** The highest id that it ever had. */
  last: bigint;
}

/** What a key can hold. */
export interface Kinds {
  string: { text: string };
  hash: Map<string, string>;
  /** Member → score. */
  zset: Map<string, number>;
  stream: Stream;
}

export type Kind = keyof Kinds;

interface Entry {
  kind: Kind;
  value: Kinds[Kind];
  bytes: number;
}

const fresh: { [K in Kind]: () => Kinds[K] } = {
  string: () => ({ text: '' }),
  hash: () => new Map(),
  zset: () => new Map(),
  stream: () => ({ entries: [], last: 0n }),
};

/** About what a key costs besides its own characters and those of its value. */
const bytesPerKey = 128;
/** Keys that are looked at in one go for whether their time is over. */
const sweepSize = 2000;

/** The keys of the only database, with their times to live in milliseconds, and about how much memory they take. */
export class Keyspace {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #deadlines = new Map<string, number>();
  #sweeping: Iterator<[string, number]> | undefined;
  #memory = 0;

  /** `now` is the time in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes, by estimate: texts take one per character. */
  get memory(): number {
    return this.#memory;
  }

  now(): number {
    return this.#now();
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  /** What a key holds, if anything. Throws WRONGTYPE where it holds something else. */
  read<K extends Kind>(key: string, kind: K): Kinds[K] | undefined {
    const entry = this.#find(key);
    if (entry === undefined) return undefined;
    if (entry.kind !== kind) {
      throw new Refusal('WRONGTYPE Operation against a key holding the wrong kind of value');
    }
    return entry.value as Kinds[K];
  }

  /** The same, with an empty one made where there was nothing. Whoever changes it says by how much (`grew`). */
  open<K extends Kind>(key: string, kind: K): Kinds[K] {
    return this.read(key, kind) ?? this.#add(key, kind);
  }

  /** An empty one in place of whatever the key held; its time to live is gone. */
  replace<K extends Kind>(key: string, kind: K): Kinds[K] {
    this.delete(key);
    return this.#add(key, kind);
  }

  /** What a key holds is by so many bytes larger, or smaller. */
  grew(key: string, bytes: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.bytes += bytes;
    this.#memory += bytes;
  }

  delete(key: string): boolean {
    const entry = this.#find(key);
    if (entry === undefined) return false;
    this.#drop(key, entry);
    return true;
  }

  /** Gives a key an end (milliseconds since 1970), which may be past. */
  expireAt(key: string, deadline: number): void {
    this.#deadlines.set(key, deadline);
  }

  deadline(key: string): number | undefined {
    return this.#deadlines.get(key);
  }

  /** Drops some of the keys whose time is over; called again and again, it comes past all of them. */
  sweep(): void {
    for (let looked = 0; looked < sweepSize; looked++) {
      this.#sweeping ??= this.#deadlines.entries();
      const { done, value } = this.#sweeping.next();
      if (done === true) {
        this.#sweeping = undefined;
        return;
      }
      this.#find(value[0]);
    }
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const deadline = this.#deadlines.get(key);
    if (deadline === undefined || this.#now() < deadline) return entry;
    this.#drop(key, entry);
    return undefined;
  }

  #add<K extends Kind>(key: string, kind: K): Kinds[K] {
    const value = fresh[kind]();
    const bytes = bytesPerKey + key.length;
    this.#entries.set(key, { kind, value, bytes });
    this.#memory += bytes;
    return value;
  }

  #drop(key: string, { bytes }: Entry): void {
    this.#entries.delete(key);
    this.#deadlines.delete(key);
    this.#memory -= bytes;
  }
}
