/**
 * Makes docs/images from the running demo: `npm run screenshots`. Needs Chromium.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const PROGRAM = fileURLToPath(new URL('../app/cli.js', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** So long the demo runs before: a few pumps have lost pressure by then, and the streaming charts have something to show. */
const DEMO_MS = 60_000;
/** A picture is taken when the page has had this long to draw. */
const DRAWN_MS = 2500;

interface Shot {
  readonly name: string;
  readonly path: string;
  /** What has to be seen before. */
  readonly sign?: RegExp;
  readonly phone?: boolean;
  readonly dark?: boolean;
}

/** A pump of the sample readings is below its limit all the time; those that send just now only now and then. */
const LIVE_TROUBLE = /pumps are below .+ for \d+/;

const SHOTS: readonly Shot[] = [
  { name: 'alerts', path: '', sign: LIVE_TROUBLE },
  { name: 'alerts-phone', path: '', sign: LIVE_TROUBLE, phone: true, dark: true },
  { name: 'pumps', path: 'pumps' },
  { name: 'pump', path: 'pumps/MERMENTAU?range=24h' },
  { name: 'daily', path: 'daily' },
  { name: 'streaming', path: 'streaming', dark: true },
  { name: 'quality', path: 'quality' },
];

async function take(browser: Browser, url: string, { name, path, sign, phone = false, dark = false }: Shot): Promise<void> {
  const viewport = phone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
  const context = await browser.newContext({
    viewport,
    colorScheme: dark ? 'dark' : 'light',
    deviceScaleFactor: phone ? 2 : 1,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url + path);
  if (sign) await page.getByRole('heading').filter({ hasText: sign }).waitFor({ timeout: 120_000 });
  await sleep(DRAWN_MS);
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  await context.close();
}

const cwd = mkdtempSync(join(tmpdir(), 'wellwatch-screenshots-'));
mkdirSync(IMAGES, { recursive: true });
const demo = spawn(process.execPath, [PROGRAM, 'run', '--demo'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  let url: string | undefined;
  for await (const line of createInterface({ input: demo.stdout })) {
    url = /http:\S+\/$/.exec(line)?.[0];
    if (url) break;
  }
  if (url === undefined) throw new Error('the demo did not say where its page is');
  demo.stdout.resume();
  await sleep(DEMO_MS);
  execFileSync(process.execPath, [PROGRAM, 'summarize', '--data-dir', 'var/demo'], { cwd });
  if (CHROMIUM === undefined) throw new Error('expected Chromium, for example at /usr/bin/chromium: sudo apt-get install chromium');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  for (const shot of SHOTS) await take(browser, url, shot);
  await browser.close();
} finally {
  const ended = once(demo, 'exit');
  demo.kill('SIGINT');
  await ended;
  rmSync(cwd, { recursive: true });
}
