import type { PlannedAction } from '../engine/events.ts';
import type { Change } from '../engine/resource.ts';

const marks = { create: '+', update: '~', replace: '±', delete: '-', none: ' ' };

/** A plan as text: a line per resource that changes, a line per field of an update, and a closing count. */
export function renderPlan(actions: readonly PlannedAction[]): string {
  const changing = actions.filter(({ action }) => action !== 'none');
  if (changing.length === 0) return `no changes: all ${actions.length} resources are as the config asks\n`;
  const width = Math.max(...changing.map(({ id }) => id.length));
  const lines = changing.flatMap((each) => [
    `${marks[each.action]} ${each.action.padEnd(7)} ${each.id.padEnd(width)}  ${each.type}`,
    ...(each.action === 'update' || each.action === 'replace' ? each.changes.map(renderChange) : []),
  ]);
  return `${lines.join('\n')}\n\n${summarise(actions)}\n`;
}

/** `3 to create, 1 to update, 22 unchanged`, or once it is done `3 created, 1 updated, 22 unchanged`. */
export function summarise(actions: readonly PlannedAction[], done = false): string {
  const count = (action: PlannedAction['action']) => actions.filter((each) => each.action === action).length;
  const parts: [number, string][] = (['create', 'update', 'replace', 'delete'] as const).map((action) => [
    count(action),
    done ? `${action}d` : `to ${action}`,
  ]);
  parts.push([count('none'), 'unchanged']);
  return parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ');
}

function renderChange({ path, from, to, action, secret }: Change): string {
  const values = secret === true ? '(secret) → (secret)' : `${show(from)} → ${show(to)}`;
  return `            ${path}: ${values}${action === 'replace' ? '  (forces replacement)' : ''}`;
}

function show(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
