import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** First Chromium's shell without a window, which takes half the processor time of the whole browser for the same page. */
const CHROMIUM = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** For a page to do what it shall: far more than it takes on a busy machine. */
const MOST_MS = 90_000;

/** Whether a browser is here. With CI=true it has to be; otherwise its tests are left out, and this says so. */
export const hasBrowser = CHROMIUM !== undefined;
if (!hasBrowser) {
  if (process.env.CI === 'true') throw new Error('the tests of the page need Chromium: apt-get install chromium-headless-shell');
  console.warn('Chromium is not here: the tests of the page do not run. To run them: sudo apt-get install chromium-headless-shell');
}

/** Starts the browser: once for a test file, in `beforeAll`; close it in `afterAll`. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM!, args: ARGUMENTS });
}

export interface PageOptions {
  readonly width?: number;
  readonly dark?: boolean;
  /** Lines on the console that this test expects, for example while a server is away. */
  readonly expectedErrors?: RegExp;
  readonly context?: BrowserContext;
}

/** Opens an address until the test is finished, and fails it when the page writes an error on its console. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1280, dark = false, expectedErrors, context }: PageOptions = {},
): Promise<Page> {
  const phone = width < 500;
  const own =
    context ??
    (await browser.newContext({
      viewport: { width, height: phone ? 740 : 900 },
      colorScheme: dark ? 'dark' : 'light',
      hasTouch: phone,
      reducedMotion: 'reduce',
    }));
  own.setDefaultTimeout(MOST_MS);
  const page = await own.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  onTestFinished(async () => {
    await own.close();
    expect(errors.filter((line) => !expectedErrors?.test(line))).toEqual([]);
  });
  await page.goto(url);
  return page;
}

/** What an assistive program would stumble over; see https://dequeuniversity.com/rules/axe. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Its other mode opens a page more for each question, for the sake of frames, of which there are none here.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}

/** Fails when the page itself scrolls to the right. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [wide, seen] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  expect(wide).toBeLessThanOrEqual(seen);
}
