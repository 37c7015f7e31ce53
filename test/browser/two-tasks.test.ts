import { ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify, namesOf } from '../../src/config/names.ts';
import { until } from '../helpers/chat-node.ts';
import { hasChromium, startChromium, visit } from '../helpers/chromium.ts';
import type { Visitor } from '../helpers/chromium.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

/** Where the picture of the README goes when `npm run screenshots` asks for it. */
const pictures = process.env['SCREENSHOTS'];

/** What the README promises: one command, two browsers, two tasks. */
describe.skipIf(!hasChromium)('two browsers on a stack of two tasks', { timeout: 120_000 }, () => {
  const names = namesOf(identify('chat', 'default', 'local'));
  let project: Project;
  let browser: Browser;
  let endpoint: string;
  let ada: Visitor;
  let grace: Visitor;

  beforeAll(async () => {
    project = await createProject();
    // A stopped task keeps its connections for the deregistration delay.
    await project.configure({ loadBalancer: { deregistrationDelay: 2 } });
    browser = await startChromium();
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    endpoint = up.stdout.trim();
    ada = await enter('Ada');
    grace = await enter('Grace');
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await project.close();
  });

  async function enter(name: string): Promise<Visitor> {
    const visitor = await visit(browser, endpoint, { viewport: { width: 640, height: 720 } });
    await visitor.page.fill('#name', name);
    await visitor.page.press('#name', 'Enter');
    await visitor.page.waitForSelector('#status[data-state=connected]');
    return visitor;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
    await page.locator('.message .text', { hasText: text }).waitFor();
  }

  const texts = (page: Page) => page.locator('.message .text').allTextContents();
  const nodeOf = async ({ page }: Visitor) =>
    /node (.+)$/.exec((await page.textContent('#status')) ?? '')?.[1];

  it('are served by different tasks and talk to each other', async () => {
    const nodes = [await nodeOf(ada), await nodeOf(grace)];
    expect(nodes[0]).toBeTruthy();
    expect(nodes[0]).not.toBe(nodes[1]);
    await say(ada.page, 'Hello Grace, which task are you on?');
    await grace.page.locator('.message .text', { hasText: 'which task' }).waitFor();
    await say(
      grace.page,
      'Another one than you. The load balancer keeps us apart, Redis brings us together.',
    );
    await ada.page.locator('.message .text', { hasText: 'Redis brings us' }).waitFor();
    expect(await texts(ada.page)).toEqual(await texts(grace.page));
    for (const { page } of [ada, grace]) await until(async () => (await page.textContent('#count')) === '2');
    if (pictures !== undefined) await picture(browser, [ada.page, grace.page], pictures);
  });

  it('come back to their own task when they load the page again', async () => {
    const before = await nodeOf(ada);
    await ada.page.reload();
    await ada.page.waitForSelector('#status[data-state=connected]');
    expect(await nodeOf(ada)).toBe(before);
  });

  it('miss nothing when a task is stopped under one of them', async () => {
    const { accessKeyId, secretAccessKey, endpoint: api } = await project.daemon();
    const ecs = new ECSClient({
      region: 'local',
      endpoint: api,
      credentials: { accessKeyId, secretAccessKey },
    });
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: names.cluster }));
    const before = [await nodeOf(ada), await nodeOf(grace)];
    await ecs.send(new StopTaskCommand({ cluster: names.cluster, task: taskArns![0]! }));

    const moved = async (visitor: Visitor, index: number) => (await nodeOf(visitor)) !== before[index];
    for (let count = 1; !((await moved(ada, 0)) || (await moved(grace, 1))); count += 1) {
      await say(ada.page, `still here ${count}`);
    }
    await Promise.all([ada, grace].map(({ page }) => page.waitForSelector('#status[data-state=connected]')));
    await say(grace.page, 'both back');
    await until(async () => (await texts(ada.page)).includes('both back'));
    const said = await texts(ada.page);
    expect(said).toEqual(await texts(grace.page));
    expect(new Set(said).size).toBe(said.length);
    const counted = said
      .filter((text) => text.startsWith('still here'))
      .map((text) => Number(text.split(' ')[2]));
    expect(counted).toEqual(counted.map((_, index) => index + 1));
  });

  it('report nothing on the console but the lost connection', async () => {
    const unexpected = [...ada.problems, ...grace.problems].filter(
      (problem) => !/WebSocket connection to|ERR_CONNECTION|503/.test(problem),
    );
    expect(unexpected).toEqual([]);
  });
});

/** Both pages side by side, as one PNG. */
async function picture(browser: Browser, pages: Page[], file: string): Promise<void> {
  const shots = await Promise.all(pages.map((page) => page.screenshot()));
  const page = await browser.newPage({ viewport: { width: 1320, height: 760 } });
  const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString('base64')}">`).join('');
  await page.setContent(
    `<style>body{margin:0;padding:20px;display:flex;gap:0;background:#8a94a6;justify-content:space-between}img{width:630px;border-radius:10px;box-shadow:0 6px 24px #0004}</style>${images}`,
  );
  await page.screenshot({ path: file });
  await page.close();
}
