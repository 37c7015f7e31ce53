import process from 'node:process';
import { sharedNow } from './clock.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { openFileLimit } from './open-files.ts';
import { LoadWorker } from './worker.ts';

/** How long servers may take to answer the last close frames, in milliseconds. */
const farewellMs = 2000;

/** A load worker's process: its plan in and its counts out, over the IPC channel of the coordinator, with which it ends. */
let worker: LoadWorker | undefined;

process.on('message', (message: ToWorker) => {
  if (message.type !== 'start') {
    worker?.receive(message);
    return;
  }
  worker = new LoadWorker(message.plan, { post, now: sharedNow, usage }, leave);
});
process.on('disconnect', end);
// Ctrl-C in a terminal reaches every process of it; the coordinator decides what happens then.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);

post({ type: 'ready', openFiles: await openFileLimit() });

function post(message: FromWorker): void {
  // A coordinator that is gone cannot be told; `disconnect` follows.
  process.send?.(message, undefined, undefined, () => undefined);
}

function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() };
}

/** Ends as soon as every connection is closed. */
function leave(): void {
  process.off('disconnect', end);
  setTimeout(end, farewellMs).unref();
  process.disconnect();
}

function end(): void {
  process.exit(0);
}
