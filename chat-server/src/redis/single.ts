import type { Logger } from '../log.ts';
import type { Backplane, BackplaneEvents } from './backplane.ts';
import { channelOf } from './keys.ts';
import { PLAIN, RedisLink } from './link.ts';

const CHUNK = 1000;

/** One primary for all rooms, alone or with replicas behind an endpoint that follows a fail-over. */
export class SingleBackplane implements Backplane {
  readonly links: [RedisLink];
  readonly #link: RedisLink;

  constructor(url: string, name: string, log: Logger, events: BackplaneEvents) {
    this.#link = new RedisLink({ url }, name, PLAIN, log, { ...events, onLost: () => {} });
    this.links = [this.#link];
  }

  get everReached(): boolean {
    return this.#link.everReached;
  }

  get available(): boolean {
    return this.#link.available;
  }

  connect(): void {
    this.#link.connect();
  }

  close(): void {
    this.#link.close();
  }

  // Async, so that what is thrown at once is a rejection too.
  async run<T>(_tag: string, command: (link: RedisLink) => Promise<T>): Promise<T> {
    return command(this.#link);
  }

  hears(room: string): boolean {
    return this.#link.hears(channelOf(room));
  }

  unsubscribe(room: string): void {
    this.#link.unsubscribe(channelOf(room));
  }

  together(rooms: string[]): string[][] {
    const groups: string[][] = [];
    for (let at = 0; at < rooms.length; at += CHUNK) groups.push(rooms.slice(at, at + CHUNK));
    return groups;
  }
}
