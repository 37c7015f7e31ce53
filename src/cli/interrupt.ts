import { ExitCode } from '../lib/errors.ts';
import type { Host } from './host.ts';

/**
 * Ctrl-C, SIGTERM and SIGHUP as an AbortSignal: the first asks the command to start nothing new and to come
 * to an end; the second ends the process at once.
 */
export function interruptible(host: Host): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const dispose = host.onSignal((signal) => {
    if (controller.signal.aborted) {
      host.exit(ExitCode.interrupted);
      return;
    }
    controller.abort(new Error(`interrupted by ${signal}`));
  });
  return { signal: controller.signal, dispose };
}
