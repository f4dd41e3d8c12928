import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

describe.runIf(hasBrowser)('questions in SQL on the page', () => {
  let browser: Browser;
  let site: RunningSite;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite({
      pumps: ['TECHE,HYDROPUMP,4/12/21,7/19/21,GULFCAM,29.701312,-91.204417'], maintenance: ['TECHE,8/10/21,C. Robichaux,Adjust bearing'],
    })]);
    await site.take('readings.csv', [...minutes('TECHE', '2026-03-01T10:00', [80, 90, 3, 70]), ...minutes('SABINE', '2026-03-01T10:00', [60, 61])]);
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
  });

  test('a link holds the question and its answer is there; lines can be drawn of it', async () => {
    const sql = 'SELECT pump, at, psi FROM readings ORDER BY pump, at';
    const page = await openPage(browser, `${site.url}/sql?q=${encodeURIComponent(sql)}`);
    await page.getByText('6 rows').waitFor();
    expect(await page.getByRole('table', { name: 'Answer' }).getByRole('row').nth(5).innerText()).toMatch(/TECHE\s+2026-03-01 10:02:00\s+3/);
    await page.getByRole('button', { name: 'Draw psi over at' }).click();
    await page.getByRole('img', { name: 'psi over at: SABINE, TECHE' }).waitFor();
    expect(page.url()).toContain('plot=yes');
    expect(await page.locator('.sql-plot polyline').count()).toBe(2);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('the course\'s questions are at hand, with vendor and maintenance; what is refused says why; tables stand beside', async () => {
    const page = await openPage(browser, `${site.url}/sql`, { expectedErrors: /status of 400/ });
    await page.getByRole('button', { name: 'Alerts with vendor and maintenance' }).click();
    await page.getByText('1 row').waitFor();
    expect(await page.getByRole('table', { name: 'Answer' }).getByRole('row').nth(1).innerText())
      .toMatch(/TECHE\s+2026-03-01 10:02:00\s+3\s+HYDROPUMP\s+GULFCAM\s+2021-08-10\s+C\. Robichaux\s+Adjust bearing/);
    await page.getByLabel('One SELECT').fill('DROP VIEW readings');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('expected SELECT').waitFor();
    await page.getByText('what pumps reported').click();
    await page.getByText('Pressure, psi DOUBLE', { exact: true }).waitFor();
  });
});
