import { ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify, namesOf } from '../../src/config/names.ts';
import { until } from '../helpers/chat-node.ts';
import { enterRoom, pictureFile } from '../helpers/chat-page.ts';
import type { Chatter } from '../helpers/chat-page.ts';
import { hasChromium, startChromium } from '../helpers/chromium.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

/** What the README promises: one command, two browsers, two tasks. */
describe.skipIf(!hasChromium)('two browsers on a stack of two tasks', { timeout: 120_000 }, () => {
  const names = namesOf(identify('chat', 'default', 'local'));
  let project: Project;
  let browser: Browser;
  let endpoint: string;
  let ada: Chatter;
  let grace: Chatter;

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

  const enter = (name: string): Promise<Chatter> =>
    enterRoom(browser, endpoint, name, { viewport: { width: 640, height: 720 } });

  async function say(chatter: Chatter, text: string): Promise<void> {
    await chatter.say(text);
    await chatter.sees(text);
  }

  const nodeOf = async (chatter: Chatter) => /node (.+)$/.exec(await chatter.status())?.[1];

  it('are served by different tasks and talk to each other', async () => {
    const nodes = [await nodeOf(ada), await nodeOf(grace)];
    expect(nodes[0]).toBeTruthy();
    expect(nodes[0]).not.toBe(nodes[1]);
    await say(ada, 'Hello Grace, which task are you on?');
    await grace.sees('which task');
    await say(grace, 'Another one than you. The load balancer keeps us apart, Redis brings us together.');
    await ada.sees('Redis brings us');
    expect(await ada.texts()).toEqual(await grace.texts());
    for (const { page } of [ada, grace])
      await until(async () => (await page.textContent('#people-toggle .people-count')) === '2');
    const file = pictureFile('two-tasks');
    if (file !== undefined) await picture(browser, [ada.page, grace.page], file);
  });

  it('come back to their own task when they load the page again', async () => {
    const before = await nodeOf(ada);
    await ada.page.reload();
    await ada.connected();
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

    const moved = async (visitor: Chatter, index: number) => (await nodeOf(visitor)) !== before[index];
    for (let count = 1; !((await moved(ada, 0)) || (await moved(grace, 1))); count += 1) {
      await say(ada, `still here ${count}`);
    }
    await Promise.all([ada.connected(), grace.connected()]);
    await say(grace, 'both back');
    await until(async () => (await ada.texts()).includes('both back'));
    const said = await ada.texts();
    expect(said).toEqual(await grace.texts());
    expect(new Set(said).size).toBe(said.length);
    const counted = said
      .filter((text) => text.startsWith('still here'))
      .map((text) => Number(text.split(' ')[2]));
    expect(counted).toEqual(counted.map((_, index) => index + 1));
  });

  it('miss nothing and see nothing twice when a new version is rolled out while they talk in two rooms', async () => {
    await ada.go('aside');
    await grace.go('aside');
    await Promise.all([ada, grace].map(({ page }) => page.evaluate(KEEP_STATUSES)));
    const before = await Promise.all([nodeOf(ada), nodeOf(grace)]);
    const deploy = project.start('deploy', '--build', '--image', 'v2');
    let count = 0;
    while (deploy.child.exitCode === null) {
      count += 1;
      await ada.say(`Ada ${count}`);
      await grace.say(`Grace ${count}`);
    }
    const { code, stderr } = await deploy.done;
    expect(code, stderr).toBe(0);
    await Promise.all([ada, grace].map((chatter) => chatter.say('the end')));
    const ends = async ({ texts }: Chatter) => (await texts()).filter((text) => text === 'the end').length;
    await until(async () => (await ends(ada)) === 2 && (await ends(grace)) === 2);

    const said = await ada.texts();
    expect(said).toEqual(await grace.texts());
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    for (const name of ['Ada', 'Grace']) {
      expect(said.filter((text) => text.startsWith(name))).toEqual(
        numbers.map((number) => `${name} ${number}`),
      );
    }
    for (const [index, chatter] of [ada, grace].entries()) {
      expect(before).not.toContain(await nodeOf(chatter));
      const statuses = await chatter.page.evaluate<string[]>('globalThis.statuses');
      expect(
        statuses.filter((status) => status.startsWith('back, nothing missed')),
        `of ${before[index]}`,
      ).not.toEqual([]);
      expect(statuses.join()).not.toContain('recovered');
      expect(await chatter.front.locator('.state').count()).toBe(0);
    }
    await ada.go('lobby');
    await ada.sees('both back');
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

/** For the page: keeps each text that the status ever has. */
const KEEP_STATUSES = `
  globalThis.statuses = [];
  new MutationObserver(() => statuses.push(document.querySelector('#status').textContent))
    .observe(document.querySelector('#status'), { childList: true });`;
