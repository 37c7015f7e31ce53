import type { AnyKind, Found, LogicalId } from './resource.ts';
import type { Run } from './run.ts';
import type { StepLog } from './step-log.ts';
import { Patience } from './patience.ts';
import { throwIfInterrupted } from './interrupt.ts';
import { polling } from './wait.ts';
import { write } from './write.ts';

/** What has to go. */
export interface Removal<Cloud> {
  kind: AnyKind<Cloud>;
  /** Picks it out of everything of the kind that stands; asked after each reading. Undefined where a listing that is too old cannot tell. */
  pick: (found: Found<unknown>[]) => Found<unknown>[] | undefined;
  /** What the step says that it does, when there is something to remove. */
  action: 'delete' | 'replace';
  /** What a deletion usually takes. */
  seconds: number;
}

/**
 * How long something that was deleted may be listed before it is deleted again, in milliseconds, which is longer than
 * any deletion takes: one of many parts can have been made from a listing that did not show all of them.
 */
const forgotten = 10 * 60_000;

/**
 * Deletes resources and waits until `find` no longer lists them. A deletion that went through is asked for again only
 * when it takes far too long; one that was refused (`in-use`, `conflict`, throttled, answer lost), until there is no hope.
 */
export async function remove<Cloud>(
  { context, reader }: Run<Cloud>,
  { kind, pick, action, seconds }: Removal<Cloud>,
  log: StepLog,
): Promise<void> {
  const patience = new Patience(context, log, seconds);
  const poll = polling(context);
  const underway = new Map<string, number>();
  for (;;) {
    const left = pick(await reader.find(kind));
    if (left?.length === 0) return;
    throwIfInterrupted(context.signal);
    if (left === undefined) {
      patience.check('not visible');
      await poll.wait();
      continue;
    }
    log.begin(action);
    patience.check('there');
    const due = context.clock.now() - forgotten;
    const next = left.find((one) => (underway.get(refOf(one)) ?? due) <= due);
    if (!next) {
      log.note('being deleted');
      await poll.wait();
      continue;
    }
    const refusal = await write(context, () => kind.delete(context.cloud, next.attrs, log.forVerb(next.id)));
    if (refusal) {
      // `not-found` too: a verb of several calls may have stopped at the first.
      await patience.afterRefusal(refusal);
    } else {
      underway.set(refOf(next), context.clock.now());
      patience.afterSuccess();
    }
  }
}

/** Picks all that carry an id. */
export function withId(id: LogicalId): Removal<unknown>['pick'] {
  return (found) => found.filter((one) => one.id === id);
}

function refOf({ ref, attrs }: Found<unknown>): string {
  return ref ?? JSON.stringify(attrs);
}
