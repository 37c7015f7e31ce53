import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { loadConfigOf } from './session.ts';
import type { CommandContext } from './spec.ts';

/** The error of a command that reads a stack which is not up. */
export async function nothingHere(context: CommandContext): Promise<ChatopsError> {
  const { identity } = await loadConfigOf(context);
  return new ChatopsError(`stack ${identity.stack} is not up`, {
    code: 'stack.absent',
    exit: ExitCode.failed,
    hint: 'create it with `chatops up`, or choose another with --env; `chatops ls` lists what is up',
  });
}
