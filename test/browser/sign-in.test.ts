import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { canBrowse, chatForBrowsers } from '../helpers/chat-browser.ts';
import { until } from '../helpers/chat-node.ts';
import { visit } from '../helpers/chromium.ts';

const secret = new TextEncoder().encode('a secret of more than thirty-two bytes');
const now = () => Math.floor(Date.now() / 1000);
const sign = (name: string, expires: number, rooms?: string[]) =>
  new SignJWT({ sub: `id-${name}`, name, rooms })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(expires)
    .sign(secret);

describe.skipIf(!canBrowse)('the page with tokens', () => {
  const tokens = { key: { secret }, issuer: undefined, audience: undefined };
  const chat = chatForBrowsers({ tokens, anonymous: false, heartbeatMs: 5000 });

  const connected = '#status[data-state=connected]';
  const signedOut = '#status[data-state=signed-out]';

  test('a token in the address signs in, is taken out of it, and survives a reload', async () => {
    const token = await sign('Ann', now() + 3600);
    const { page, context, problems } = await visit(
      chat.browser,
      `http://127.0.0.1:${chat.node.port}/r/lobby#token=${token}`,
    );
    await page.waitForSelector(connected);
    expect(page.url()).toBe(`http://127.0.0.1:${chat.node.port}/r/lobby`);
    expect(await page.textContent('#you')).toBe('Ann');
    expect(await page.isVisible('#rename')).toBe(false);
    await page.reload();
    await page.waitForSelector(connected);
    expect(problems).toEqual([]);
    expect(JSON.stringify(chat.node.log)).not.toContain(token);
    await context.close();
  });

  test('a token that is over is said so, and another one in the address goes on where the last one ended', async () => {
    // The tolerance is 5 s.
    const { page, context } = await visit(
      chat.browser,
      `http://127.0.0.1:${chat.node.port}/r/lobby#token=${await sign('Bob', now() + 1)}`,
    );
    await page.waitForSelector(connected);
    await page.fill('#text', 'before');
    await page.press('#text', 'Enter');
    await page.locator('.message .text', { hasText: 'before' }).waitFor();
    await page.waitForSelector(signedOut);
    expect(await page.textContent('#status')).toBe('token expired, sign in again');
    await page.evaluate(`location.hash = 'token=${await sign('Bob', now() + 3600)}'`);
    await page.waitForSelector(connected);
    await page.locator('.message .text', { hasText: 'before' }).waitFor();
    await context.close();
  });

  test('a room that the token is not for says so, and the others go on', async () => {
    const token = await sign('Dee', now() + 3600, ['lobby']);
    const { page, context } = await visit(
      chat.browser,
      `http://127.0.0.1:${chat.node.port}/r/lobby#token=${token}`,
    );
    await page.waitForSelector(connected);
    await page.fill('#go-room', 'secret');
    await page.press('#go-room', 'Enter');
    await page.waitForSelector('#status[data-state=refused]');
    expect(await page.textContent('#status')).toBe('the token is not for this room');
    await page.fill('#text', 'nobody hears this');
    await page.press('#text', 'Enter');
    await page.getByRole('alert').getByText('not sent: the token is not for this room').waitFor();
    await page.click('#rooms a:has-text("lobby")');
    await page.waitForSelector(connected);
    await page.fill('#text', 'here it is');
    await page.press('#text', 'Enter');
    await page.locator('.message .text', { hasText: 'here it is' }).waitFor();
    await context.close();
  });

  test('without a token nobody comes in; a function of the site is asked for each connection', async () => {
    const { page, context } = await visit(chat.browser, `http://127.0.0.1:${chat.node.port}/r/lobby`);
    await page.fill('#name', 'Eve');
    await page.press('#name', 'Enter');
    await page.waitForSelector(signedOut);
    expect(await page.textContent('#status')).toBe('a token is required, sign in again');
    const first = await sign('Cas', now() + 1);
    const second = await sign('Cas', now() + 3600);
    await context.addInitScript(
      (tokens) => {
        Object.assign(globalThis, { asked: 0, chatToken: () => Promise.resolve(tokens[globalThis.asked++]) });
      },
      [first, second],
    );
    await page.reload();
    await page.waitForSelector(connected);
    await until(() => page.evaluate(() => globalThis.asked === 2));
    await page.waitForSelector(connected);
    expect(await page.textContent('#you')).toBe('Cas');
    await context.close();
  });
});

declare global {
  var asked: number;
}
