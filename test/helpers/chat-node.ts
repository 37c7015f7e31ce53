import { systemClock } from '../../chat-server/src/clock.ts';
import type { Logger } from '../../chat-server/src/log.ts';
import { createChatServer } from '../../chat-server/src/server.ts';
import type { ChatServer } from '../../chat-server/src/server.ts';
import type { Settings } from '../../chat-server/src/settings.ts';
import { readSettings } from '../../chat-server/src/settings.ts';

/** A node of the chat in this process, on a free loopback port. */
export interface ChatNode {
  port: number;
  server: ChatServer;
  /** What it logged, as `level message`, with fields. */
  log: { level: string; message: string; fields?: Record<string, unknown> }[];
}

/** Starts a node and waits until it is ready. */
export async function startNode(
  redisUrl: string,
  name: string,
  overrides: Parameters<typeof listenNode>[2] = {},
): Promise<ChatNode> {
  const node = await listenNode(redisUrl, name, overrides);
  await until(async () => (await fetch(`http://127.0.0.1:${node.port}/readyz`)).ok);
  return node;
}

/** Starts a node that listens, whether Redis is there or not. */
export async function listenNode(
  redisUrl: string,
  name: string,
  overrides: Partial<Settings> & { memoryBytes?: number } = {},
): Promise<ChatNode> {
  const { settings } = readSettings({ REDIS_URL: redisUrl, NODE_NAME: name, VERSION: 'test' });
  const log: ChatNode['log'] = [];
  const keep =
    (level: string): Logger['info'] =>
    (message, fields) =>
      void log.push({ level, message, fields });
  const { memoryBytes = 1024 ** 3, ...own } = overrides;
  const generous = { rateLimit: 10_000, rateBurst: 10_000, drainSeconds: 2 };
  const server = createChatServer(
    { ...settings, host: '127.0.0.1', port: 0, ...generous, ...own },
    {
      log: { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') },
      clock: systemClock,
      memoryBytes,
      web: new URL('../../chat-server/web/', import.meta.url),
    },
  );
  return { port: await server.listen(), server, log };
}

/** Resolves when a condition holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await Promise.resolve(condition()))) await new Promise((resolve) => setTimeout(resolve, 10));
}
