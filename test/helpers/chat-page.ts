import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Visitor } from './chromium.ts';
import { visit } from './chromium.ts';

/** A person on the chat's page, by what can be seen there. */
export interface Chatter extends Visitor {
  /** The room that is in front. */
  front: Locator;
  /** Writes a message and sends it with Enter. */
  say(text: string): Promise<void>;
  /** Resolves when the room in front shows a message with this text. */
  sees(text: string): Promise<void>;
  /** The texts of the room in front, in order. */
  texts(): Promise<string[]>;
  /** The state of the connection, in its words. */
  status(): Promise<string>;
  /** Resolves when the page says that it is connected. */
  connected(): Promise<void>;
  /** Goes to a room by its name. */
  go(room: string): Promise<void>;
}

/** Opens the page as somebody new, who says a name and is in the room when this resolves. */
export async function enterRoom(
  browser: Browser,
  url: string,
  name: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Chatter> {
  const visitor = await visit(browser, url, options);
  await visitor.page.fill('#name', name);
  await visitor.page.press('#name', 'Enter');
  const chatter = { ...visitor, ...chatterOn(visitor.page) };
  await chatter.connected();
  return chatter;
}

/** What somebody does on a page that is open already. */
export function chatterOn(page: Page): Omit<Chatter, keyof Visitor> {
  const front = page.locator('.room-log:not([hidden])');
  return {
    front,
    async say(text) {
      await page.fill('#text', text);
      await page.press('#text', 'Enter');
    },
    sees: (text) => front.locator('.message .text').filter({ hasText: text }).first().waitFor(),
    texts: () => front.locator('.message .text').allTextContents(),
    status: async () => (await page.textContent('#status')) ?? '',
    async connected() {
      await page.waitForSelector('#status[data-state=connected]');
    },
    async go(room) {
      await page.keyboard.press('Control+k');
      await page.fill('#go-room', room);
      await page.press('#go-room', 'Enter');
    },
  };
}

/** The file for a picture of the docs; undefined unless `npm run screenshots` asks for them. */
export function pictureFile(name: string): string | undefined {
  const folder = process.env['SCREENSHOTS'];
  return folder === undefined ? undefined : path.join(folder, `${name}.png`);
}
