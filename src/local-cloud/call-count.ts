import { store } from './cloud.ts';
import type { LocalCloud } from './cloud.ts';

/** How many AWS calls have been answered since the start, and how many of them could change something. */
export interface CallCount {
  total: number;
  writes: number;
}

const counts = store('call-count', (): CallCount => ({ total: 0, writes: 0 }), 'global');

/** Counts one call of an operation. */
export function countCall(cloud: LocalCloud, operation: string): void {
  const count = callCount(cloud);
  count.total += 1;
  if (!/^(Describe|List|Get|BatchGet|Filter)/.test(operation)) count.writes += 1;
}

/** The count so far. */
export function callCount(cloud: LocalCloud): CallCount {
  return counts({ cloud, region: '' });
}
