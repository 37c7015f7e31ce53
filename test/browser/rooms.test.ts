import type { WebSocket } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { canBrowse, chatForBrowsers } from '../helpers/chat-browser.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import { chatterOn, enterRoom } from '../helpers/chat-page.ts';
import type { Chatter } from '../helpers/chat-page.ts';

describe.skipIf(!canBrowse)('several rooms on the page', () => {
  const chat = chatForBrowsers();

  const address = (room: string) => `http://127.0.0.1:${chat.node.port}/r/${room}`;

  /** Enters rooms one after the other; the last one is in front. */
  async function enter(name: string, rooms: string[], options = {}): Promise<Chatter> {
    const chatter = await enterRoom(chat.browser, address(rooms[0]!), name, options);
    for (const room of rooms.slice(1)) {
      await chatter.go(room);
      await chatter.front.locator('.beginning', { hasText: `#${room}.` }).waitFor();
    }
    return chatter;
  }

  /** The list of rooms, as `name` or `name unread`. */
  const list = async ({ page }: Pick<Chatter, 'page'>) => {
    const items = await page.locator('#rooms a').all();
    return Promise.all(items.map(async (item) => (await item.innerText()).replace(/\s+/g, ' ').trim()));
  };
  const lists = (chatter: Pick<Chatter, 'page'>, rooms: string[]) =>
    until(async () => (await list(chatter)).join() === rooms.join());

  /** Texts and lines of the log in front, in order. */
  const log = ({ front }: Pick<Chatter, 'front'>) =>
    front.locator('.log > .message .text, .log > .note').allTextContents();

  test('two people in two rooms: what comes to the other room is counted, and marked where it begins', async () => {
    const ann = await enter('Ann', ['two', 'one']);
    const bob = await enter('Bob', ['one', 'two']);
    await bob.say('read by nobody yet');
    await lists(ann, ['#one', '#two 1 unread']);
    await ann.go('two');
    await lists(ann, ['#one', '#two']);
    expect(await log(ann)).toEqual(['New', 'read by nobody yet']);
    await ann.go('one');

    await bob.say('first');
    await bob.say('second');
    await lists(ann, ['#one', '#two 2 unread']);
    expect(await ann.page.title()).toBe('(2) #one');
    expect(await ann.texts()).toEqual([]);
    await ann.page.click('#rooms a:has-text("two")');
    expect(await log(ann)).toEqual(['read by nobody yet', 'New', 'first', 'second']);
    expect(await ann.page.title()).toBe('#two');
    await ann.say('answer');
    await bob.sees('answer');
    await ann.sees('answer');
    expect(await log(ann)).toEqual(['read by nobody yet', 'first', 'second', 'answer']);
    expect(await list(bob)).toEqual(['#one', '#two']);

    await ann.go('one');
    await ann.say('over here');
    await lists(bob, ['#one 1 unread', '#two']);
    expect([...ann.problems, ...bob.problems]).toEqual([]);
    await Promise.all([ann.context.close(), bob.context.close()]);
  });

  test('more than a screen of unread messages begins at the mark, and is read when its end is in sight', async () => {
    const ann = await enter('Ann', ['many', 'elsewhere']);
    const bob = await ChatClient.open(chat.node.port, 'Bob');
    await bob.join('many');
    for (let n = 1; n <= 60; n++) bob.send({ type: 'send', room: 'many', cid: `m${n}`, text: `n${n}` });
    await bob.reaches('many', 60);
    await lists(ann, ['#elsewhere', '#many 60 unread']);
    await ann.go('many');
    const mark = ann.front.locator('.note[data-kind=unread]');
    await until(async () => {
      const [line, view] = await Promise.all([mark.boundingBox(), ann.front.boundingBox()]);
      return line !== null && line.y >= view!.y && line.y < view!.y + 60;
    });
    expect(await list(ann)).toEqual(['#elsewhere', '#many 60 unread']);
    await ann.front.getByRole('button', { name: '60 new messages' }).click();
    await lists(ann, ['#elsewhere', '#many']);

    await ann.page.evaluate(`document.querySelector('.room-log:not([hidden]) .scroller').scrollTop = 300`);
    await bob.say('many', 'below');
    await ann.front.getByRole('button', { name: '1 new message' }).waitFor();
    await ann.go('elsewhere');
    await ann.go('many');
    expect(await log(ann)).toEqual([...Array.from({ length: 60 }, (_, n) => `n${n + 1}`), 'New', 'below']);
    await Promise.all([ann.context.close(), bob.cut()]);
  });

  test('a reload opens the same rooms, and knows what was read', async () => {
    const ann = await enter('Ann', ['kept', 'front']);
    const bob = await ChatClient.open(chat.node.port, 'Bob');
    for (const room of ['kept', 'front']) await bob.join(room);
    await bob.say('front', 'read');
    await ann.sees('read');
    await ann.page.goto('about:blank');
    for (let n = 1; n <= 3; n++) await bob.say('kept', `missed ${n}`);
    await bob.say('front', 'new in front');
    await ann.page.goto(address('front'));
    await lists(ann, ['#front', '#kept 3 unread']);
    expect(await log(ann)).toEqual(['read', 'New', 'new in front']);
    await ann.go('kept');
    expect(await log(ann)).toEqual(['New', 'missed 1', 'missed 2', 'missed 3']);
    await Promise.all([ann.context.close(), bob.cut()]);
  });

  test('people, typing and what was begun to write belong to their room', async () => {
    const ann = await enter('Ann', ['here', 'there']);
    const bob = await enter('Bob', ['there']);
    await ann.page.locator('#members li', { hasText: 'Bob' }).waitFor();
    await bob.page.locator('#text').pressSequentially('hm');
    await ann.page.locator('#typing', { hasText: 'Bob is typing…' }).waitFor();
    await ann.page.fill('#text', 'half a thou');
    await ann.go('here');
    expect(await ann.page.locator('#members li').allTextContents()).toEqual(['Ann']);
    expect(await ann.page.textContent('#typing')).toBe('');
    expect(await ann.page.inputValue('#text')).toBe('');
    await ann.go('there');
    expect(await ann.page.inputValue('#text')).toBe('half a thou');
    await Promise.all([ann.context.close(), bob.context.close()]);
  });

  test('a room can be left, and its people see it', async () => {
    const ann = await enter('Ann', ['stay', 'leave']);
    const bob = await enter('Bob', ['leave']);
    await bob.page.locator('#members li', { hasText: 'Ann' }).waitFor();
    await ann.page.getByRole('button', { name: 'Leave #leave' }).click();
    await until(async () => (await bob.page.locator('#members li').allTextContents()).join() === 'Bob');
    expect(await list(ann)).toEqual(['#stay']);
    expect(ann.page.url()).toBe(address('stay'));
    expect(await ann.page.getByRole('button', { name: /^Leave/ }).count()).toBe(0);
    await bob.say('nobody there');
    await ann.go('leave');
    await ann.sees('nobody there');
    expect(ann.problems).toEqual([]);
    await Promise.all([ann.context.close(), bob.context.close()]);
  });

  test('one connection carries all rooms, and all of them resume', async () => {
    const ann = await enter('Ann', ['r1', 'r2', 'r3']);
    const sockets: WebSocket[] = [];
    ann.page.on('websocket', (socket) => sockets.push(socket));
    const bob = await ChatClient.open(chat.node.port, 'Bob');
    for (const room of ['r1', 'r2', 'r3']) await bob.join(room);
    await ann.context.setOffline(true);
    const { port } = chat.node;
    await chat.node.server.close();
    await until(async () => (await ann.status()).startsWith('reconnecting'));
    chat.node = await startNode(chat.redis.url, 'b', { port });
    const cas = await ChatClient.open(chat.node.port, 'Cas');
    for (const room of ['r1', 'r2', 'r3']) await cas.join(room);
    for (const room of ['r1', 'r1', 'r2', 'r3']) await cas.say(room, `to ${room}`);
    await until(async () => /^reconnecting in \d+ s$/.test(await ann.status()));
    await ann.context.setOffline(false);
    await until(async () => (await ann.status()) === 'back, nothing missed, 4 messages caught up · node b');
    await lists(ann, ['#r1 2 unread', '#r2 1 unread', '#r3']);
    expect(await ann.texts()).toEqual(['to r3']);
    expect(sockets.filter((socket) => !socket.isClosed())).toHaveLength(1);
    await Promise.all([ann.context.close(), cas.cut()]);
  });

  test('two tabs have read what either has read', async () => {
    const ann = await enter('Ann', ['shared', 'other']);
    const tab = await ann.context.newPage();
    await tab.goto(address('shared'));
    const second = { page: tab, ...chatterOn(tab) };
    await second.connected();
    const bob = await ChatClient.open(chat.node.port, 'Bob');
    await bob.join('shared');
    await bob.say('shared', 'hello');
    await second.sees('hello');
    await lists(ann, ['#other', '#shared']);
    await second.go('other');
    await bob.say('shared', 'again');
    await lists(ann, ['#other', '#shared 1 unread']);
    await lists(second, ['#other', '#shared 1 unread']);
    await ann.go('shared');
    expect(await log(ann)).toEqual(['hello', 'New', 'again']);
    await lists(second, ['#other', '#shared']);
    await Promise.all([ann.context.close(), bob.cut()]);
  });
});
