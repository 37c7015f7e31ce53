import type { AnyNode, LogicalId } from './resource.ts';

/** The nodes of a stack with their edges looked up in both directions. */
export interface Graph<Cloud> {
  nodes: Map<LogicalId, AnyNode<Cloud>>;
  /** Every id after all that it needs; among those that could come next, the one with the slowest chain first. */
  order: LogicalId[];
  /** Seconds from the start of a node to the end of the slowest chain of dependants that waits for it. */
  weight: Map<LogicalId, number>;
  /** Ids that need this one, directly. */
  dependants: Map<LogicalId, Set<LogicalId>>;
  /** Ids that need this one, directly or over others. */
  allDependants: Map<LogicalId, Set<LogicalId>>;
  /** Types that need this type, over any number of edges; never mutual, so an order by type cannot go in circles. */
  typesAfter: Map<string, Set<string>>;
}

/** Builds the graph; throws when an id is there twice, a needed node is missing, or needs go in a circle. */
export function graphOf<Cloud>(list: readonly AnyNode<Cloud>[]): Graph<Cloud> {
  const nodes = byId(list);
  const dependants = invert(nodes);
  const sorted = sortByNeeds(nodes);
  const allDependants = new Map<LogicalId, Set<LogicalId>>();
  const weight = new Map<LogicalId, number>();
  for (const id of sorted.toReversed()) {
    const direct = [...dependants.get(id)!];
    allDependants.set(id, new Set(direct.flatMap((next) => [next, ...allDependants.get(next)!])));
    const rest = Math.max(0, ...direct.map((next) => weight.get(next)!));
    weight.set(id, (nodes.get(id)!.seconds ?? 1) + rest);
  }
  // What is needed is always heavier than what needs it, unless it weighs nothing; the sort is stable.
  const order = sorted.toSorted((a, b) => weight.get(b)! - weight.get(a)!);
  return { nodes, order, weight, dependants, allDependants, typesAfter: typesAfter(nodes, allDependants) };
}

/** The edges of a node: the name of each and the node that it leads to. */
export function needsOf<Cloud>(node: AnyNode<Cloud>): [edge: string, need: AnyNode<Cloud>][] {
  return Object.entries(node.needs as Record<string, AnyNode<Cloud>>);
}

function byId<Cloud>(list: readonly AnyNode<Cloud>[]): Map<LogicalId, AnyNode<Cloud>> {
  const nodes = new Map<LogicalId, AnyNode<Cloud>>();
  for (const node of list) {
    if (nodes.has(node.id)) throw new Error(`two nodes are called ${node.id}`);
    nodes.set(node.id, node);
  }
  for (const node of list)
    for (const [, need] of needsOf(node))
      if (nodes.get(need.id) !== need)
        throw new Error(`${node.id} needs ${need.id}, which is not in the graph`);
  return nodes;
}

function invert<Cloud>(nodes: Map<LogicalId, AnyNode<Cloud>>): Map<LogicalId, Set<LogicalId>> {
  const dependants = new Map([...nodes.keys()].map((id) => [id, new Set<LogicalId>()]));
  for (const node of nodes.values())
    for (const [, need] of needsOf(node)) dependants.get(need.id)!.add(node.id);
  return dependants;
}

function sortByNeeds<Cloud>(nodes: Map<LogicalId, AnyNode<Cloud>>): LogicalId[] {
  const sorted = new Set<LogicalId>();
  const visit = (id: LogicalId, path: LogicalId[]) => {
    if (sorted.has(id)) return;
    if (path.includes(id)) throw new Error(`needs go in a circle: ${[...path, id].join(' → ')}`);
    for (const [, need] of needsOf(nodes.get(id)!)) visit(need.id, [...path, id]);
    sorted.add(id);
  };
  for (const id of nodes.keys()) visit(id, []);
  return [...sorted];
}

function typesAfter<Cloud>(
  nodes: Map<LogicalId, AnyNode<Cloud>>,
  allDependants: Map<LogicalId, Set<LogicalId>>,
): Map<string, Set<string>> {
  const typeOf = (id: LogicalId) => nodes.get(id)!.kind.type;
  const direct = new Map<string, Set<string>>();
  for (const [id, dependants] of allDependants) {
    const after = direct.get(typeOf(id)) ?? new Set<string>();
    for (const dependant of dependants) after.add(typeOf(dependant));
    direct.set(typeOf(id), after);
  }
  const reachable = new Map([...direct.keys()].map((type) => [type, reach(direct, type)]));
  return new Map(
    [...reachable].map(([type, after]) => [
      type,
      new Set([...after].filter((other) => !reachable.get(other)!.has(type))),
    ]),
  );
}

function reach(direct: Map<string, Set<string>>, from: string): Set<string> {
  const found = new Set<string>();
  const queue = [...direct.get(from)!];
  for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
    if (found.has(type)) continue;
    found.add(type);
    queue.push(...direct.get(type)!);
  }
  return found;
}
