import type { GlobalOptions } from '../commands/spec.ts';
import { ChatopsError, ExitCode, messageOf } from '../lib/errors.ts';
import type { Host } from './host.ts';

/** Prints what went wrong, the hint last, and returns the exit code. With `--json` one object goes to stdout instead. */
export function printFailure(error: unknown, host: Host, { debug, json }: GlobalOptions): ExitCode {
  const known = error instanceof ChatopsError ? error : undefined;
  const hint =
    known?.hint ?? (known === undefined ? 'run it again with --debug and report what it prints' : undefined);
  const exit = known?.exit ?? ExitCode.bug;
  if (json === true) {
    const code = known?.code ?? 'bug';
    host.stdout.write(
      `${JSON.stringify({ type: 'error', code, exit, message: messageOf(error), hint, ...known?.fields })}\n`,
    );
    return exit;
  }
  const lines = [`error: ${messageOf(error)}`, ...(known?.details ?? []).map((detail) => `  ${detail}`)];
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  if (debug === true && error instanceof Error) lines.push(error.stack ?? '', ...causes(error));
  host.stderr.write(`${lines.join('\n')}\n`);
  return exit;
}

function causes(error: Error): string[] {
  const { cause } = error;
  return cause instanceof Error ? [`caused by: ${cause.stack ?? cause.message}`, ...causes(cause)] : [];
}
