import { createInterface } from 'node:readline';

import { processStat } from './process-stat.ts';

/**
 * The reaper: a program of its own that outlives the daemon for a moment. Reads `watch <pid>` and `forget <pid>`;
 * when its input ends, the daemon is gone, and whatever is still watched is killed, also where it is frozen.
 */
const watched = new Map<number, string | undefined>();

// A Ctrl-C or a kill of the whole group must not take the reaper along: only the pipe says when it is over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [verb, number] = line.split(' ');
    const pid = Number(number);
    if (!Number.isSafeInteger(pid) || pid < 2) return;
    if (verb === 'watch') watched.set(pid, processStat(pid)?.startTicks);
    if (verb === 'forget') watched.delete(pid);
  })
  .on('close', () => {
    for (const [pid, startTicks] of watched) {
      // Another process may have the number by now.
      if (startTicks !== processStat(pid)?.startTicks) continue;
      for (const target of [-pid, pid]) {
        try {
          process.kill(target, 'SIGKILL');
        } catch {
          // Gone already, or not the leader of a group.
        }
      }
    }
    process.exit(0);
  });
