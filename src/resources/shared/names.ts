import type { Scope } from '../../engine/resource.ts';

/**
 * Whether a name carries the hash of the stack, as every name that chatops gives does. It narrows a listing of
 * the whole account down before tags are asked for; it does not prove ownership.
 */
export function carriesHash(scope: Scope, name: string | undefined): boolean {
  return name?.split(/[-/]/).includes(scope.hash) ?? false;
}
