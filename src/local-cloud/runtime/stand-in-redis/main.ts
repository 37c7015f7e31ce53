import { readFile } from 'node:fs/promises';
import { startStandIn } from './server.ts';
import { settingsIn } from './settings.ts';

/**
 * The stand-in for Redis as a program of its own: `stand-in-redis.js <redis.conf>`. Like redis-server, it says on its
 * output why it does not start.
 */
const [, , conf = ''] = process.argv;
try {
  const settings = settingsIn(await readFile(conf, 'utf8'));
  await startStandIn(settings);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
process.on('SIGTERM', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
