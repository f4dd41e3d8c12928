import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoSidewaysScroll, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';
import { until } from '../../support/waiting.ts';

const VENDORS = ['TECHE,HYDROPUMP,4/12/21,7/19/21,GULFCAM,29.701312,-91.204417', 'SABINE,HYDROPUMP,4/12/21,7/19/21,DELTAPUMP,29.7,-91.2'];
const MAINTENANCE = ['TECHE,7/19/21,M. Landry,Install', 'TECHE,8/10/21,C. Robichaux,Adjust bearing alignment'];
/** What is over needs nobody here. */
const RULES = '[{id: low-psi, measure: psi, below: 5, priority: high, acknowledge: false}]';
const FINE = Array.from({ length: 40 }, () => 80);

/** What comes in above may move a row from under a pointer that stands still. */
async function keepPointerOn(row: Locator): Promise<void> {
  await row.hover({ timeout: 2000 }).catch(() => undefined);
}

describe.runIf(hasBrowser)('the alerts screen', () => {
  let browser: Browser;
  let site: RunningSite;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite({ pumps: VENDORS, maintenance: MAINTENANCE, env: { WELLWATCH_RULES: RULES } })]);
    await site.take('first.csv', [
      ...minutes('TECHE', '2026-03-01T10:00', [...FINE, 4.5, 2.5, 3]),
      ...minutes('SABINE', '2026-03-01T09:30', [...FINE, 1, ...FINE]),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
  });

  const row = (page: Page, pump: string) => page.getByRole('row').filter({ hasText: pump });

  test('on a window of 1024 px the head of the list stands above its first row, not over it', async () => {
    const page = await openPage(browser, site.url, { width: 1024 });
    await row(page, 'TECHE').waitFor();
    const [head, first] = await page.evaluate<[number, number]>(
      '[...document.querySelectorAll(".alarm-table thead th, .alarm-table tbody tr")].filter((one, i) => i === 0 || one.matches("tbody tr:first-child")).map((one, i) => one.getBoundingClientRect()[i === 0 ? "bottom" : "top"])',
    );
    expect(head).toBeLessThanOrEqual(first + 1);
    await expectNoSidewaysScroll(page);
  });

  test('the figures of the alarms have their targets and who sets them', async () => {
    const page = await openPage(browser, site.url);
    await page.getByText('How good the alarms are').click();
    const table = page.getByRole('table', { name: /^Figures of the alarms/ });
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBeGreaterThanOrEqual(14 + 1);
    expect(await table.innerText()).toMatch(/ISA-18\.2-2016 §16/);
  });

  test('a pump that is below its limit stands in a sentence and in a row, with what was last done to it and by whom', async () => {
    const page = await openPage(browser, site.url);
    await row(page, 'TECHE').waitFor();
    await page.getByRole('heading', { level: 1, name: 'HIGH' }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(
      /HIGH\s+1 pump is below 5 psi:\s+TECHE 3 psi since 2026-03-01 10:40 \(no reading since 2026-03-01 10:42\)/,
    );
    const text = await row(page, 'TECHE').innerText();
    for (const part of [
      'HIGH',
      'low-psi',
      '2026-03-01 10:40',
      'still active',
      '3',
      '2.5 psi',
      'below 5 psi',
      'GULFCAM',
      '2021-08-10',
      'Adjust bearing alignment',
      'C. Robichaux',
    ])
      expect(text).toContain(part);
    expect(await page.title()).toBe('(1) Alerts – Demo field');
  });

  test('only what goes on is shown at first; the rest is one click away, in the URL, and Back undoes it', async () => {
    const page = await openPage(browser, site.url);
    await row(page, 'TECHE').waitFor();
    expect(await row(page, 'SABINE').count()).toBe(0);
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await row(page, 'SABINE').waitFor();
    expect(page.url()).toBe(`${site.url}/?show=all`);
    expect(await page.getByText('2 of 2 alarms, any time').count()).toBe(1);
    await page.goBack();
    await row(page, 'SABINE').waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${site.url}/`);
  });

  test('a link with filters shows what they say', async () => {
    const page = await openPage(browser, `${site.url}/?show=all&q=sab&range=dates&from=2026-03-01&to=2026-03-01`);
    await page.getByText('1 of 1 alarm, from 2026-03-01 to 2026-03-01, pumps with “sab”').waitFor();
    expect(await row(page, 'SABINE').count()).toBe(1);
    await page.getByLabel('Range').selectOption('24h');
    await page.getByText('No alarm fits these filters.').waitFor();
    expect(new URL(page.url()).searchParams.get('range')).toBe('24h');
  });

  test('a row opens in place to the readings around it and the whole history, and the link opens the same', async () => {
    const page = await openPage(browser, site.url);
    await page.getByRole('button', { name: 'HIGH low-psi' }).click();
    await page.getByText('Install, M. Landry').waitFor();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.getByRole('table', { name: 'The shown points' }).getByText('2026-03-01 10:41').waitFor();
    expect(await page.getByRole('link', { name: 'All curves of its whole time' }).getAttribute('href')).toBe(
      '/pumps/TECHE?from=2026-03-01T10%3A10%3A00&to=2026-03-01T11%3A12%3A00',
    );
    const again = await openPage(browser, page.url());
    await again.getByText('Install, M. Landry').waitFor();
  });

  test('a link to an alarm opens it too when it has ended meanwhile, and says so where there is none', async () => {
    const link = `${site.url}/?open=${encodeURIComponent('2026-03-01T10:10:00 low-psi SABINE')}`;
    const page = await openPage(browser, link);
    await page.getByText('The alarm that this link opens has ended: it is not among those below.').waitFor();
    expect(await page.getByRole('table', { name: 'The alarm that this link opens' }).innerText()).toContain('SABINE');
    await page.getByText('Half an hour before and after it began').waitFor();
    await page.getByRole('button', { name: 'low-psi', expanded: true }).click();
    await row(page, 'SABINE').waitFor({ state: 'detached' });
    await page.goto(`${link}&q=nothing`);
    await page.getByText('No alarm fits these filters.').waitFor();
    await row(page, 'SABINE').first().waitFor();
    for (const none of ['2026-03-01T10:11:00 low-psi NOBODY', '2026-03-01 low-psi', 'x']) {
      await page.goto(`${site.url}/?open=${encodeURIComponent(none)}`);
      await page.getByText('The alarm that this link opens is not there:').waitFor();
    }
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('The alarm that this link opens').waitFor({ state: 'detached' });
  });

  test('the alarms are taken away as CSV', async () => {
    const page = await openPage(browser, `${site.url}/?show=all`);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
    expect(file.suggestedFilename()).toBe('alarms.csv');
    const text = (await (await file.createReadStream()).toArray()).join('');
    expect(text).toMatch(/^pump,rule,.*\r?\nTECHE,low-psi,.*\r?\nSABINE,low-psi,/);
  });

  test('what began and what ended is listed, the newest first', async () => {
    const page = await openPage(browser, site.url);
    const changes = page.getByRole('region', { name: 'Recent changes' }).getByRole('listitem');
    await changes.first().waitFor();
    const lines = await changes.allInnerTexts();
    expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual([
      'TECHE low-psi began 2026-03-01 10:40', 'SABINE low-psi ended 2026-03-01 10:11', 'SABINE low-psi began 2026-03-01 10:10',
    ]);
  });

  test('a file that is dropped shows its alert without a reload, and counts it in the title unless that is switched off', async () => {
    const page = await openPage(browser, site.url);
    await row(page, 'TECHE').waitFor();
    await page.evaluate('window.notReloaded = true');
    await page.mouse.move(0, 0);
    site.drop('live.csv', minutes('VERMILION', '2026-03-02T08:00', [80, 3]));
    await row(page, 'VERMILION').waitFor();
    expect(await row(page, 'VERMILION').innerText()).toContain('unknown pump');
    await expect.poll(() => page.title()).toBe('(2) Alerts – Demo field');
    expect(await page.evaluate('window.notReloaded')).toBe(true);
    await page.getByLabel('Count in title').uncheck();
    await expect.poll(() => page.title()).toBe('Alerts – Demo field');
    site.drop('over.csv', minutes('VERMILION', '2026-03-02T08:02', [80]));
    await row(page, 'VERMILION').waitFor({ state: 'detached' });
  });

  test('a new alert is heard only where sound is switched on, which is remembered', async () => {
    const page = await openPage(browser, site.url);
    const countTones = () =>
      page.evaluate(
        'window.tones = 0; window.OscillatorNode = class extends OscillatorNode { start(at) { window.tones += 1; super.start(at); } }',
      );
    await row(page, 'TECHE').waitFor();
    await countTones();
    site.drop('silent.csv', minutes('LAFOURCHE', '2026-03-02T08:00', [80, 3]));
    await row(page, 'LAFOURCHE').waitFor();
    expect(await page.evaluate('window.tones')).toBe(0);
    await page.getByLabel('Sound').check();
    await page.reload();
    expect(await page.getByLabel('Sound').isChecked()).toBe(true);
    await countTones();
    await row(page, 'LAFOURCHE').waitFor();
    site.drop('loud.csv', minutes('CALCASIEU', '2026-03-02T08:00', [80, 3]));
    await row(page, 'CALCASIEU').waitFor();
    await until(async () => await page.evaluate('window.tones') === 4);
  });

  test('while the pointer is in the table an alarm that ends says so at once, where it stands', async () => {
    await site.take('begins.csv', minutes('OUACHITA', '2026-03-04T08:00', [80, 3]));
    const page = await openPage(browser, site.url);
    await row(page, 'OUACHITA').hover();
    expect(await row(page, 'OUACHITA').innerText()).toContain('still active');
    site.drop('ends.csv', minutes('OUACHITA', '2026-03-04T08:02', [2, 80]));
    await expect.poll(async () => {
      await keepPointerOn(row(page, 'OUACHITA'));
      return row(page, 'OUACHITA').innerText({ timeout: 2000 }).catch(() => 'no row');
    }, { timeout: 60_000 }).toMatch(/2026-03-04 08:02\s+after 1 min/);
    expect(await row(page, 'OUACHITA').innerText()).not.toContain('still active');
  });

  test('while the pointer is in the table a new alarm waits behind a line that says so', async () => {
    const page = await openPage(browser, `${site.url}/?show=all`);
    await row(page, 'SABINE').hover();
    site.drop('waiting.csv', minutes('MERMENTAU', '2026-03-03T08:00', [80, 3]));
    const news = page.getByRole('button', { name: '1 new – show' });
    await expect.poll(async () => {
      await keepPointerOn(row(page, 'SABINE'));
      return news.isVisible();
    }, { timeout: 60_000 }).toBe(true);
    expect(await row(page, 'MERMENTAU').count()).toBe(0);
    await news.click();
    await row(page, 'MERMENTAU').waitFor();
  });

  test('an alarm that began today is told by how long it lasts', async () => {
    const began = new Intl.DateTimeFormat('sv', { timeZone: 'America/Chicago', dateStyle: 'short', timeStyle: 'short' }).format(
      Date.now() - 600_000,
    );
    await site.take('today.csv', minutes('TENSAS', began.replace(' ', 'T'), [3, 3]));
    const page = await openPage(browser, site.url);
    await row(page, 'TENSAS').waitFor();
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).innerText(), { timeout: 60_000 })
      .toMatch(/TENSAS 3 psi for 1 min, silent for \d+ min/);
    expect(await row(page, 'TENSAS').innerText()).toMatch(/1\d min ago\s+still active\s+1 min in alarm, silent for \d+ min/);
  });
});
