import { startDaemon } from './daemon.ts';
import { createDataPlane } from './runtime/index.ts';

/**
 * The local cloud's daemon: `main.js <folder> <version> <latency>`. What it prints is its log: the command line
 * that starts it sends both streams to `<folder>/daemon.log`.
 */
const [folder, version, latency] = process.argv.slice(2);
if (folder === undefined || version === undefined || latency === undefined) {
  throw new Error('usage: main.js <folder> <version> <latency>');
}

const daemon = await startDaemon({
  folder,
  version,
  latency,
  pid: process.pid,
  log: (line) => console.log(`${new Date().toISOString()} ${line}`),
  createDataPlane,
});
if (daemon !== undefined) {
  // It outlives the terminal that it was started from: only a SIGTERM, or the command line, ends it.
  process.on('SIGTERM', daemon.close);
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
  // What is waited for at the end (children that are going) does not keep a program running by itself.
  setInterval(() => undefined, 60_000);
  await daemon.closed;
}
process.exit(0);
