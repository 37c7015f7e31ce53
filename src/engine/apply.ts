import { converge } from './converge.ts';
import type { EngineContext } from './context.ts';
import { needsOf } from './graph.ts';
import type { Outcome } from './outcome.ts';
import { assertPermitted, supersededId } from './plan.ts';
import type { Orphan, Plan } from './plan.ts';
import { remove, withId } from './remove.ts';
import type { AnyNode, LogicalId } from './resource.ts';
import { Run } from './run.ts';
import type { Job } from './run.ts';
import { select } from './select.ts';

/**
 * Makes the stack what the plan says: independent branches at once, the slowest chain first; then deletes what
 * was replaced and what is no longer wanted. A failed step skips what depends on it and lets the others finish.
 * Throws, before anything is written, when the plan is not permitted; every other failure is in the outcome.
 */
export async function apply<Cloud>(context: EngineContext<Cloud>, plan: Plan<Cloud>): Promise<Outcome> {
  assertPermitted(plan);
  const run = new Run(context, plan.changes);
  await run.perform(new Work(run, plan).jobs());
  return run.finish();
}

class Work<Cloud> {
  readonly #run: Run<Cloud>;
  readonly #plan: Plan<Cloud>;
  /** Nodes that do not stand as wanted, and all that depends on them: only these are looked at again. */
  readonly #moving: Set<LogicalId>;
  readonly #deletedFirst: Set<LogicalId>;

  constructor(run: Run<Cloud>, plan: Plan<Cloud>) {
    this.#run = run;
    this.#plan = plan;
    this.#moving = movingOf(plan);
    this.#deletedFirst = deletedFirstOf(plan);
    for (const [id, { current }] of plan.nodes) if (!this.#moving.has(id)) run.attrs.set(id, current!.attrs);
  }

  jobs(): Job[] {
    const { nodes, graph, orphans } = this.#plan;
    const leftovers = [...nodes.values()].filter(
      ({ node, superseded }) => node.kind.createFirst && (this.#moving.has(node.id) || superseded.length > 0),
    );
    return [
      ...graph.order.filter((id) => this.#moving.has(id)).flatMap((id) => this.#nodeJobs(id)),
      ...leftovers.map(({ node }) => this.#supersededJob(node)),
      ...new Map(orphans.map((orphan) => [orphanKey(orphan), this.#orphanJob(orphan)])).values(),
    ];
  }

  #nodeJobs(id: LogicalId): Job[] {
    const { nodes, graph } = this.#plan;
    const { node, action } = nodes.get(id)!;
    const { kind, seconds = 1 } = node;
    const weight = graph.weight.get(id)!;
    const log = this.#run.step(id, kind.type, action);
    const converging: Job = {
      key: id,
      after: [deletionKey(id), ...needsOf(node).map(([, need]) => need.id)],
      weight,
      log,
      run: async () => {
        this.#run.attrs.set(id, await converge(this.#run, node, this.#propsOf(node), log));
      },
    };
    if (!this.#deletedFirst.has(id)) return [converging];
    const deletion: Job = {
      key: deletionKey(id),
      after: [...graph.dependants.get(id)!].map(deletionKey),
      weight,
      log,
      first: true,
      run: () => remove(this.#run, { kind, pick: withId(id), action: 'replace', seconds }, log),
    };
    return [deletion, converging];
  }

  /** Deletes what a create-first node took the place of, once all that depends on it has moved. */
  #supersededJob(node: AnyNode<Cloud>): Job {
    const { graph, nodes } = this.#plan;
    const { id, kind, seconds = 1 } = node;
    const { superseded } = nodes.get(id)!;
    const key = supersededId(id);
    const log = this.#run.step(key, kind.type, superseded.length > 0 ? 'delete' : 'none');
    const dependants = [...graph.allDependants.get(id)!];
    return {
      key,
      after: [id, ...dependants, ...dependants.map(supersededId)],
      weight: seconds,
      log,
      run: async () => {
        const props = this.#propsOf(node);
        await remove(
          this.#run,
          {
            kind,
            // Where a listing does not show the new one for a moment, the old one must neither go nor be forgotten.
            pick: (found) => {
              const { current, superseded: old } = select(kind, id, this.#run.wanted(props), found);
              return current ? old : undefined;
            },
            action: 'delete',
            seconds,
          },
          log,
        );
      },
    };
  }

  /** Deletes what no node wants, once every node that could still refer to it has moved. */
  #orphanJob(orphan: Orphan<Cloud>): Job {
    const { graph, nodes, orphans } = this.#plan;
    const { kind, found } = orphan;
    const later = graph.typesAfter.get(kind.type);
    const moved = [...nodes.values()].filter(({ node }) => later?.has(node.kind.type) ?? true);
    const gone = orphans.filter((other) => later?.has(other.kind.type) ?? false);
    const log = this.#run.step(found.id, kind.type, 'delete');
    return {
      key: orphanKey(orphan),
      after: [...moved.flatMap(({ node }) => [node.id, supersededId(node.id)]), ...gone.map(orphanKey)],
      weight: 0,
      log,
      run: () => remove(this.#run, { kind, pick: withId(found.id), action: 'delete', seconds: 1 }, log),
    };
  }

  #propsOf(node: AnyNode<Cloud>): unknown {
    return node.props(
      Object.fromEntries(needsOf(node).map(([edge, need]) => [edge, this.#run.attrs.get(need.id)])),
    );
  }
}

function movingOf<Cloud>({ nodes, graph, changes }: Plan<Cloud>): Set<LogicalId> {
  const unsettled = [...nodes.values()]
    .filter((one) => !one.settled || (changes && one.outdated))
    .map((one) => one.node.id);
  return new Set(unsettled.flatMap((id) => [id, ...graph.allDependants.get(id)!]));
}

/**
 * Nodes whose replacement has to begin with a deletion of its own, because what depends on them is replaced too
 * and holds on to them: a network and all that stands in it. A create-first node joins in when what it needs is
 * replaced that way.
 */
function deletedFirstOf<Cloud>({ nodes, graph }: Plan<Cloud>): Set<LogicalId> {
  const replaced = new Set<LogicalId>();
  for (const id of graph.order) {
    const { node, action, current } = nodes.get(id)!;
    const dragged = needsOf(node).some(([, need]) => replaced.has(need.id));
    const stands = current !== undefined || node.kind.createFirst;
    if (action === 'replace' && stands && (dragged || !node.kind.createFirst)) replaced.add(id);
  }
  const holds = (id: LogicalId) =>
    [...graph.dependants.get(id)!].some((dependant) => replaced.has(dependant));
  const held = (id: LogicalId) => needsOf(graph.nodes.get(id)!).some(([, need]) => replaced.has(need.id));
  return new Set([...replaced].filter((id) => holds(id) || held(id)));
}

function deletionKey(id: LogicalId): string {
  return `delete ${id}`;
}

function orphanKey<Cloud>({ kind, found }: Orphan<Cloud>): string {
  return `orphan ${kind.type} ${found.id}`;
}
