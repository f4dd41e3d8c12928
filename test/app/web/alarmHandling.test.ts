import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, expectNoSidewaysScroll, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

const RULES = '[{id: low-psi, measure: psi, below: 5, priority: high, guidance: Check the suction valve}, ' +
  '{id: hz, measure: hz, above: 10, priority: low, acknowledge: true}]';

describe.runIf(hasBrowser)('alarms are handled on the page', () => {
  let browser: Browser;
  let site: RunningSite;
  beforeAll(async () => {
    [browser, site] = await Promise.all([
      launchBrowser(),
      startSite({
        env: { WELLWATCH_SITE_TIMEZONE: 'UTC', WELLWATCH_RULES: RULES },
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
  });

  const row = (page: Page, pump: string) => page.locator('.alarm-table tbody tr:not(.detail)').filter({ hasText: pump });

  test('a pump is one row with its worst, and the first screen has all pumps', async () => {
    const page = await openPage(browser, site.url);
    await row(page, 'TECHE').waitFor();
    expect(await row(page, 'TECHE').count()).toBe(1);
    expect(await row(page, 'TECHE').innerText()).toMatch(/HIGH[\s\S]*low-psi[\s\S]*unacknowledged[\s\S]*and 1 more rule: hz[\s\S]*TECHE/);
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
    await expectNoSidewaysScroll(page);
    await page.locator('[data-measure]').nth(5).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await card.getByLabel('Your name').fill('Olga');
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
  });

  test('all that is listed is acknowledged at once, when it is meant', async () => {
    const page = await openPage(browser, site.url);
    await page.getByRole('button', { name: /^Acknowledge the 2 listed alarms/ }).click();
    await page.getByRole('button', { name: 'Yes, all 2 were seen' }).click();
    await page.getByText('Acknowledged.').waitFor();
    await expect.poll(async () => (await site.json<{ items: { acknowledged: unknown }[] }>('/alarms')).items.every((one) => one.acknowledged)).toBe(true);
  });
});
