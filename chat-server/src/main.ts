import { totalmem } from 'node:os';
import { systemClock } from './clock.ts';
import { createLogger, reasonOf } from './log.ts';
import { createChatServer } from './server.ts';
import { readSettings } from './settings.ts';

/** The program: settings from the environment, log to stdout, SIGTERM drains, a second signal ends at once. */
async function main(): Promise<void> {
  const { settings, problems } = readSettings(process.env);
  if (problems.length > 0) {
    for (const problem of problems) process.stderr.write(`chat-server: ${problem}\n`);
    process.exit(2);
  }
  const write = (line: string) => void process.stdout.write(line);
  const log = createLogger(write, settings.logLevel, systemClock, { node: settings.nodeName });
  const server = createChatServer(settings, {
    log,
    clock: systemClock,
    // Without a limit Node answers 0 or 2^64.
    memoryBytes: Math.min(process.constrainedMemory() || Infinity, totalmem()),
    web: new URL('./web/', import.meta.url),
  });

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('stopping', { signal });
    void server.drain().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  try {
    await server.listen();
  } catch (error) {
    process.stderr.write(`chat-server: cannot listen on port ${settings.port}: ${reasonOf(error)}\n`);
    process.exit(1);
  }
}

await main();
