import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../support/program.ts';
import { axeViolations, expectNoSidewaysScroll, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

describe.runIf(hasBrowser)('the daily screen', () => {
  let browser: Browser;
  let site: RunningSite;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite({
      pumps: ['ARGO,HYDROPUMP,11/27/10,3/15/11,HYDROCAM,29.687276,-91.162492', 'BUTTE,HYDROPUMP,5/25/08,9/26/09,HYDROCAM,29.7,-91.2', 'CHER,HYDROPUMP,5/25/08,9/26/09,XYLO,29.7,-91.2'],
      maintenance: ['BUTTE,3/11/14,E. Simmons,Adjust', 'ARGO,3/10/14,E. Simmons,Adjust', 'CHER,3/1/14,D.Pitre,Inspect'],
    })]);
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
  });

  const open = async (path: string, options = {}): Promise<Page> => {
    const page = await openPage(browser, site.url + path, options);
    await page.locator('.heat-map').waitFor();
    return page;
  };

  test('says why it is empty, before the first reading and before the first summary', async () => {
    const page = await openPage(browser, `${site.url}/daily`);
    await page.getByText('There are no readings yet.').waitFor();
    await site.take('a.csv', [
      ...minutes('BUTTE', '2014-03-12T08:00', [80, 90]),
      ...minutes('BUTTE', '2014-03-13T08:00', [5, 60]),
      ...minutes('BUTTE', '2014-03-14T08:00', [70, 4.96]),
      ...minutes('ARGO', '2014-03-12T08:00', [81, 85]),
      ...minutes('ARGO', '2014-03-14T08:00', [82, 84]),
    ]);
    const filled = await open('/daily');
    await filled.getByText('Nothing of March 2014 is summarised yet.').waitFor();
    expect(await filled.getByText('wellwatch summarize').count()).toBe(1);
    expect(await cells(filled)).toEqual([['ARGO', 'missing', '·', 'missing'], ['BUTTE', 'missing', 'missing', '△ missing']]);
  });

  test('shows pumps over days; what breaks a limit has a shape and what is at it has none, what is missing or late says so', async () => {
    expect((await runProgram(['summarize'], { cwd: site.dir })).code).toBe(0);
    await site.take('b.csv', [...minutes('ARGO', '2014-03-12T09:00', [80]), ...minutes('ARGO', '2014-03-13T09:00', [80])]);
    const page = await open('/daily?show=min');
    await expect.poll(() => cells(page)).toEqual([['BUTTE', '80.0', '5.0', '▲ 4.96'], ['ARGO', '81.0 late', 'missing', '82.0']]);
    await page.getByText('6 pump-days of 2 pumps, March 2014, 1 alarm began, 1 reading beyond a limit, 1 missing, 1 late').waitFor();
    expect(await page.locator('.showing').innerText()).toMatch(/1 late\. No time is configured for it: run wellwatch summarize\.$/);
    expect(await page.getByTitle('BUTTE, 2014-03-14: lowest 4.96 psi, 1 alarm began, 1 reading beyond a limit').count()).toBe(1);
    expect(await rows(page)).toEqual([
      'BUTTE 2014-03-14 current 2 ▲ 4.96 37.5 70.0 1',
      'ARGO 2014-03-12 ◐ late 2 81.0 83.0 85.0 0',
      'ARGO 2014-03-13 ○ missing – – – – 0',
      'ARGO 2014-03-14 current 2 82.0 83.0 84.0 0',
      'BUTTE 2014-03-12 current 2 80.0 85.0 90.0 0',
      'BUTTE 2014-03-13 current 2 5.0 32.5 60.0 0',
    ]);
  });

  test('what was done to all pumps stands beside what pressure did after it, and leads to a picture of those that had the same, shifted', async () => {
    const page = await openPage(browser, `${site.url}/maintenance`);
    await page.getByText('3 events, newest first').waitFor();
    const told = async () => (await page.getByRole('table').locator('tbody tr').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
    expect(await told()).toEqual([
      '2014-03-11 BUTTE HYDROCAM Adjust E. Simmons – 37.5 ▼ −47.5 1 alarm, after 3 days Compare 2 pumps',
      '2014-03-10 ARGO HYDROCAM Adjust E. Simmons – 83.0 +1.0 none Compare 2 pumps',
      '2014-03-01 CHER XYLO Inspect D.Pitre – – – none',
    ]);
    await page.getByLabel('Vendor').selectOption('XYLO');
    await page.getByText('1 event, newest first').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: /^Change/ }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?order=fell');
    await page.getByRole('link', { name: 'Compare 2 pumps' }).first().click();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ pumps: 'BUTTE/ARGO', at: '2014-03-11/2014-03-10' });
    await page.getByText('shown 1 d later').waitFor();
    expect(await page.getByLabel('Line up by').inputValue()).toBe('Adjust');
    const figures = page.getByRole('table', { name: 'Figures of the shown range' });
    await figures.waitFor();
    // On the clock of BUTTE, all of which is seen; and no reading was there before.
    expect((await figures.locator('tbody tr').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      'BUTTE no 6 4.96 51.7 90.0 – –', 'ARGO 1 d later 6 80.0 82.0 85.0 – –',
    ]);
    await page.getByLabel('Line up by').selectOption('nothing');
    await expect.poll(() => new URL(page.url()).searchParams.has('at')).toBe(false);
    await page.getByLabel('Add a pump').selectOption('CHER');
    await expect.poll(() => new URL(page.url()).searchParams.get('pumps')).toBe('BUTTE/ARGO/CHER');
    await page.getByRole('button', { name: 'Without CHER' }).click();
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('2014-03-14 08:01: BUTTE 4.96 psi, ARGO 84 psi').waitFor({ state: 'attached' });
    expect(await axeViolations(page)).toEqual([]);
    await page.goto(`${site.url}/pumps/BUTTE?from=2014-03-12T00:00:00&to=2014-03-14T00:00:00`);
    await page.getByRole('combobox', { name: 'Pump', exact: true }).selectOption('ARGO');
    await page.getByRole('heading', { level: 1, name: 'ARGO' }).waitFor();
    expect(await page.getByRole('table', { name: 'Figures of this range' }).locator('tbody tr').first().innerText()).toMatch(/Pressure psi\s+80\.0\s+81\.5\s+85\.0/);
    await page.getByLabel('Compare with').selectOption('BUTTE');
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ pumps: 'ARGO/BUTTE', from: '2014-03-12T00:00:00', to: '2014-03-14T00:00:00' });
  });

  test('holds measure, figure and order in the address', async () => {
    const page = await open('/daily');
    await page.getByLabel('Show').selectOption('highest');
    await expect.poll(() => cells(page)).toEqual([['BUTTE', '90.0', '60.0', '△ 70.0'], ['ARGO', '85.0 late', 'missing', '84.0']]);
    await page.getByLabel('Measure').selectOption('Flow');
    await expect.poll(async () => (await cells(page))[1][1]).toBe('881');
    await page.locator('button.sort', { hasText: 'Day' }).click();
    const { searchParams } = new URL(page.url());
    expect(Object.fromEntries(searchParams)).toEqual({ show: 'max', measure: 'flo', sort: 'date' });
    expect(await page.getByRole('columnheader', { name: 'Day' }).getAttribute('aria-sort')).toBe('ascending');
    expect((await rows(page))[0]).toContain('2014-03-12');
    await page.goBack();
    await expect.poll(() => page.getByLabel('Measure').inputValue()).toBe('psi');
  });

  test('adds up by vendor, technician or work, with totals, and arrows lead from cell to cell', async () => {
    const page = await open('/daily?show=min&by=work');
    await expect.poll(() => cells(page)).toEqual([['Adjust 2', '80.0 late', '5.0', '△ 5.0']]);
    expect((await page.locator('.heat-map tfoot tr').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      'All, lowest 80.0 5.0 5.0 5.0', 'Alarms that began 0 0 1 1', 'Readings beyond 0 0 1 1',
    ]);
    await page.getByLabel('Rows').selectOption('Vendor');
    await page.locator('.heat-map').getByRole('link', { name: 'HYDROCAM' }).click();
    await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ show: 'min', vendor: 'HYDROCAM' });
    await expect.poll(async () => (await cells(page)).length).toBe(2);
    expect(await page.locator('.heat-map td.heat [tabindex="0"]').count()).toBe(1);
    await page.locator('.heat-map td.heat [tabindex="0"]').focus();
    for (const key of ['ArrowLeft', 'ArrowDown']) await page.keyboard.press(key);
    expect(await page.evaluate('document.activeElement.title')).toMatch(/^ARGO, 2014-03-13: not summarised/);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'ARGO' }).waitFor();
  });

  test('leads to the curves of a day, and from an empty month to the newest', async () => {
    const page = await open('/daily?show=min');
    await page.locator('.heat-map').getByRole('link', { name: '▲ 4.96' }).click();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ from: '2014-03-14T00:00:00', to: '2014-03-15T00:00:00' });
    await page.goBack();
    await page.getByRole('button', { name: 'The month after' }).click();
    await page.getByText('No pump has a reading in April 2014.').waitFor();
    await page.getByRole('link', { name: 'March 2014' }).click();
    await page.locator('.heat-map').waitFor();
    await page.getByLabel('From').fill('2014-03-13');
    await page.getByLabel('To').fill('2014-03-13');
    await page.getByText('2 pump-days of 2 pumps, 2014-03-13 – 2014-03-13').waitFor();
  });

  test('takes a day that is typed when the field is left or at Enter, and no year on the way to it', async () => {
    const page = await open('/daily?from=2014-03-12&to=2014-03-13');
    await page.getByLabel('From').focus();
    await page.keyboard.type('0314201', { delay: 20 });
    expect(new URL(page.url()).search).toBe('?from=2014-03-12&to=2014-03-13');
    await page.keyboard.type('4');
    expect(new URL(page.url()).search).toBe('?from=2014-03-12&to=2014-03-13');
    await page.keyboard.press('Enter');
    await page.getByText(/of 2 pumps, 2014-03-14 – 2014-03-14/).waitFor();
    expect(await page.getByLabel('To').inputValue()).toBe('2014-03-14');
    await page.getByLabel('To').focus();
    await page.keyboard.type('03132014');
    for (let i = 0; i < 2; i++) await page.keyboard.press('Tab');
    await page.getByText(/of 2 pumps, 2014-03-13 – 2014-03-13/).waitFor();
    await page.getByLabel('From').focus();
    await page.keyboard.type('01010201');
    await page.getByRole('heading', { level: 1 }).click();
    expect(await page.getByLabel('From').inputValue()).toBe('2014-03-13');
    expect(new URL(page.url()).search).toBe('?from=2014-03-13&to=2014-03-13');
  });

  test.each(['from=garbage&to=2014-03-15', 'from=2014-03-15&to=2014-03-14', 'month=2014-13'])(
    'says so where the address has a period that can’t be understood: %s',
    async (period) => {
      const page = await open(`/daily?${period}`);
      await page.getByText('The address has no valid range, so March 2014 is shown.').waitFor();
      await page.getByRole('button', { name: 'The month before' }).click();
      await page.getByText('The address has no valid range').waitFor({ state: 'detached' });
    },
  );

  test('opens at the newest month that has summaries, and names it where nothing is summarised', async () => {
    await site.take('april.csv', minutes('BUTTE', '2014-04-02T08:00', [80]));
    const page = await open('/daily');
    await page.getByText(/of 2 pumps, March 2014/).waitFor();
    await page.goto(`${site.url}/daily?month=2014-04`);
    await page.getByText('Nothing of April 2014 is summarised yet.').waitFor();
    await page.getByText('No time is configured for it').waitFor();
    await page.getByRole('link', { name: 'March 2014' }).click();
    await page.getByText(/of 2 pumps, March 2014/).waitFor();
  });

  test('has the newest days in sight where there is no room for all', async () => {
    const page = await open('/daily?from=2014-03-12&to=2014-04-02', { width: 360 });
    await expect
      .poll(() => page.locator('.heat-map').evaluate((map) => (map as unknown as { scrollLeft: number }).scrollLeft))
      .toBeGreaterThan(0);
  });

  test('a day that is not over is neither missing nor late', async () => {
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago' }).format();
    await site.take('today.csv', minutes('BUTTE', `${today}T00:00`, [80]));
    const page = await open(`/daily?from=${today}&to=${today}`);
    expect(await cells(page)).toEqual([['BUTTE', 'not over']]);
    expect((await rows(page))[0]).toContain('today, not over');
    expect(await page.locator('.showing').innerText()).not.toContain('missing');
  });

  test('gives the days of the range away as CSV', async () => {
    const page = await open('/daily?from=2014-03-14&to=2014-03-14');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
    expect(file.suggestedFilename()).toBe('daily_2014-03-14_2014-03-14.csv');
    expect(readFileSync(await file.path(), 'utf8').trim().split('\n')).toHaveLength(3);
  });

  test.each([{ width: 1280 }, { width: 360, dark: true }])('passes axe and does not scroll sideways: %j', async (options) => {
    const page = await open('/daily', options);
    await expectNoSidewaysScroll(page);
    expect(await axeViolations(page)).toEqual([]);
  });
});

/** The heat map, row by row, with the pump first. */
function cells(page: Page): Promise<string[][]> {
  return page
    .locator('.heat-map tbody tr')
    .evaluateAll((lines) =>
      lines.map((line) => [...(line as unknown as { querySelectorAll(what: string): Iterable<{ innerText: string }> }).querySelectorAll('th, td.heat')].map(({ innerText }) => innerText.trim())),
    );
}

async function rows(page: Page): Promise<string[]> {
  return (await page.getByRole('table', { name: 'Pump-days' }).locator('tbody tr').allInnerTexts()).map((text) =>
    text.replace(/\s+/g, ' ').trim(),
  );
}
