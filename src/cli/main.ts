import { runProgram } from './program.ts';
import { processHost } from './host.ts';

/** Runs the command line of this process and ends it with the command's exit code. */
export async function run(): Promise<void> {
  const host = processHost();
  // A closed pipe (`chatops logs | head`) is the reader's choice, not an error.
  for (const stream of [host.stdout, host.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') host.exit(0);
    });
  }
  host.exit(await runProgram(host));
}
