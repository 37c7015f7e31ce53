import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { EngineContext } from './context.ts';
import type { AnyKind, Found, LogicalId } from './resource.ts';

type Permissions = Pick<EngineContext<unknown>, 'allowReplace' | 'allowDelete'>;

/** Why a resource that holds data must not be replaced, or undefined when it may. */
export function refuseReplace<Cloud>(
  context: Permissions,
  kind: AnyKind<Cloud>,
  id: LogicalId,
  paths: string[],
): ChatopsError | undefined {
  if (!kind.stateful || context.allowReplace.has(id)) return undefined;
  return new ChatopsError(`${id} holds data and would have to be replaced, because of ${paths.join(', ')}`, {
    code: 'plan.replace-refused',
    exit: ExitCode.failed,
    hint: `take the change back, or lose the data with --allow-replace ${id}`,
    fields: { id, type: kind.type, paths },
  });
}

/** Why a resource that the stack no longer wants must not be pruned, or undefined when it may. */
export function refusePrune<Cloud>(
  context: Permissions & Pick<EngineContext<unknown>, 'scope'>,
  kind: AnyKind<Cloud>,
  { id, version }: Found<unknown>,
): ChatopsError | undefined {
  if (version !== undefined && isNewer(version, context.scope.version))
    return new ChatopsError(`${id} was made by chatops ${version}; this is ${context.scope.version}`, {
      code: 'plan.newer-version',
      exit: ExitCode.failed,
      hint: `install chatops ${version} or later: an older one does not know what is still wanted`,
      fields: { id, type: kind.type, version },
    });
  if (!kind.stateful || context.allowDelete.has(id)) return undefined;
  return new ChatopsError(`${id} holds data and is no longer wanted`, {
    code: 'plan.delete-refused',
    exit: ExitCode.failed,
    hint: `put it back into the config, or lose the data with --allow-delete ${id}`,
    fields: { id, type: kind.type },
  });
}

function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (const [index, part] of left!.entries()) {
    const other = right![index] ?? 0;
    if (part !== other) return part > other;
  }
  return false;
}
