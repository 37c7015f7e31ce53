import type { Clock } from '../clock.ts';
import { LIMITS } from '../protocol.ts';
import type { Identity } from './member.ts';

/** Who is in a room on one node at a time (ms): a count, and at most 100 of them as [client, name]. */
export interface Entry {
  at: number;
  count: number;
  who: [client: string, name: string][];
}

/** What the members of a room were told last. */
interface View {
  count: number;
  names: Map<string, string>;
}

/** What a room's presence needs of its surroundings. */
export interface PresenceLinks {
  /** Whether a node's lease still runs. */
  isLive(node: string): boolean;
  /** Stores and announces this node's entry. */
  announce(entry: Entry): void;
  /** Tells the members what has changed. */
  tell(change: { joined: string[]; left: string[]; count: number }): void;
}

const PAUSE_MS = 500;

/** Who is in one room, over all nodes. Changes are told at once and then at most twice a second. */
export class RoomPresence {
  readonly #local = new Set<Identity>();
  readonly #remote = new Map<string, Entry>();
  readonly #links: PresenceLinks;
  readonly #clock: Clock;
  #told: View = { count: 0, names: new Map() };
  #pausing = false;
  #changed = false;
  #localChanged = false;

  constructor(links: PresenceLinks, clock: Clock) {
    this.#links = links;
    this.#clock = clock;
  }

  /** The `members` of a `joined` frame: what all members know, so that the next `presence` continues it. */
  members(): { count: number; names: string[] } {
    return { count: this.#told.count, names: [...this.#told.names.values()] };
  }

  /** How many are here, those whose coming is not told yet included. */
  get count(): number {
    return this.#view().count;
  }

  /** Whether as many are here as may be. Who is listed twice is looked for only where it matters. */
  isFull(most: number): boolean {
    let atMost = this.#local.size;
    for (const { count } of this.#remote.values()) atMost += count;
    return atMost >= most && this.count >= most;
  }

  add(identity: Identity): void {
    this.#local.add(identity);
    this.localChanged();
  }

  remove(identity: Identity): void {
    if (this.#local.delete(identity)) this.localChanged();
  }

  /** Announces this node's entry, again if need be: after its lease has run out, others have dropped it. */
  localChanged(): void {
    this.#localChanged = true;
    this.changed();
  }

  /** Takes in another node's entry, unless a younger one is known: what is read and what is announced overtake each other. */
  setRemote(node: string, entry: Entry): void {
    const known = this.#remote.get(node);
    if (known && known.at > entry.at) return;
    this.#remote.set(node, entry);
    this.changed();
  }

  /** The nodes that are thought to have members here, with the times of their entries. */
  remotes(): { node: string; at: number }[] {
    return [...this.#remote].map(([node, { at }]) => ({ node, at }));
  }

  /** Works out and tells what is different, now or when the pause is over. */
  changed(): void {
    this.#changed = true;
    if (this.#pausing) return;
    this.#pausing = true;
    this.#update();
    this.#clock.after(PAUSE_MS, () => {
      this.#pausing = false;
      if (this.#changed) this.changed();
    });
  }

  #update(): void {
    this.#changed = false;
    if (this.#localChanged) {
      this.#localChanged = false;
      this.#links.announce(this.#localEntry());
    }
    const view = this.#view();
    const joined = namesOnlyIn(view, this.#told);
    const left = namesOnlyIn(this.#told, view);
    const same = joined.length === 0 && left.length === 0 && view.count === this.#told.count;
    this.#told = view;
    if (!same) this.#links.tell({ joined, left, count: view.count });
  }

  #localEntry(): Entry {
    const who: Entry['who'] = [];
    for (const { client, name } of this.#local) {
      if (who.length === LIMITS.names) break;
      who.push([client, name]);
    }
    return { at: this.#clock.now(), count: this.#local.size, who };
  }

  // A client that has just moved may still be listed on its old node: who is listed twice counts once.
  #view(): View {
    const names = new Map<string, string>();
    let count = 0;
    const take = (entry: Entry) => {
      count += entry.count;
      for (const [client, name] of entry.who) {
        const key = `${client} ${name}`;
        if (names.has(key)) count--;
        else if (names.size < LIMITS.names) names.set(key, name);
      }
    };
    take(this.#localEntry());
    for (const [node, entry] of this.#remote) {
      if (this.#links.isLive(node)) take(entry);
      else this.#remote.delete(node);
    }
    return { count, names };
  }
}

function namesOnlyIn(one: View, other: View): string[] {
  const names: string[] = [];
  for (const [key, name] of one.names) if (!other.names.has(key)) names.push(name);
  return names;
}
