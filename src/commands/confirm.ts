import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { CommandContext } from './spec.ts';

/** Asks a yes-or-no question on the terminal; anything but `y` or `yes` is a no. Without a terminal it refuses and names `--yes`. */
export async function confirm(question: string, { host, signal }: CommandContext): Promise<boolean> {
  if (!host.stdin.isTTY) {
    throw new ChatopsError('this needs a yes, and there is no terminal to ask on', {
      code: 'confirm.no-terminal',
      exit: ExitCode.usage,
      hint: 'add --yes to go on without asking',
    });
  }
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: host.stdin, output: host.stderr });
  // readline takes Ctrl-C for itself while it asks.
  const cancelled = new AbortController();
  prompt.once('SIGINT', () => cancelled.abort());
  try {
    const answer = await prompt.question(`${question} [y/N] `, {
      signal: AbortSignal.any([signal, cancelled.signal]),
    });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (!signal.aborted && !cancelled.signal.aborted) throw error;
    host.stderr.write('\n');
    return false;
  } finally {
    prompt.close();
  }
}
