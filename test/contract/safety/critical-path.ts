import type { EngineEvent } from '../../../src/engine/events.ts';
import { needsOf } from '../../../src/engine/graph.ts';
import type { AnyNode } from '../../../src/engine/resource.ts';

/** When a step began and ended, in milliseconds. */
interface Span {
  from: number;
  to: number;
}

/** Keeps when each step of a run began and ended. */
export function spansOf(now: () => number) {
  const spans = new Map<string, Span>();
  const emit = (event: EngineEvent) => {
    if (event.type === 'step.started') spans.set(event.id, { from: now(), to: now() });
    if (event.type === 'step.done') spans.get(event.id)!.to = now();
  };
  return { spans, emit };
}

/** The steps that a run could not have been shorter without: the last one to end, the one that it waited for last, and so on. */
export function criticalPath<Cloud>(nodes: AnyNode<Cloud>[], spans: Map<string, Span>): string[] {
  const end = (id: string) => spans.get(id)?.to ?? 0;
  const last = (some: AnyNode<Cloud>[]) => some.toSorted((one, other) => end(other.id) - end(one.id))[0];
  const path: string[] = [];
  for (let node = last(nodes); node; node = last(needsOf(node).map(([, need]) => need))) {
    const { from, to } = spans.get(node.id)!;
    path.unshift(`${node.id} ${((to - from) / 1000).toFixed(0)} s`);
  }
  return path;
}
