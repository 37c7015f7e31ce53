import { expect, test } from 'vitest';

import { graphOf } from '../../../src/engine/graph.ts';
import { resource } from '../../../src/engine/resource.ts';
import type { AnyNode } from '../../../src/engine/resource.ts';
import { toyKind } from '../../helpers/toy-cloud.ts';
import type { ToyCloud } from '../../helpers/toy-cloud.ts';
import { toyStack } from '../../helpers/toy-stack.ts';

const kind = toyKind('Thing');

function node(
  id: string,
  needs: Record<string, AnyNode<ToyCloud>> = {},
  seconds?: number,
): AnyNode<ToyCloud> {
  return resource({ id, kind, needs, props: () => ({}), seconds });
}

test('each id comes after all that it needs, the slowest chain first', () => {
  const { order, weight } = graphOf(toyStack());
  expect(order.slice(0, 3)).toEqual(['net', 'sub-a', 'store']);
  expect(weight.get('net')).toBe(1 + 1 + 420 + 35);
  expect(order.at(-1)).toBe('gate');
});

test('types that need each other give no order; others do, over any number of edges', () => {
  const { typesAfter } = graphOf(toyStack());
  expect([...typesAfter.get('Net')!].sort()).toEqual(['Balancer', 'Gate', 'Pool', 'Service', 'Store', 'Sub']);
  const [one, other] = [toyKind('One'), toyKind('Other')];
  const a = resource({ id: 'a', kind: one, needs: {}, props: () => ({}) });
  const b = resource({ id: 'b', kind: other, needs: { a }, props: () => ({}) });
  const c = resource({ id: 'c', kind: one, needs: { b }, props: () => ({}) });
  const mutual = graphOf<ToyCloud>([a, b, c]).typesAfter;
  expect([...mutual.get('One')!, ...mutual.get('Other')!]).toEqual([]);
});

test('an id that is there twice, a need that is missing, and a circle are mistakes', () => {
  expect(() => graphOf([node('a'), node('a')])).toThrow('two nodes are called a');
  expect(() => graphOf([node('b', { a: node('a') })])).toThrow('b needs a, which is not in the graph');
  const a = node('a');
  const b = node('b', { a });
  Object.assign(a.needs as object, { b });
  expect(() => graphOf([a, b])).toThrow('needs go in a circle: a → b → a');
});
