import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { ChatNode } from './chat-node.ts';
import { startNode } from './chat-node.ts';
import { hasChromium, startChromium } from './chromium.ts';
import type { TestRedis } from './redis.ts';
import { hasRedis, startRedis } from './redis.ts';

/** Whether this machine has what {@link chatForBrowsers} starts. */
export const canBrowse = hasRedis && hasChromium;

/** What the page's tests need, from `beforeAll` on. */
interface BrowserChat {
  redis: TestRedis;
  browser: Browser;
  /** Node `a`; a test that ends it puts another in its place. */
  node: ChatNode;
}

/** Has the tests of a `describe` find a Redis, a browser and a node with these settings, and ends them afterwards. */
export function chatForBrowsers(settings: Parameters<typeof startNode>[2] = {}): BrowserChat {
  const chat = {} as BrowserChat;
  beforeAll(async () => {
    [chat.redis, chat.browser] = await Promise.all([startRedis(), startChromium()]);
    chat.node = await startNode(chat.redis.url, 'a', settings);
  });
  afterAll(async () => {
    await chat.browser?.close();
    await chat.node?.server.close();
    await chat.redis?.stop();
  });
  return chat;
}
