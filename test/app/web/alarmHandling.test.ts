import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, expectNoSidewaysScroll, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

const RULES = '[{id: low-psi, measure: psi, below: 5, priority: high, guidance: Check the suction valve}, ' +
  '{id: hz, measure: hz, above: 10, priority: low, acknowledge: true}]';

describe.runIf(hasBrowser)('alarms are handled on the page', () => {
  let browser: Browser;
  let site: RunningSite;
  const hooks = createServer((request, response) => { request.resume(); response.writeHead(request.url === '/broken' ? 500 : 204).end(); });
  beforeAll(async () => {
    hooks.listen(0, '127.0.0.1');
    await once(hooks, 'listening');
    const hook = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}`;
    [browser, site] = await Promise.all([
      launchBrowser(),
      startSite({
        env: { WELLWATCH_SITE_TIMEZONE: 'UTC', WELLWATCH_RULES: RULES,
          WELLWATCH_NOTIFY_CHANNELS: `{duty: {webhook: "${hook}"}, office: {webhook: "${hook}/broken"}}`,
          WELLWATCH_NOTIFY_ROUTES: '[{to: [duty, office]}]' },
        pumps: ['TECHE,HYDROPUMP,4/12/21,7/19/21,GULFCAM,29.7,-91.2'], maintenance: ['TECHE,8/10/21,C. Robichaux,Adjust bearing alignment'],
      }),
    ]);
    const ago = (from: number) => new Date(Date.now() - from * 60_000).toISOString().slice(0, 16);
    await site.take('a.csv', [
      ...minutes('TECHE', ago(40), [...Array.from({ length: 38 }, (_, i) => 80 + (i % 5)), 3, 2]),
      ...minutes('SABINE', ago(3), [80, 81, 80]),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
    hooks.close();
  });

  const row = (page: Page, pump: string) => page.locator('.alarm-table tbody tr:not(.detail)').filter({ hasText: pump });

  test('a pump is one row with its worst, and the first screen has all pumps', async () => {
    const page = await openPage(browser, site.url);
    await row(page, 'TECHE').waitFor();
    expect(await row(page, 'TECHE').count()).toBe(1);
    expect(await row(page, 'TECHE').innerText()).toMatch(/HIGH[\s\S]*low-psi[\s\S]*unacknowledged[\s\S]*and 1 more rule: hz[\s\S]*TECHE[\s\S]*2 psi/);
    await row(page, 'TECHE').locator('.sparkline path').first().waitFor({ state: 'attached' });
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('TECHE 2 psi for');
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toBe('/favicon-high.svg');
    const strip = page.getByRole('region', { name: '2 pumps' }).getByRole('listitem');
    expect((await strip.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual(['● SABINE low', '▲ TECHE high']);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('on a phone an alarm opens to a card: what is wrong, whom to call, what to do; it is noted, acknowledged and shelved there', async () => {
    const page = await openPage(browser, site.url, { width: 390 });
    await page.getByRole('button', { name: 'HIGH low-psi' }).click();
    const card = page.getByRole('region', { name: 'Alarm of TECHE' });
    for (const text of ['2 psi now', 'Check the suction valve', 'C. Robichaux', 'Adjust bearing alignment']) expect(await card.innerText()).toContain(text);
    await card.evaluate('(element) => element.scrollIntoView()');
    const box = await card.boundingBox();
    expect(box!.height).toBeLessThanOrEqual(844);
    await card.locator('.before').getByText('Pressure, was 80 to 84 psi').waitFor();
    await card.getByText(/^told duty: taken/).waitFor();
    await card.getByText(/^told office: not taken yet, tried \d+ times: .* answers 500/).waitFor();
    await expectNoSidewaysScroll(page);
    await page.locator('[data-measure]').nth(5).waitFor();
    // The second screen has all the rest.
    expect((await page.locator('.alarm-detail').boundingBox())!.height).toBeLessThanOrEqual(2 * 844);
    expect(await axeViolations(page)).toEqual([]);
    await card.getByLabel('Your name').fill('Olga');
    await card.getByText('Note, shelve, take out of service').click();
    await card.getByRole('button', { name: 'Shelve 8h' }).click();
    await card.getByText('Say why, in the field before the buttons.').waitFor();
    await card.getByLabel('Note or reason').fill('called Pitre');
    await card.getByRole('button', { name: 'Acknowledge' }).click();
    await card.getByText('acknowledged by Olga: called Pitre').waitFor();
    await card.getByLabel('Note or reason').fill('valve is being changed');
    await card.getByRole('button', { name: 'Shelve 8h' }).click();
    const shelf = page.getByRole('region', { name: 'On the shelf' });
    expect((await shelf.getByRole('listitem').innerText()).replace(/\s+/g, ' ')).toContain('TECHE low-psi, valve is being changed, Olga just now, until');
    await shelf.getByRole('button', { name: 'Take back' }).click();
    await shelf.waitFor({ state: 'detached' });
    const review = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    await card.getByLabel('Note or reason').fill('new bearing');
    await card.getByLabel('Review on').fill(review);
    await card.getByRole('button', { name: 'Out of service' }).click();
    const out = page.getByRole('region', { name: 'Out of service' });
    expect((await out.getByRole('listitem').innerText()).replace(/\s+/g, ' ')).toContain(`TECHE new bearing, Olga just now, review ${review}`);
    await out.getByRole('button', { name: 'Bring back' }).click();
    await out.waitFor({ state: 'detached' });
  });

  test('all that is listed is acknowledged at once, when it is meant', async () => {
    const page = await openPage(browser, site.url);
    await page.getByRole('button', { name: /^Acknowledge the 2 listed alarms/ }).click();
    await page.getByRole('button', { name: 'Yes, all 2 were seen' }).click();
    await page.getByText('Acknowledged.').waitFor();
    await expect.poll(async () => (await site.json<{ items: { acknowledged: unknown }[] }>('/alarms')).items.every((one) => one.acknowledged)).toBe(true);
  });

  test('a flood is one line, opens to its pumps in order, and is acknowledged at once; each alarm of it opens too', async () => {
    const start = new Date(Date.now() - 120_000).toISOString().slice(0, 16);
    const names = Array.from({ length: 12 }, (_, i) => `F${String(i + 1).padStart(2, '0')}`);
    await site.take('flood.csv', names.flatMap((pump) => minutes(pump, start, [3, 3])));
    const page = await openPage(browser, site.url);
    const flood = row(page, '12 pumps').filter({ hasText: 'low-psi' });
    await flood.waitFor();
    // What else these pumps have needs somebody as well, and stands for itself.
    await row(page, '12 pumps').filter({ hasText: 'LOW' }).filter({ hasText: 'hz' }).waitFor();
    expect(await flood.innerText()).toMatch(/HIGH[\s\S]*low-psi[\s\S]*a flood[\s\S]*12 pumps/);
    expect(await row(page, 'F03').count()).toBe(0);
    // However many names it has, the headline is a line for each rule, or the list would move whenever one is added.
    expect((await page.locator('.rule-line').first().boundingBox())!.height).toBeLessThan(45);
    await page.getByRole('region', { name: 'Recent changes' }).getByText(/1[23] pumps low-psi began/).waitFor();
    await flood.getByRole('button').click();
    await page.getByText('12 pumps within ten minutes: look for one cause.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('list', { name: /^Pumps of this flood/ }).getByRole('link', { name: 'F03' }).click();
    await page.getByRole('region', { name: 'Alarm of F03' }).waitFor();
    await page.goBack();
    const pumps = page.locator('.detail');
    await pumps.getByRole('button', { name: /^Acknowledge the 12 listed alarms/ }).click();
    await pumps.getByRole('button', { name: 'Yes, all 12 were seen' }).click();
    await expect.poll(async () => (await site.json<{ items: { pump: string; acknowledged: unknown }[] }>('/alarms')).items
      .filter(({ pump, acknowledged }) => pump.startsWith('F') && acknowledged).length).toBe(12);
  });
});
