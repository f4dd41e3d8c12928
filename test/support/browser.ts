import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { startProgram } from './program.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** Whether a browser is here. With CI=true it has to be; otherwise its tests are left out, and this says so. */
export const hasBrowser = CHROMIUM !== undefined;
if (!hasBrowser) {
  if (process.env.CI === 'true') throw new Error('the tests of the page need Chromium: apt-get install chromium');
  console.warn('Chromium is not here: the tests of the page do not run. To run them: sudo apt-get install chromium');
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

export interface SiteOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Lines of the vendor file and of the maintenance file. */
  readonly pumps?: readonly string[];
  readonly maintenance?: readonly string[];
}

/** A `wellwatch run` for the page to look at, on a port that stays the same over its restarts. */
export class RunningSite {
  readonly url: string;
  readonly dir: string;
  readonly #env: Readonly<Record<string, string>>;
  #job: ReturnType<typeof startProgram> | undefined;
  #output = '';

  constructor(dir: string, port: number, env: Readonly<Record<string, string>>) {
    this.dir = dir;
    this.url = `http://127.0.0.1:${port}`;
    this.#env = {
      WELLWATCH_HTTP: 'true',
      WELLWATCH_HTTP_PORT: String(port),
      WELLWATCH_RECEIVERS_MQTT: 'false',
      WELLWATCH_SUMMARY: 'false',
      ...env,
    };
  }

  /** Starts the program and waits until the page is there. When it does not come no process is left behind. */
  async start(): Promise<void> {
    const job = startProgram(['run', '--quiet'], { cwd: this.dir, env: this.#env });
    for (const stream of [job.stdout, job.stderr]) stream!.setEncoding('utf8').on('data', (text: string) => { this.#output += text; });
    this.#job = job;
    try {
      await waitFor(async () => {
        if (job.exitCode !== null) throw new Error(`wellwatch run ended with ${job.exitCode}: ${this.#output}`);
        return (await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined))?.ok === true;
      });
    } catch (cause) {
      await this.stop('SIGKILL');
      throw cause;
    }
  }

  /** Puts a file into the inbox, whole. */
  drop(name: string, lines: readonly string[]): void {
    const inbox = join(this.dir, 'var/inbox');
    mkdirSync(inbox, { recursive: true });
    writeFileSync(join(inbox, `.${name}`), `${lines.join('\n')}\n`);
    renameSync(join(inbox, `.${name}`), join(inbox, name));
  }

  /** Drops a file and waits until every row of it is in the table. */
  async take(name: string, lines: readonly string[]): Promise<void> {
    this.drop(name, lines);
    await waitFor(async () => existsSync(join(this.dir, 'var/inbox/done', name)));
  }

  /** The JSON at a path below /api/v1. */
  async json<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.url}/api/v1${path}`)).json()) as T;
  }

  /** Ends the program, by SIGKILL when it shall not have time to say good-bye. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const job = this.#job;
    if (!job || job.exitCode !== null || job.signalCode !== null) return;
    const ended = once(job, 'exit');
    job.kill(signal);
    await ended;
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Starts a site in a folder of its own: in `beforeAll` or in a test; `remove()` it afterwards. */
export async function startSite({ env = {}, pumps = [], maintenance = [] }: SiteOptions = {}): Promise<RunningSite> {
  const dir = mkdtempSync(join(tmpdir(), 'wellwatch-'));
  mkdirSync(join(dir, 'reference'));
  writeFileSync(join(dir, 'reference/sensorvendor.csv'), pumps.map((line) => `${line}\n`).join(''));
  writeFileSync(join(dir, 'reference/sensormaint.csv'), maintenance.map((line) => `${line}\n`).join(''));
  const site = new RunningSite(dir, await freePort(), env);
  try {
    await site.start();
  } catch (cause) {
    await site.remove();
    throw cause;
  }
  return site;
}

/** Asks until the answer is yes. */
export async function waitFor(question: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!await question()) {
    if (Date.now() > deadline) throw new Error('waited 30 s in vain');
    await pause(50);
  }
}

/** Readings as a CSV file has them, one a minute from a wall time on. `psi` in order of time. */
export function minutes(pump: string, from: string, psi: readonly number[]): string[] {
  const start = Date.parse(`${from}Z`);
  return psi.map((value, i) => {
    const [date, time] = new Date(start + i * 60_000).toISOString().split('T');
    return `${pump},${date},${time.slice(0, 5)},10.27,1.73,881,1.56,${value},1.94`;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
