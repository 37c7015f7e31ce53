import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env['CHROMIUM'] ?? PATHS.find((path) => existsSync(path));

/** Whether this machine has a browser. On CI a missing one is a failure, elsewhere the tests that need it are skipped visibly. */
export const hasChromium: boolean = executablePath !== undefined || process.env['CI'] === 'true';

/** Starts headless Chromium, which speaks to nobody but the pages under test. */
export function startChromium(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-quic',
  ];
  return chromium.launch({ executablePath, args });
}

/** A person's browser with its own storage; `problems` collects console errors, page errors and policy violations. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  problems: string[];
}

/** Opens a page as a new visitor. */
export async function visit(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Visitor> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.addInitScript(`
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(violatedDirective + ' forbids ' + blockedURI);
    })`);
  await page.goto(url);
  return { context, page, problems };
}
