import type { Twin } from './twin.ts';

/** chatLease: renews a node's lease, and tells whether it had run out and which nodes live. */
export const lease: Twin = ({ call, keys: [nodes = ''], args: [node = '', duration = ''] }) => {
  const [seconds, microseconds] = (call('TIME') as string[]).map(Number) as [number, number];
  const now = seconds * 1000 + Math.floor(microseconds / 1000);
  call('ZREMRANGEBYSCORE', nodes, '-inf', now);
  const held = call('ZSCORE', nodes, node) === null ? 0 : 1;
  call('ZADD', nodes, now + Number(duration), node);
  call('PEXPIRE', nodes, Number(duration) * 10);
  return [held, ...(call('ZRANGE', nodes, 0, -1) as string[])];
};
