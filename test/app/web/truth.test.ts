import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { freePort } from '../../support/freePort.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

describe.runIf(hasBrowser)('what is not known', () => {
  let browser: Browser;
  let site: RunningSite;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite({ env: { WELLWATCH_SITE_TIMEZONE: 'UTC' } })]);
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
  });

  /** Readings, one a minute, the first of them so many minutes ago. */
  const ago = (pump: string, from: number, psi: readonly number[]) =>
    minutes(pump, new Date(Date.now() - from * 60_000).toISOString().slice(0, 16), psi);
  const headline = (page: Page) => page.getByRole('heading', { level: 1 });

  test('is said to be so before the first reading, where pumps are silent, and where their clock is ahead', async () => {
    const page = await openPage(browser, site.url);
    await headline(page).getByText('Nothing is known yet: no reading has come.').waitFor();
    await page.getByText('No reading has come yet.').waitFor();
    await site.take('now.csv', ago('FRESH', 2, [80, 81, 80]));
    await headline(page).getByText('No pump is outside its limits.').waitFor();
    await site.take('old.csv', [...ago('QUIET', 30, [80, 81]), ...ago('GONE', 40, [80, 3, 3, 3])]);
    await headline(page).getByText(/1 pump is below 5 psi: GONE 3 psi for 2 min, silent for 3\d min/).waitFor();
    await expect.poll(() => headline(page).innerText()).toMatch(/SILENT\s+2 pumps silent for 5 min or more:\s+QUIET for (28|29|30) min, GONE/);
    expect(await page.getByRole('row').filter({ hasText: 'GONE' }).innerText()).toMatch(/still active\s+2 min in alarm, silent for 3\d min/);
    await site.take('ahead.csv', ago('AHEAD', -120, [3]));
    await expect.poll(() => headline(page).innerText()).toMatch(/CLOCK\s+1 pump reports times that are still to come, .*:\s+AHEAD/);
    expect(await headline(page).innerText()).toMatch(/1 pump is below/);
    expect(await axeViolations(page)).toEqual([]);
    await page.goto(`${site.url}/pumps/QUIET`);
    await page.getByText('What is so now is not known; with the last reading no alarm was active.').waitFor();
  });

  test('a network that goes silent is told within ten seconds, clocks stay at the last word, and the page goes on after it', async () => {
    const relay = await startRelay(Number(new URL(site.url).port));
    onTestFinished(() => relay.close());
    const page = await openPage(browser, 'about:blank', { expectedErrors: /ERR_/ });
    await page.clock.install();
    await page.goto(relay.url);
    await headline(page).getByText(/GONE \S+ psi for/).first().waitFor();
    relay.silent(true);
    await page.clock.runFor(10_000);
    await page.getByText(/^Disconnected\. What is shown is .+ old\. Nothing is known since/).waitFor();
    const said = await headline(page).innerText();
    await page.clock.runFor(300_000);
    expect(await headline(page).innerText()).toBe(said);
    relay.silent(false);
    await page.clock.runFor(20_000);
    await page.getByText(/^Disconnected/).waitFor({ state: 'detached' });
  });
});

interface Relay {
  readonly url: string;
  /** Takes everything and hands on nothing, as a network that has gone; connections of that time never hear anything. */
  silent(on: boolean): void;
  close(): void;
}

async function startRelay(port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server: Server = createServer((client) => {
    sockets.add(client.on('error', () => undefined));
    if (isSilent) return;
    const upstream = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.add(upstream);
    client.on('data', (bytes) => { if (!isSilent) upstream.write(bytes); });
    upstream.on('data', (bytes) => { if (!isSilent) client.write(bytes); });
  });
  const own = await freePort();
  await new Promise<void>((done) => server.listen(own, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${own}`,
    silent(on) {
      isSilent = on;
      if (!on) for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
