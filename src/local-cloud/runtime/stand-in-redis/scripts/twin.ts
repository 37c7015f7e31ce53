import type { Reply } from '../resp/reply.ts';

/** Has a command carried out, as `redis.call` does. Throws what it is refused with. */
export type Call = (name: string, ...words: (string | number)[]) => Reply;

/** A script of the chat server (chat-server/src/redis/scripts.ts) in TypeScript, line by line. */
export type Twin = (script: { call: Call; keys: string[]; args: string[] }) => Reply;

/** An entry of a stream, as XRANGE tells it. */
export type StreamEntry = [id: string, fields: string[]];
