import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { EngineContext } from './context.ts';
import type { AnyKind, Found, LogicalId } from './resource.ts';
import { isNewer } from './version.ts';

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

/** Why a resource that the stack no longer wants must not be pruned, or undefined when it may. `writer` is the newest version that wrote anything of the stack. */
export function refusePrune<Cloud>(
  context: Permissions & Pick<EngineContext<unknown>, 'scope'>,
  kind: AnyKind<Cloud>,
  { id }: Found<unknown>,
  writer: string | undefined,
): ChatopsError | undefined {
  const { version } = context.scope;
  if (writer !== undefined && isNewer(writer, version))
    return new ChatopsError(
      `${id} may still be wanted: chatops ${writer} wrote to the stack, this is ${version}`,
      {
        code: 'plan.newer-version',
        exit: ExitCode.failed,
        hint: `install chatops ${writer} or later: an older one does not know what is still wanted`,
        fields: { id, type: kind.type, version: writer },
      },
    );
  if (!kind.stateful || context.allowDelete.has(id)) return undefined;
  return new ChatopsError(`${id} holds data and is no longer wanted`, {
    code: 'plan.delete-refused',
    exit: ExitCode.failed,
    hint: `put it back into the config, or lose the data with --allow-delete ${id}`,
    fields: { id, type: kind.type },
  });
}
