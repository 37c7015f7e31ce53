import { describe, expect, test } from 'vitest';
import { canBrowse, chatForBrowsers } from '../helpers/chat-browser.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import { chatterOn, enterRoom } from '../helpers/chat-page.ts';
import type { Chatter } from '../helpers/chat-page.ts';

describe.skipIf(!canBrowse)('the page says what went wrong', () => {
  const settings = { history: 20 };
  const chat = chatForBrowsers(settings);

  const enter = (room: string): Promise<Chatter> =>
    enterRoom(chat.browser, `http://127.0.0.1:${chat.node.port}/r/${room}`, 'Ann');
  const states = ({ front }: Chatter) => front.locator('.pending .state').allTextContents();

  test('a message that cannot be sent says why, and can be thrown away', async () => {
    const ann = await enter('long');
    // Each of them takes six bytes on the wire.
    await ann.say('\u0001'.repeat(4000));
    const alert = ann.front.getByRole('alert');
    await alert.getByText('not sent: it is too long').waitFor();
    await ann.say('shorter');
    await ann.front.locator('.log:not(.pending) .text', { hasText: 'shorter' }).waitFor();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await alert.getByText('not sent: it is too long').waitFor();
    await alert.getByRole('button', { name: 'Discard' }).click();
    expect(await ann.texts()).toEqual(['shorter']);
    expect(ann.problems).toEqual([]);
    await ann.context.close();
  });

  test('who missed more than the server keeps is told that it is not all there', async () => {
    const ann = await enter('gap');
    const bob = await ChatClient.open(chat.node.port, 'Bob');
    await bob.join('gap');
    await bob.say('gap', 'before');
    await ann.sees('before');
    await ann.context.setOffline(true);
    await ann.say('written meanwhile');
    const { port } = chat.node;
    await chat.node.server.close();
    await until(async () => (await states(ann)).join() === 'waiting for the connection');
    chat.node = await startNode(chat.redis.url, 'a', settings);
    const cas = await ChatClient.open(chat.node.port, 'Cas');
    await cas.join('gap');
    for (let n = 1; n <= 200; n++) cas.send({ type: 'send', room: 'gap', cid: `c${n}`, text: `n${n}` });
    await cas.reaches('gap', 201);
    await Promise.all([cas.cut(), chat.node.server.close()]);
    chat.node = await startNode(chat.redis.url, 'a', { ...settings, port });
    await ann.context.setOffline(false);
    await until(async () => (await ann.status()) === 'back, some messages could not be recovered · node a');
    await ann.front.getByText('Some messages in between could not be recovered').waitFor();
    await ann.sees('written meanwhile');
    const texts = await ann.texts();
    expect(texts.slice(-2)).toEqual(['n200', 'written meanwhile']);
    expect(texts).not.toContain('before');
    await ann.context.close();
  });

  test('a copy of a tab does not send again what the tab itself is sending', async () => {
    const ann = await enter('copied');
    chat.redis.pause();
    await ann.say('once');
    await until(async () => (await states(ann)).join() === 'sending…');
    const session = await ann.page.evaluate<string>('JSON.stringify({ ...sessionStorage })');
    expect(session).toContain('once');
    const page = await ann.context.newPage();
    await page.addInitScript(`Object.assign(sessionStorage, ${session})`);
    await page.goto(ann.page.url());
    const copy = chatterOn(page);
    await until(async () => (await page.evaluate('sessionStorage.getItem("chat.unsent")')) === '[]');
    chat.redis.resume();
    await copy.connected();
    await copy.say('from the copy');
    await ann.sees('from the copy');
    await until(async () => (await states(ann)).length === 0);
    expect(await ann.texts()).toEqual(['once', 'from the copy']);
    expect(await copy.texts()).toEqual(['once', 'from the copy']);
    await ann.context.close();
  });

  test('while the store is away messages wait; back without its data it says what is lost', async () => {
    const ann = await enter('away');
    await ann.say('will be lost');
    await ann.front.locator('.log:not(.pending) .text').waitFor();
    await chat.redis.kill();
    await ann.say('kept');
    await until(async () => /cannot reach its store.*\(your messages are kept\)$/.test(await ann.status()));
    await until(async () => (await states(ann)).join() === 'sending again…');
    await chat.redis.start();
    await ann.front.getByText("The server's store was replaced, 1 of the messages above were lost").waitFor();
    await until(async () => (await states(ann)).length === 0);
    expect(await ann.texts()).toEqual(['will be lost', 'kept']);
    await ann.front.getByText('the server lost this message').waitFor();
    await until(async () => (await ann.status()) === 'connected to node a');
    await ann.context.close();
  });
});
