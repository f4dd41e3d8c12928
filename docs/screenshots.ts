/**
 * Makes docs/images from the running demo: `npm run screenshots`. Needs Chromium, and `script` of util-linux for the terminal.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, type Page, chromium } from 'playwright-core';
import { terminalHtml } from './terminal.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const PROGRAM = fileURLToPath(new URL('../app/cli.js', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** So long the demo runs before: a few pumps have lost pressure by then, and the streaming charts have something to show. */
const DEMO_MS = 60_000;
/** A picture is taken when the page has had this long to draw. */
const DRAWN_MS = 2500;
const [ROWS, COLUMNS] = [24, 110];

interface Shot {
  readonly name: string;
  readonly path: string;
  /** What has to be seen before. */
  readonly sign?: RegExp;
  readonly phone?: boolean;
  readonly dark?: boolean;
  readonly then?: (page: Page) => Promise<void>;
}

/** Two pumps: the one that has failed before, and one that fails just now. */
const LIVE_TROUBLE = /[2-9] pumps are below/;
const openFirst = async (page: Page) => page.locator('.alarm-table button.opener').last().click();

const SHOTS: readonly Shot[] = [
  { name: 'alerts', path: '', sign: LIVE_TROUBLE },
  { name: 'alerts-dark', path: '', sign: LIVE_TROUBLE, dark: true },
  { name: 'alerts-phone', path: '', sign: LIVE_TROUBLE, phone: true, dark: true },
  { name: 'alarm-phone', path: '?q=MERMENTAU', phone: true, then: openFirst },
  { name: 'pumps-dark', path: 'pumps?range=7d', dark: true },
  { name: 'pump', path: 'pumps/MERMENTAU?range=24h' },
  { name: 'daily', path: 'daily' },
  { name: 'streaming', path: 'streaming', dark: true },
  { name: 'quality', path: 'quality' },
];

async function take(browser: Browser, url: string, { name, path, sign, phone = false, dark = false, then }: Shot): Promise<void> {
  const viewport = phone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
  const context = await browser.newContext({
    viewport,
    colorScheme: dark ? 'dark' : 'light',
    deviceScaleFactor: phone ? 2 : 1,
    hasTouch: phone,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url + path);
  if (sign) await page.getByRole('heading').filter({ hasText: sign }).waitFor({ timeout: 180_000 });
  if (then) await then(page);
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await sleep(DRAWN_MS);
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  await context.close();
}

/** The terminal as it is at that moment. */
async function takeTerminal(browser: Browser, output: string): Promise<void> {
  const page = await browser.newPage();
  await page.setContent(terminalHtml(output, ROWS));
  await page.locator('pre').screenshot({ path: join(IMAGES, 'terminal.png') });
  await page.close();
}

/** The demo on a terminal of its own; `output` is what it has written so far. */
function startDemo(cwd: string): { readonly demo: ChildProcess; readonly output: () => string } {
  const command = `stty rows ${ROWS} cols ${COLUMNS}; exec "${process.execPath}" "${PROGRAM}" run --demo`;
  const demo = spawn('script', ['-qfec', command, '/dev/null'], { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  demo.stdout.setEncoding('utf8').on('data', (text: string) => { output += text; });
  return { demo, output: () => output };
}

const cwd = mkdtempSync(join(tmpdir(), 'wellwatch-screenshots-'));
mkdirSync(IMAGES, { recursive: true });
const { demo, output } = startDemo(cwd);
const ended = once(demo, 'exit');
try {
  await sleep(DEMO_MS);
  const url = /the page is at +(http:\S+\/)/.exec(output())?.[1];
  if (url === undefined) throw new Error(`the demo did not say where its page is: ${output()}`);
  execFileSync(process.execPath, [PROGRAM, 'summarize', '--data-dir', 'var/demo'], { cwd });
  if (CHROMIUM === undefined) throw new Error('expected Chromium, for example at /usr/bin/chromium: sudo apt-get install chromium');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  await takeTerminal(browser, output());
  for (const shot of SHOTS) await take(browser, url, shot);
  await browser.close();
} finally {
  demo.stdin?.write('\x03'); // Ctrl-C
  await ended;
  rmSync(cwd, { recursive: true });
}
