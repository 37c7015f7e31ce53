import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';

/** Kills what the daemon leaves behind, even when the daemon itself is killed with SIGKILL. */
export interface Reaper {
  /** A child that must not outlive the daemon; where it leads a process group, the whole group. */
  watch(pid: number): void;
  /** The child is gone: its number may be somebody else's from now on. */
  forget(pid: number): void;
  /** Kills what is still watched and resolves when the reaper is gone. */
  close(): Promise<void>;
}

/** Starts the reaper process (`reaper-main.ts` as JavaScript at `entry`); it is started again should it die. */
export function startReaper(entry: string): Reaper {
  const watched = new Set<number>();
  let closing = false;
  let child = start();

  function start(): ChildProcess {
    // In a session of its own, so that no signal of the terminal reaches it.
    const reaper = spawn(execPath, [entry], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    reaper.unref();
    // A reaper that died shows as EPIPE here; `exit` is where it is dealt with.
    reaper.stdin?.on('error', () => undefined);
    for (const pid of watched) reaper.stdin?.write(`watch ${pid}\n`);
    reaper.once('exit', () => {
      if (!closing) child = start();
    });
    return reaper;
  }

  return {
    watch(pid) {
      watched.add(pid);
      child.stdin?.write(`watch ${pid}\n`);
    },
    forget(pid) {
      if (watched.delete(pid)) child.stdin?.write(`forget ${pid}\n`);
    },
    async close() {
      closing = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin?.end();
      await gone;
    },
  };
}
