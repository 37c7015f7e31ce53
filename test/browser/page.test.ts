import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canBrowse, chatForBrowsers } from '../helpers/chat-browser.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import { chatterOn, enterRoom } from '../helpers/chat-page.ts';
import type { Chatter } from '../helpers/chat-page.ts';

describe.skipIf(!canBrowse)('the page', () => {
  const chat = chatForBrowsers();
  let b: ChatNode;
  beforeAll(async () => {
    b = await startNode(chat.redis.url, 'b');
  });
  afterAll(() => b?.server.close());

  const address = (node: ChatNode, room: string) => `http://127.0.0.1:${node.port}/r/${room}`;

  const enter = (node: ChatNode, room: string, name: string, options = {}): Promise<Chatter> =>
    enterRoom(chat.browser, address(node, room), name, options);

  test('two people on two nodes talk, see each other, and nothing is reported on the console', async () => {
    const ann = await enter(chat.node, 'talk', 'Ann');
    const bob = await enter(b, 'talk', 'Bob');
    expect(await ann.status()).toBe('connected to node a');
    expect(await bob.status()).toBe('connected to node b');

    await ann.say('hello <b>Bob</b> <img src=x onerror=alert(1)>');
    await bob.sees('hello <b>Bob</b> <img src=x onerror=alert(1)>');
    await bob.say('see https://example.com/a?b=1.');
    await ann.sees('see https://');
    expect(await ann.page.getAttribute('.text a', 'href')).toBe('https://example.com/a?b=1');
    expect(await ann.texts()).toEqual(await bob.texts());
    expect(await bob.page.locator('.from').first().textContent()).toBe('Ann');

    await ann.page.locator('#members li', { hasText: 'Bob' }).waitFor();
    expect(await ann.page.locator('#members li').allTextContents()).toEqual(['Ann', 'Bob']);
    await bob.context.close();
    await until(async () => (await ann.page.locator('#members li').allTextContents()).join() === 'Ann');
    expect([...ann.problems, ...bob.problems]).toEqual([]);
    await ann.context.close();
  });

  test('a page whose connection is cut comes back with what it missed, and sends what was written meanwhile once', async () => {
    const ann = await enter(chat.node, 'cut', 'Ann');
    const bob = await ChatClient.open(b.port, 'Bob');
    await bob.join('cut');
    await bob.say('cut', 'before');
    await ann.sees('before');

    await chat.node.server.close();
    await ann.page.waitForSelector('#status[data-state=reconnecting]');
    await ann.say('written offline');
    expect(await ann.page.locator('.state').textContent()).toBe('waiting for the connection');
    for (let n = 1; n <= 12; n++) await bob.say('cut', `missed ${n}`);

    chat.node = await startNode(chat.redis.url, 'a', { port: chat.node.port });
    await until(async () => (await ann.status()) === 'back, nothing missed, 12 messages caught up · node a');
    await bob.reaches('cut', 14);
    const missed = Array.from({ length: 12 }, (_, n) => `missed ${n + 1}`);
    expect(await ann.texts()).toEqual(['before', ...missed, 'written offline']);
    expect(bob.messages('cut').at(-1)).toMatchObject({ text: 'written offline', from: 'Ann' });
    expect(await ann.page.locator('.state').count()).toBe(0);
    await Promise.all([ann.context.close(), bob.cut()]);
  });

  test('a reconnect that the server asks for misses nothing', async () => {
    const moving = await startNode(chat.redis.url, 'moving', { drainSeconds: 5 });
    const ann = await enter(moving, 'drain', 'Ann');
    const { port } = moving;
    await moving.server.drain();
    const next = await startNode(chat.redis.url, 'next', { port });
    await until(async () => (await ann.status()) === 'back, nothing missed · node next');
    await ann.context.close();
    await next.server.close();
  });

  test('older messages come by scrolling up, and the place stays where it is', async () => {
    const bob = await ChatClient.open(b.port, 'Bob');
    await bob.join('old');
    for (let n = 1; n <= 120; n++) bob.send({ type: 'send', room: 'old', cid: `c${n}`, text: `n${n}` });
    await bob.reaches('old', 120);
    const ann = await enter(chat.node, 'old', 'Ann');
    expect(await ann.page.locator('.message').count()).toBe(50);
    expect((await ann.texts())[0]).toBe('n71');
    // In one go: the answer may be here before a second look.
    const top = () =>
      ann.page.evaluate<number>(`
        document.querySelector('.scroller').scrollTop = 0;
        document.querySelector('[data-offset="71"]').getBoundingClientRect().y`);
    const before = await top();
    await until(async () => (await ann.page.locator('.message').count()) === 100);
    const after = (await ann.page.locator('[data-offset="71"]').boundingBox())!.y;
    expect(Math.abs(after - before)).toBeLessThan(40);
    await top();
    await until(async () => (await ann.page.locator('.message').count()) === 120);
    expect(await ann.texts()).toEqual(Array.from({ length: 120 }, (_, n) => `n${n + 1}`));
    expect(await ann.page.isVisible('.beginning')).toBe(true);
    await Promise.all([ann.context.close(), bob.cut()]);
  });

  test('on a phone nothing is wider than the screen, and the people are one tap away', async () => {
    const bob = await ChatClient.open(b.port, 'A_name_without_any_space_at_all_40_units');
    await bob.join('phone');
    await bob.say('phone', 'w'.repeat(500));
    const ann = await enter(chat.node, 'phone', 'Ann', {
      viewport: { width: 360, height: 640 },
      hasTouch: true,
    });
    await ann.sees('www');
    const overflow = () =>
      ann.page.evaluate(`({
        page: document.documentElement.scrollWidth,
        log: document.querySelector('.scroller').scrollWidth - document.querySelector('.scroller').clientWidth,
      })`);
    expect(await overflow()).toEqual({ page: 360, log: 0 });
    expect(await ann.page.isVisible('#members')).toBe(false);
    await ann.page.tap('#people-toggle');
    await ann.page.locator('#members li', { hasText: 'A_name' }).waitFor();
    expect(await overflow()).toMatchObject({ page: 360 });
    expect(ann.problems).toEqual([]);
    await Promise.all([ann.context.close(), bob.cut()]);
  });

  test('the room is in the address, and going to another one changes both', async () => {
    const ann = await enter(chat.node, 'one', 'Ann');
    await ann.say('in one');
    await ann.sees('in one');
    await ann.page.fill('#go-room', '#Two');
    await ann.page.press('#go-room', 'Enter');
    await until(() => ann.page.url() === address(chat.node, 'two'));
    expect(await ann.page.textContent('#room-name')).toBe('two');
    await ann.front.locator('.beginning', { hasText: '#two' }).waitFor();
    expect(await ann.texts()).toEqual([]);
    await ann.page.goBack();
    await ann.sees('in one');
    expect(await ann.page.textContent('#room-name')).toBe('one');
    expect(ann.problems).toEqual([]);
    await ann.context.close();
  });

  test('two tabs of one person are two clients with one name, a reload stays the same one', async () => {
    const ann = await enter(chat.node, 'tabs', 'Ann');
    const second = await ann.context.newPage();
    await second.goto(address(chat.node, 'tabs'));
    await chatterOn(second).connected();
    const client = (page: Page) => page.evaluate('sessionStorage.getItem("chat.client")');
    expect(await client(second)).not.toBe(await client(ann.page));
    const before = await client(ann.page);
    await ann.page.reload();
    await ann.connected();
    expect(await client(ann.page)).toBe(before);
    await chatterOn(second).say('from the second tab');
    await ann.sees('from the second tab');
    expect(await ann.page.textContent('#you')).toBe('Ann');
    await ann.context.close();
  });
});
