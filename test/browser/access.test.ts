import { describe, expect, test } from 'vitest';
import { canBrowse, chatForBrowsers } from '../helpers/chat-browser.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import { until } from '../helpers/chat-node.ts';
import { chatterOn, enterRoom } from '../helpers/chat-page.ts';
import type { Chatter } from '../helpers/chat-page.ts';
import { visit } from '../helpers/chromium.ts';

describe.skipIf(!canBrowse)('the page for whoever uses it differently', () => {
  const chat = chatForBrowsers();

  const address = (room: string) => `http://127.0.0.1:${chat.node.port}/r/${room}`;
  const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

  /** What has the focus, by its name or else its id. */
  const focused = ({ page }: Pick<Chatter, 'page'>) =>
    page.evaluate<string>(`(() => {
      const { ariaLabel, id, textContent } = document.activeElement;
      return ariaLabel ?? (id || textContent.replace(/\\s+/g, ' ').trim());
    })()`);

  async function bobIn(...rooms: string[]): Promise<ChatClient> {
    const bob = await ChatClient.open(chat.node.port, 'Bob');
    for (const room of rooms) await bob.join(room);
    return bob;
  }

  test('all of it can be done by keyboard', async () => {
    const bob = await bobIn('alpha', 'beta');
    const { page, context, problems } = await visit(chat.browser, address('beta'));
    const { keyboard } = page;
    const ann = { page, ...chatterOn(page) };
    await keyboard.type('Ann');
    await keyboard.press('Enter');
    await ann.connected();
    expect(await focused(ann)).toBe('text');
    await keyboard.type('one');
    await keyboard.press('Shift+Enter');
    await keyboard.type('two');
    await keyboard.press('Enter');
    await ann.sees('one');
    expect(await ann.texts()).toEqual(['one\ntwo']);

    await keyboard.press('Control+k');
    expect(await focused(ann)).toBe('go-room');
    await keyboard.type('alpha');
    await keyboard.press('Enter');
    expect(await focused(ann)).toBe('text');
    await keyboard.press('Control+k');
    await keyboard.type('gamma');
    await keyboard.press('Enter');
    const room = () => page.textContent('#room-name');
    expect(await room()).toBe('gamma');
    await keyboard.press('Alt+ArrowDown');
    expect(await room()).toBe('alpha');
    await keyboard.press('Alt+ArrowUp');
    await keyboard.press('Alt+ArrowUp');
    expect(await room()).toBe('beta');
    await keyboard.press('Alt+ArrowDown');
    await bob.say('alpha', 'unread');
    await page.locator('#rooms .unread:visible').waitFor();
    await keyboard.press('Alt+Shift+ArrowDown');
    expect(await room()).toBe('alpha');
    await keyboard.press('Alt+Shift+ArrowDown');
    expect(await room()).toBe('alpha');

    const log = ann.front.locator('.log').first();
    expect(await log.locator('.note').allTextContents()).toEqual(['New']);
    await page.locator('.room-log:not([hidden]) .scroller').focus();
    await keyboard.press('Escape');
    expect(await log.locator('.note').count()).toBe(0);
    expect(await focused(ann)).toBe('text');

    await page.focus('.skip');
    const reached: string[] = [];
    for (let last = ''; last !== 'Send';) {
      await keyboard.press('Tab');
      const [name, ring] = await page.evaluate<[string, string]>(`(() => {
        const { ariaLabel, labels, innerText } = document.activeElement;
        const name = ariaLabel ?? (labels?.[0]?.innerText || innerText);
        const { outlineStyle } = getComputedStyle(document.activeElement);
        return [name.replace(/\\s+/g, ' ').trim(), outlineStyle];
      })()`);
      expect(ring, name).toBe('solid');
      reached.push((last = name));
    }
    expect(reached).toEqual([
      '#alpha',
      'Leave #alpha',
      '#beta',
      'Leave #beta',
      '#gamma',
      'Leave #gamma',
      'Go to a room',
      'Go',
      'Keyboard',
      'Change name',
      'Messages in #alpha',
      'Message',
      'Send',
    ]);
    expect(problems).toEqual([]);
    await Promise.all([context.close(), bob.cut()]);
  });

  test('a screen reader is given landmarks, names, and a log that reads what is new and nothing else', async () => {
    const bob = await bobIn('heard', 'other');
    for (let n = 1; n <= 80; n++) bob.send({ type: 'send', room: 'heard', cid: `h${n}`, text: `old ${n}` });
    await bob.reaches('heard', 80);
    const ann = await enterRoom(chat.browser, address('heard'), 'Ann');
    await ann.go('other');
    for (const text of ['hello', 'there']) await bob.say('other', text);
    await bob.say('heard', 'unread');
    await ann.page.locator('#rooms .unread:visible').waitFor();
    await ann.sees('there');
    const snapshot = await ann.page.locator('body').ariaSnapshot();
    expect(snapshot.replaceAll(/time: .*/g, 'time')).toMatchInlineSnapshot(`
      "- link "Skip to writing":
        - /url: "#text"
      - banner:
        - heading "#other" [level=1]
        - status: connected to node a
      - navigation "Rooms":
        - heading "Rooms" [level=2]
        - list:
          - listitem:
            - link "#heard 1 unread":
              - /url: /r/heard
            - 'button "Leave #heard"': ×
          - listitem:
            - link "#other":
              - /url: /r/other
            - 'button "Leave #other"': ×
        - text: Go to a room
        - textbox "Go to a room"
        - button "Go"
        - alert
        - group: Keyboard
        - text: You are
        - strong: Ann
        - button "Change name"
      - main:
        - 'log "Messages in #other"':
          - paragraph: "This is the beginning of #other."
          - list:
            - listitem:
              - text: Bob
              - time
              - paragraph: hello
            - listitem:
              - text: Bob
              - time
              - paragraph: there
        - paragraph
        - text: Message
        - textbox "Message":
          - /placeholder: "Message #other"
        - button "Send"
      - complementary "Who is here":
        - heading "Here now, 2" [level=2]
        - list:
          - listitem: Ann
          - listitem: Bob"
    `);

    await ann.go('heard');
    const log = ann.front.getByRole('log');
    const live = () => log.getAttribute('aria-live');
    await until(async () => (await live()) === 'polite');
    const whileOlder = await ann.page.evaluate<string>(`new Promise((resolve) => {
      const log = document.querySelector('.room-log:not([hidden]) [role=log]');
      new MutationObserver(() => resolve(log.ariaLive)).observe(log.querySelector('ol'), { childList: true });
      log.scrollTop = 0;
    })`);
    expect(whileOlder).toBe('off');
    await until(async () => (await live()) === 'polite');
    await Promise.all([ann.context.close(), bob.cut()]);
  });

  test('on a phone the rooms are in a drawer: opened by a tap, closed by Escape, a tap beside it, or a choice', async () => {
    const bob = await bobIn('pocket', 'desk');
    const ann = await enterRoom(chat.browser, address('pocket'), 'Ann', phone);
    const drawer = ann.page.getByRole('navigation', { name: 'Rooms' });
    const toggle = ann.page.getByRole('button', { name: 'Rooms' });
    const isOpen = () => toggle.getAttribute('aria-expanded');
    expect(await drawer.isVisible()).toBe(false);
    await toggle.tap();
    await ann.go('desk');
    expect(await drawer.isVisible()).toBe(false);
    await bob.say('pocket', 'psst');
    await ann.page.getByRole('button', { name: 'Rooms , unread messages' }).tap();
    await drawer.getByRole('link', { name: '#pocket 1 unread' }).waitFor();
    expect(await ann.page.locator('main').getAttribute('inert')).toBe('');
    await ann.page.keyboard.press('Escape');
    expect(await isOpen()).toBe('false');
    expect(await focused(ann)).toBe('rooms-toggle');
    await toggle.tap();
    await ann.page.touchscreen.tap(340, 400);
    expect(await isOpen()).toBe('false');
    await toggle.tap();
    await drawer.getByRole('link', { name: '#pocket' }).tap();
    await ann.sees('psst');
    await ann.page.getByRole('button', { name: /here, show or hide who/ }).tap();
    await ann.page.locator('#members li', { hasText: 'Bob' }).waitFor();
    expect(await ann.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    // Turned round, there is room for both.
    await ann.page.setViewportSize({ width: 1100, height: 600 });
    await until(async () => (await ann.page.locator('main').getAttribute('inert')) === null);
    expect(await drawer.isVisible()).toBe(true);
    expect(ann.problems).toEqual([]);
    await Promise.all([ann.context.close(), bob.cut()]);
  });

  test.each(['light', 'dark'] as const)(
    'every text on %s has a contrast of 4.5 at least',
    async (colorScheme) => {
      const bob = await bobIn('colours', 'elsewhere');
      const ann = await enterRoom(chat.browser, address('elsewhere'), 'Ann', { colorScheme });
      await ann.go('colours');
      await bob.say('colours', 'hello');
      await ann.say('\u0001'.repeat(4000));
      await bob.say('elsewhere', 'unread');
      await ann.page.locator('#rooms .unread:visible').waitFor();
      await ann.sees('hello');
      expect(await ann.page.evaluate(LOW_CONTRASTS)).toEqual([]);
      await Promise.all([ann.context.close(), bob.cut()]);
    },
  );

  test('whoever asks for less motion gets none', async () => {
    const ann = await enterRoom(chat.browser, address('still'), 'Ann', { ...phone, reducedMotion: 'reduce' });
    await ann.page.getByRole('button', { name: 'Rooms' }).tap();
    expect(await ann.page.evaluate('document.getAnimations().length')).toBe(0);
    await ann.context.close();
  });

  test('whatever is written is shown as it was written', async () => {
    const texts = [
      '<script>document.title = "run"</script>',
      '<img src=x onerror="document.title=1">',
      '"><svg onload=alert(1)>',
      'javascript:alert(1)',
      'https://example.com/"onmouseover="alert(1)',
      '&lt;b&gt; &amp; {{7*7}} ${7*7}',
      '\u202Egnp.exe',
    ];
    const bob = await ChatClient.open(chat.node.port, '<b onclick=alert(1)>Bob</b>');
    await bob.join('strings');
    const ann = await enterRoom(chat.browser, address('strings'), '<i>Ann</i>');
    for (const text of texts) await bob.say('strings', text);
    await until(async () => (await ann.texts()).length === texts.length);
    expect(await ann.texts()).toEqual(texts);
    expect(await ann.front.locator('.from').first().textContent()).toBe('<b onclick=alert(1)>Bob</b>');
    expect(await ann.page.locator('#members li').allTextContents()).toContain('<i>Ann</i>');
    const links = await ann.front.locator('a').all();
    expect(await Promise.all(links.map((link) => link.getAttribute('href')))).toEqual([
      'https://example.com/',
    ]);
    expect(await ann.page.locator('script:not([src]), .log img, .log svg, [onclick]').count()).toBe(0);
    expect(await ann.page.title()).toBe('#strings');
    expect(ann.problems).toEqual([]);

    // Whoever forgot that would be stopped by the policy.
    await expect(ann.page.evaluate('document.body.innerHTML = "<b>"')).rejects.toThrow('TrustedHTML');
    await ann.page.evaluate('document.body.setAttribute("style", "color: red")');
    await until(() => ann.problems.includes('style-src-attr forbids inline'));
    await Promise.all([ann.context.close(), bob.cut()]);
  });
});

/** For the page: texts in sight whose colour is too near to what is behind them (WCAG 2, 1.4.3). */
const LOW_CONTRASTS = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (colours) => {
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (element) => {
    const behind = [];
    for (let node = element; node; node = node.parentElement) behind.unshift(getComputedStyle(node).backgroundColor);
    const both = [luminance(behind), luminance([...behind, getComputedStyle(element).color])];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((element) => contrast(element) < 4.5)
    .map((element) => element.textContent.trim() + ': ' + contrast(element).toFixed(2));
})()`;
