import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canBrowse, chatForBrowsers } from '../helpers/chat-browser.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import { enterRoom, pictureFile } from '../helpers/chat-page.ts';
import type { Chatter } from '../helpers/chat-page.ts';

const TALK = [
  ['Grace', 'The new image is in the registry. Shall we roll it out while people are in here?'],
  ['Linus', 'In the middle of the day?'],
  ['Grace', 'That is the point. Nobody should notice.'],
  ['Ada', 'I will count messages. If one is missing I will say so in here.'],
  ['Grace', 'chatops deploy --image v2'],
] as const;

const NAMES = ['Grace', 'Linus', 'Ada'];
// The colour of a name follows from it.
const clientOf = (name: string): string => `00000000-0000-4000-8000-00000000000${NAMES.indexOf(name) * 3}`;

/** One conversation in the looks that docs/images shows; `npm run screenshots` keeps the pictures. */
describe.skipIf(!canBrowse)('the page, looked at', () => {
  const chat = chatForBrowsers();
  // Each test has a node of its own, on a database of its own.
  let node: ChatNode;
  let others: ChatClient[];
  let database = 0;

  beforeEach(async () => {
    database += 1;
    await start('task-1f0c');
    for (const [name, text] of TALK) await saysAs(name, 'lobby', text);
  });
  afterEach(async () => {
    for (const client of others) await client.cut();
    await node.server.close();
  });

  /** A node with everybody but Mary in all rooms. */
  async function start(name: string, options = {}): Promise<void> {
    node = await startNode(`${chat.redis.url}/${database}`, name, options);
    others = await Promise.all(NAMES.map((other) => ChatClient.open(node.port, other, clientOf(other))));
    for (const client of others) for (const room of ['lobby', 'incidents', 'tea']) await client.join(room);
  }

  const saysAs = (name: string, room: string, text: string) => others[NAMES.indexOf(name)]!.say(room, text);

  /** Mary has been in all three rooms, and then something is said in each. */
  async function mary(options: Parameters<Browser['newContext']>[0]): Promise<Chatter> {
    const chatter = await enterRoom(
      chat.browser,
      `http://127.0.0.1:${node.port}/r/incidents`,
      'Mary',
      options,
    );
    const { page } = chatter;
    for (const room of ['tea', 'lobby']) await chatter.go(room);
    await chatter.sees('chatops deploy');
    await chatter.say('Go ahead, I am watching from the train.');
    await saysAs('Linus', 'tea', 'The kettle is on.');
    await saysAs('Ada', 'tea', 'Earl Grey, please.');
    await page.locator('#rooms .unread:not([hidden])', { hasText: '2' }).waitFor({ state: 'attached' });
    await until(async () => (await page.locator('#members li').count()) === 4);
    return chatter;
  }

  async function keep({ page }: Chatter, name: string): Promise<void> {
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await page.evaluate(
      'Promise.all(document.getAnimations().map(({ finished }) => finished)).then(() => {})',
    );
    const path = pictureFile(name);
    if (path !== undefined) await page.screenshot({ path });
  }

  test.each(['light', 'dark'] as const)('%s', async (colorScheme) => {
    const chatter = await mary({ colorScheme, viewport: { width: 1200, height: 720 } });
    others[0]!.send({ type: 'typing', room: 'lobby' });
    await chatter.page.locator('#typing', { hasText: 'Grace is typing…' }).waitFor();
    await keep(chatter, `chat-${colorScheme}`);
    expect(chatter.problems).toEqual([]);
    await chatter.context.close();
  });

  test('on a phone, and with its drawer', async () => {
    const chatter = await mary({
      viewport: { width: 360, height: 640 },
      hasTouch: true,
      deviceScaleFactor: 2,
    });
    await keep(chatter, 'chat-phone');
    await chatter.page.tap('#rooms-toggle');
    await chatter.page.locator('#rooms a', { hasText: '#tea' }).waitFor();
    await keep(chatter, 'chat-phone-rooms');
    expect(chatter.problems).toEqual([]);
    await chatter.context.close();
  });

  test('without a connection, and with it again', async () => {
    const chatter = await mary({ viewport: { width: 1200, height: 720 } });
    await chatter.context.setOffline(true);
    const { port } = node;
    await node.server.close();
    await chatter.say('Still there? The train is in a tunnel.');
    await until(async () => /^reconnecting in [2-9] s$/.test(await chatter.status()));
    await chatter.front.getByText('waiting for the connection').waitFor();
    await keep(chatter, 'chat-reconnecting');
    await start('task-88ab', { port });
    await saysAs('Grace', 'lobby', 'Rolled out. Who has noticed?');
    await chatter.context.setOffline(false);
    await until(async () => (await chatter.status()).startsWith('back, nothing missed, 1 message caught up'));
    await chatter.front.locator('.pending .state').waitFor({ state: 'detached' });
    await until(async () => (await chatter.page.locator('#members li').count()) === 4);
    await keep(chatter, 'chat-back');
    await chatter.context.close();
  });
});
