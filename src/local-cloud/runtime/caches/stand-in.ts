import { execPath } from 'node:process';
import type { CacheEngine } from '../data-plane.ts';

/** The program that takes the place of Redis where there is none, run by this machine's Node. `program` is its path. */
export function standIn(program: string): CacheEngine {
  return { name: 'stand-in', version: '', command: execPath, args: [program] };
}

/** Why an engine cannot be what is wanted; undefined where it can. Pure. */
export function lackingIn(
  { name }: CacheEngine,
  wanted: { cluster: boolean; replicas: boolean; encryption: boolean },
): string | undefined {
  if (name !== 'stand-in') return undefined;
  const lacking = [
    ...(wanted.cluster ? ['cluster mode'] : []),
    ...(wanted.replicas ? ['replicas'] : []),
    ...(wanted.encryption ? ['encryption in transit'] : []),
  ];
  if (lacking.length === 0) return undefined;
  return `no redis-server or valkey-server on PATH, and the stand-in has no ${lacking.join(', no ')}`;
}
