import { isNamed } from '../../aws/unless.ts';
import type { Found, Step } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';

/** How to make something whose name is unique, and how to tell whose it is when it is there already. */
interface NamedCreation {
  /** For people: `security group chat-1a2b3c4d-tasks`. */
  what: string;
  /** What AWS answers when the name is taken. */
  taken: string[];
  /** Needed where AWS accepts a second creation of the same thing, whoever the first one belongs to. */
  exists?: () => Promise<boolean>;
  /** What stands under the name and carries this stack's tags. */
  find: () => Promise<Found<unknown>[]>;
  create: () => Promise<unknown>;
}

/**
 * Makes something whose name is unique. When the name is taken, it is either ours (the answer of an earlier
 * call was lost), which is fine, or somebody else's, which throws `resource.foreign`.
 */
export async function createNamed(
  step: Step,
  { what, taken, exists, find, create }: NamedCreation,
): Promise<void> {
  if ((await exists?.()) !== true) {
    try {
      await create();
      return;
    } catch (error) {
      if (!isNamed(error, ...taken)) throw error;
    }
  }
  // What was made a moment ago may not be listed yet.
  for (const seconds of [0, 1, 2, 4]) {
    await step.clock.sleep(seconds * 1000, step.signal);
    if ((await find()).some(({ id }) => id === step.id)) return;
  }
  throw foreign(what, step);
}

function foreign(what: string, step: Step): ChatopsError {
  return new ChatopsError(`${what} exists already and does not belong to ${step.scope.stack}`, {
    code: 'resource.foreign',
    exit: ExitCode.failed,
    hint: 'Rename or delete it, or choose another "app" in the config.',
    fields: { id: step.id, resource: what },
  });
}
