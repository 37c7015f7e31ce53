import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { EngineContext } from './context.ts';
import type { PlannedAction } from './events.ts';
import { graphOf, needsOf } from './graph.ts';
import type { Graph } from './graph.ts';
import { refusePrune, refuseReplace } from './permission.ts';
import { readerOf } from './reader.ts';
import type { AnyKind, AnyNode, Change, Found, LogicalId } from './resource.ts';
import { isSecret, needsReplacing, replacingPaths, select } from './select.ts';
import type { Selection } from './select.ts';
import { splitTags } from './tag-change.ts';
import { placeholders } from './unknown.ts';
import { newest } from './version.ts';

/** A resource of the stack that no node wants any more. */
export interface Orphan<Cloud> {
  kind: AnyKind<Cloud>;
  found: Found<unknown>;
}

/** One node as it was found. */
export interface NodePlan<Cloud> extends Selection {
  node: AnyNode<Cloud>;
  action: Exclude<PlannedAction['action'], 'delete'>;
  /** It stands as wanted and can be used. */
  settled: boolean;
  /** Notes of this tool for itself are not up to date: they will be, where anything else is written. */
  outdated: boolean;
}

/** What a run would do. `actions` is plain data for people; the rest is what `apply` goes on from. */
export interface Plan<Cloud> {
  /** One per node in the order of the graph (but for what is given), then one per resource that goes. */
  actions: PlannedAction[];
  /** Whether applying it would write anything: only then the lock is worth taking. */
  changes: boolean;
  /** Whether everything stands as wanted and can be used. With neither changes nor this, `apply` writes nothing but waits, and says what never becomes ready. */
  settled: boolean;
  /** What is not permitted; see {@link assertPermitted}. */
  refusals: ChatopsError[];
  graph: Graph<Cloud>;
  nodes: Map<LogicalId, NodePlan<Cloud>>;
  orphans: Orphan<Cloud>[];
}

/**
 * Finds everything that the stack owns, all kinds at once, and compares it with what is wanted. `kinds` has every
 * kind that the tool knows, so that what is no longer wanted is found too. Emits `plan.ready`; writes nothing.
 */
export async function plan<Cloud>(
  context: EngineContext<Cloud>,
  wanted: readonly AnyNode<Cloud>[],
  kinds: readonly AnyKind<Cloud>[],
): Promise<Plan<Cloud>> {
  const graph = graphOf(wanted);
  const found = await findAll(context, [...kinds, ...wanted.map((node) => node.kind)]);
  const nodes = new Map<LogicalId, NodePlan<Cloud>>();
  for (const id of graph.order) nodes.set(id, planNode(graph.nodes.get(id)!, context, nodes, found));
  const orphans = [...found].flatMap(([kind, all]) =>
    all
      .filter((one) => graph.nodes.get(one.id)?.kind.type !== kind.type)
      .map((one) => ({ kind, found: one })),
  );
  const made = [...nodes.values()].filter(({ node }) => !node.kind.given);
  const actions = [...made.map(describe), ...deletions(nodes, orphans)];
  context.emit({ type: 'plan.ready', actions });
  return {
    actions,
    changes: actions.some((action) => action.action !== 'none'),
    settled: [...nodes.values()].every((one) => one.settled),
    refusals: refusalsOf(
      context,
      nodes,
      orphans,
      newest([...found.values()].flat().map((one) => one.version)),
    ),
    graph,
    nodes,
    orphans,
  };
}

/** Throws when the plan would lose data, or delete what a newer version made, without permission: all reasons at once, before anything is written. */
export function assertPermitted(plan: Pick<Plan<unknown>, 'refusals'>): void {
  const [first, ...others] = plan.refusals;
  if (!first) return;
  if (others.length === 0) throw first;
  throw new ChatopsError(
    `${plan.refusals.length} resources must not be replaced or deleted without permission`,
    {
      code: first.code,
      exit: ExitCode.failed,
      hint: plan.refusals.map((refusal) => refusal.hint).join('; '),
      details: plan.refusals.map((refusal) => refusal.message),
      fields: { refusals: plan.refusals.map((refusal) => refusal.fields) },
    },
  );
}

