import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { EngineContext } from './context.ts';
import type { PlannedAction } from './events.ts';
import { graphOf } from './graph.ts';
import type { Graph } from './graph.ts';
import type { Outcome } from './outcome.ts';
import { findAll } from './plan.ts';
import { remove, withId } from './remove.ts';
import type { AnyKind, AnyNode, LogicalId } from './resource.ts';
import { Run } from './run.ts';
import type { Job } from './run.ts';

/** A resource that stands, and where it belongs in the order of deletion. */
interface Standing<Cloud> {
  id: LogicalId;
  kind: AnyKind<Cloud>;
  refs: string[];
  /** The node that made it, if the graph still has it. */
  node: AnyNode<Cloud> | undefined;
}

/** How often everything is looked for and deleted again, when something shows up after it seemed to be gone. */
const rounds = 3;

/** What {@link destroy} would delete, what depends on others first; emits `plan.ready`. */
export async function planDestroy<Cloud>(
  context: EngineContext<Cloud>,
  nodes: readonly AnyNode<Cloud>[],
  kinds: readonly AnyKind<Cloud>[],
): Promise<PlannedAction[]> {
  const graph = graphOf(nodes);
  const standing = await findStanding(context, graph, kinds);
  const position = (one: Standing<Cloud>) => graph.order.indexOf(one.id);
  const actions = standing
    .toSorted((a, b) => position(b) - position(a))
    .map(({ id, kind }): PlannedAction => ({ id, type: kind.type, action: 'delete', changes: [] }));
  context.emit({ type: 'plan.ready', actions });
  return actions;
}

/**
 * Deletes everything that carries the stack's tags, what depends on others first: by the edges of the nodes, and
 * for what is not in the graph by the edges between kinds. Ends with a proof: every kind is listed again, and
 * what is still there makes the outcome a failure that names it.
 */
export async function destroy<Cloud>(
  context: EngineContext<Cloud>,
  nodes: readonly AnyNode<Cloud>[],
  kinds: readonly AnyKind<Cloud>[],
): Promise<Outcome> {
  const graph = graphOf(nodes);
  const run = new Run(context, true);
  const look = async () => (await run.look(() => findStanding(context, graph, kinds))) ?? [];
  let standing = await look();
  for (let round = 0; round < rounds && standing.length > 0; round += 1) {
    await run.perform(jobsOf(run, graph, standing));
    if (run.failed || run.interrupted) break;
    standing = await look();
  }
  return run.finish(standing.length > 0 ? leftover(standing) : undefined);
}

async function findStanding<Cloud>(
  context: EngineContext<Cloud>,
  graph: Graph<Cloud>,
  kinds: readonly AnyKind<Cloud>[],
): Promise<Standing<Cloud>[]> {
  const wanted = [...graph.nodes.values()].map((node) => node.kind).filter((kind) => !kind.given);
  const standing = new Map<string, Standing<Cloud>>();
  for (const [kind, found] of await findAll(context, [...kinds, ...wanted])) {
    for (const { id, ref = id } of found) {
      const node = graph.nodes.get(id);
      const one = standing.get(keyOf({ id, kind })) ?? {
        id,
        kind,
        refs: [],
        node: node?.kind.type === kind.type ? node : undefined,
      };
      one.refs.push(ref);
      standing.set(keyOf({ id, kind }), one);
    }
  }
  return [...standing.values()];
}

function jobsOf<Cloud>(run: Run<Cloud>, graph: Graph<Cloud>, standing: Standing<Cloud>[]): Job[] {
  return standing.map((one): Job => {
    const { id, kind, node } = one;
    const seconds = node?.seconds ?? 1;
    const log = run.step(id, kind.type, 'delete');
    return {
      key: keyOf(one),
      after: standing.filter((other) => goesBefore(graph, other, one)).map(keyOf),
      weight: seconds,
      log,
      run: () => remove(run, { kind, pick: withId(id), action: 'delete', seconds }, log),
    };
  });
}

/** Whether `first` can hold on to `second`, so that it has to be gone before. */
function goesBefore<Cloud>(graph: Graph<Cloud>, first: Standing<Cloud>, second: Standing<Cloud>): boolean {
  if (first.node && second.node) return graph.allDependants.get(second.id)!.has(first.id);
  return graph.typesAfter.get(second.kind.type)?.has(first.kind.type) ?? false;
}

function keyOf<Cloud>({ id, kind }: Pick<Standing<Cloud>, 'id' | 'kind'>): string {
  return `${kind.type} ${id}`;
}

function leftover<Cloud>(standing: Standing<Cloud>[]): ChatopsError {
  return new ChatopsError(`still there after the deletion: ${standing.map(({ id }) => id).join(', ')}`, {
    code: 'destroy.leftover',
    exit: ExitCode.failed,
    hint: 'run the same command again; if it happens again, delete them in the console',
    details: standing.map(({ id, kind, refs }) => `${id}: ${kind.type} ${refs.join(', ')}`),
    fields: { left: standing.map(({ id, kind, refs }) => ({ id, type: kind.type, refs })) },
  });
}
