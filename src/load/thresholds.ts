import type { LoadResult } from './result.ts';

/** What a run has missed, each in words; empty when it held. */
export function missedBy({ messages }: Pick<LoadResult, 'messages'>): string[] {
  const { lost, duplicate, outOfOrder } = messages;
  return [
    [lost.total, 'lost'] as const,
    [duplicate, 'duplicate'] as const,
    [outOfOrder, 'out of order'] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count.toLocaleString('en-US')} ${what}`);
}
