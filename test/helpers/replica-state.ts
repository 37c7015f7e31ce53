import type { Redis } from 'ioredis';

/** What a replica has of some keys: key → serialised value. */
export type ReplicaState = [key: Buffer, value: Buffer][];

const copy = `
local reply = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  reply[#reply + 1] = { key, redis.call('DUMP', key) }
end
return reply
`;

const removeAll = `for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end`;

/** Takes what a replica that is up to date would have of the keys of a pattern, from one moment (DUMP). */
export async function replicate(redis: Redis, pattern: string): Promise<ReplicaState> {
  return (await redis.callBuffer('EVAL', copy, 0, pattern)) as ReplicaState;
}

/** Makes the server what the promoted replica would be, in one transaction: older data, a history of its own, and nobody connected. */
export async function promote(redis: Redis, pattern: string, state: ReplicaState): Promise<void> {
  const change = redis.multi().eval(removeAll, 0, pattern);
  for (const [key, value] of state) change.restore(key, 600_000, value);
  for (const type of ['normal', 'pubsub']) change.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
  const results = await change.call('DEBUG', 'CHANGE-REPL-ID').exec();
  for (const [error] of results ?? []) if (error) throw error;
}
