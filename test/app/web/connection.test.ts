import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectAsync } from 'mqtt';
import { freePort } from '../../support/freePort.ts';
import { jsonLines } from '../../support/command.ts';
import { axeViolations, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

describe.runIf(hasBrowser)('the page and its server', () => {
  let browser: Browser;
  let running: RunningSite;
  beforeAll(async () => {
    [browser, running] = await Promise.all([launchBrowser(), startSite()]);
  });
  afterAll(async () => {
    await browser.close();
    await running.remove();
  });

  test('a server that was killed is missed in words, and when it is back the page goes on with what came meanwhile', async () => {
    await running.take('first.csv', minutes('TECHE', '2026-03-01T10:00', [80, 3]));
    const page = await openPage(browser, running.url, {
      expectedErrors: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/,
    });
    await page.getByRole('row').filter({ hasText: 'TECHE' }).waitFor();
    await running.stop('SIGKILL');
    await page.getByText(/^Disconnected\. What is shown is (a moment|\d\d s|\d+ min) old\./).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'TECHE' }).count()).toBe(1);
    running.drop('second.csv', minutes('SABINE', '2026-03-01T10:00', [80, 2]));
    await running.start();
    await page.getByRole('row').filter({ hasText: 'SABINE' }).waitFor();
    await page.getByText(/^Disconnected/).waitFor({ state: 'detached' });
  });

  test('while the store is away every screen says so, and none says that all is well', async () => {
    const other = await startSite({
      env: {
        WELLWATCH_STORE_KIND: 'hbase',
        WELLWATCH_STORE_URL: 'http://127.0.0.1:1',
        WELLWATCH_RECEIVERS_MQTT: 'true',
        WELLWATCH_RECEIVERS_MQTT_URL: 'mqtt://127.0.0.1:1',
      },
    });
    onTestFinished(() => other.remove());
    const page = await openPage(browser, other.url, { expectedErrors: /status of 503/ });
    await page.getByText(/^▲ The store is away since .+ECONNREFUSED.+messages are still kept safe\.$/).waitFor();
    for (const screen of ['', 'pumps', 'daily', 'quality', 'streaming']) {
      await page.goto(`${other.url}/${screen}`);
      await page.getByText(/^▲ The store is away since/).waitFor();
      await page.getByText(screen === 'streaming' ? /away for/ : /can’t be told while the store is away/).first().waitFor();
      expect(await page.locator('main').innerText()).not.toMatch(
        /No pump is|Nothing is wrong|no readings yet|None is missing|No row was rejected|came late/,
      );
    }
    await page.getByRole('group', { name: 'Receivers' }).getByText('▲ reconnecting').waitFor();
  });

  test('alerts of messages that come while the store is away stand on the first screen, marked as not stored', async () => {
    const port = await freePort();
    const other = await startSite({
      env: {
        WELLWATCH_STORE_KIND: 'hbase',
        WELLWATCH_STORE_URL: 'http://127.0.0.1:1',
        WELLWATCH_RECEIVERS_MQTT: 'true',
        WELLWATCH_RECEIVERS_MQTT_PORT: String(port),
      },
    });
    onTestFinished(() => other.remove());
    const page = await openPage(browser, other.url, { expectedErrors: /status of 503/ });
    await page.getByText(/^Store away since .+: whether a pump is outside its limits can’t be told/).waitFor();
    const publisher = await connectAsync(`mqtt://127.0.0.1:${port}`);
    for (const line of minutes('TECHE', '2026-03-01T10:00', [80, 3, 2])) await publisher.publishAsync('pumps/TECHE/readings', line, { qos: 1 });
    await publisher.endAsync();
    await page.getByRole('heading', { level: 1 }).getByText('1 pump went below 5 psi (not stored yet): TECHE').waitFor();
    await page.getByText(/^1 pump and rule, not stored yet: the store is away since/).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'TECHE' }).innerText()).toMatch(/HIGH[\s\S]*low-psi[\s\S]*2 psi/);
    expect(await axeViolations(page)).toEqual([]);
    const again = await openPage(browser, other.url, { expectedErrors: /status of 503/ });
    await again.getByRole('row').filter({ hasText: 'TECHE' }).waitFor();
  });

  test('where tokens are needed the page asks for one, says what is wrong with it, and keeps the session', async () => {
    const [{ token }] = await jsonLines<{ token: string }>(['token', 'add', 'olga', '--role', 'read'], { cwd: running.dir });
    const page = await openPage(browser, `${running.url}/quality`, { expectedErrors: /status of 401/ });
    await page.getByLabel('Token').fill('not-a-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#token-problem', { hasText: /\w/ }).waitFor();
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Data quality' }).waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.reload();
    await page.getByRole('heading', { name: 'Data quality' }).waitFor();
    await page.getByRole('button', { name: 'Sign out olga' }).click();
    await page.getByLabel('Token').waitFor();
  });
});