/** What stands of each kind, all read at once; each kind once, however often it is listed. */
export async function findAll<Cloud>(
  context: EngineContext<Cloud>,
  kinds: readonly AnyKind<Cloud>[],
): Promise<Map<AnyKind<Cloud>, Found<unknown>[]>> {
  const reader = readerOf(context);
  const distinct = [...new Map(kinds.map((kind) => [kind.type, kind])).values()];
  return new Map(await Promise.all(distinct.map(async (kind) => [kind, await reader.find(kind)] as const)));
}

function planNode<Cloud>(
  node: AnyNode<Cloud>,
  { scope, extraTags = {} }: Pick<EngineContext<Cloud>, 'scope' | 'extraTags'>,
  before: Map<LogicalId, NodePlan<Cloud>>,
  found: Map<AnyKind<Cloud>, Found<unknown>[]>,
): NodePlan<Cloud> {
  const needs = needsOf(node).map(([edge, need]) => [edge, attrsAsPlanned(before.get(need.id)!)]);
  const props: unknown = node.props(Object.fromEntries(needs));
  const own = [...found].find(([kind]) => kind.type === node.kind.type)![1];
  const wanted = { props, tags: extraTags, writer: scope.version };
  const { changes: all, ...selection } = select(node.kind, node.id, wanted, own);
  const differences = all.filter((change) => change.own !== true);
  const action = actionFor({ ...selection, changes: differences });
  const settled = action === 'none' && isReady(node.kind, selection.current!.attrs);
  const changes = action === 'create' ? creationOf(node.kind, props) : differences;
  return { ...selection, changes, node, action, settled, outdated: differences.length < all.length };
}

function attrsAsPlanned<Cloud>({ action, changes, current, node }: NodePlan<Cloud>): unknown {
  if (action === 'create' || action === 'replace') return placeholders();
  if (node.kind.versioned && splitTags(changes).others.length > 0) return placeholders();
  const attrs = current!.attrs as object;
  return isReady(node.kind, attrs) ? attrs : placeholders(attrs);
}

function isReady<Cloud>(kind: AnyKind<Cloud>, attrs: unknown): boolean {
  try {
    return (kind.ready?.(attrs) ?? true) === true;
  } catch {
    // It can never become ready as it is: an update may help, and if not, the step says why.
    return false;
  }
}

function actionFor({ current, changes, superseded }: Selection): NodePlan<unknown>['action'] {
  if (!current) return superseded.length > 0 ? 'replace' : 'create';
  if (changes.length === 0) return 'none';
  return needsReplacing(changes) ? 'replace' : 'update';
}

function creationOf<Cloud>(kind: AnyKind<Cloud>, props: unknown): Change[] {
  return Object.entries(props as object)
    .filter(([, value]) => value !== undefined)
    .map(([path, to]) => ({
      path,
      from: undefined,
      to,
      action: 'update' as const,
      ...(isSecret(kind, path) ? { secret: true } : {}),
    }));
}

function describe<Cloud>({ node, action, changes }: NodePlan<Cloud>): PlannedAction {
  return { id: node.id, type: node.kind.type, action, changes };
}

function deletions<Cloud>(nodes: Map<LogicalId, NodePlan<Cloud>>, orphans: Orphan<Cloud>[]): PlannedAction[] {
  const left = [...nodes.values()].filter((one) => one.current && one.superseded.length > 0);
  return [
    ...left.map(({ node }) => ({ id: supersededId(node.id), type: node.kind.type })),
    ...orphans.map(({ kind, found }) => ({ id: found.id, type: kind.type })),
  ].map((one) => ({ ...one, action: 'delete', changes: [] }));
}

/** The id under which the deletion of what was replaced shows in plans and events. */
export function supersededId(id: LogicalId): LogicalId {
  return `${id} (replaced)`;
}

function refusalsOf<Cloud>(
  context: EngineContext<Cloud>,
  nodes: Map<LogicalId, NodePlan<Cloud>>,
  orphans: Orphan<Cloud>[],
  writer: string | undefined,
): ChatopsError[] {
  const replaced = [...nodes.values()].filter((one) => one.action === 'replace');
  return [
    ...replaced.map(({ node, changes }) =>
      refuseReplace(context, node.kind, node.id, replacingPaths(changes)),
    ),
    ...orphans.map(({ kind, found }) => refusePrune(context, kind, found, writer)),
  ].filter((refusal) => refusal !== undefined);
}
