import type { RedisLink } from './link.ts';

/** All of Redis as the nodes of the chat see it: which primary has a room, and what holds for all of them. */
export interface Backplane {
  /** The primaries that are known. */
  readonly links: Iterable<RedisLink>;
  readonly everReached: boolean;
  /** Every room can be read, written and listened to. */
  readonly available: boolean;
  connect(): void;
  close(): void;
  /** Has a command carried out by the primary that has a tag (a room, or any key without one). Throws `Unavailable` or what Redis answered. */
  run<T>(tag: string, command: (link: RedisLink) => Promise<T>): Promise<T>;
  /** Whether a room's subscription stands, on the primary that has the room now. */
  hears(room: string): boolean;
  /** Ends a room's subscription, wherever it is. */
  unsubscribe(room: string): void;
  /** The rooms in groups that one call may name together. */
  together(rooms: string[]): string[][];
}

/** What the owner of a backplane is told. */
export interface BackplaneEvents {
  /** A primary is there again, or for the first time; nothing is subscribed there yet. */
  onReady(): void;
  /** Some rooms have lost their subscriptions. */
  onDeaf(): void;
  onMessage(channel: Buffer, payload: Buffer): void;
}
