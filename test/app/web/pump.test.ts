import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, expectNoSidewaysScroll, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite } from '../../support/runningSite.ts';
import { drag, fingers, isDrawn, plotBox, READBACK, viewOf, widthOf } from './chart.ts';
import { sitePumps, STRANGE } from './pumpSite.ts';

const LINK = '/pumps/COHUTTA?from=2014-03-14T08%3A00%3A00&to=2014-03-14T14%3A00%3A00';

describe.runIf(hasBrowser)('the screen of a pump', () => {
  let browser: Browser;
  let site: RunningSite;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), sitePumps()]);
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
  });

  const open = async (path: string, options = {}): Promise<Page> => {
    const page = await openPage(browser, site.url + path, options);
    await page.locator('.u-over').last().waitFor();
    return page;
  };

  test('on paper the curves have its width and light colours, and nothing that can be pressed is there; the screen is as it was afterwards', async () => {
    const page = await open(LINK, { dark: true });
    const look = () => page.evaluate('[...document.querySelectorAll(".u-wrap")].map((one) => one.style.width).concat(document.documentElement.dataset.theme)');
    const before = await look();
    await page.setViewportSize({ width: 703, height: 1000 });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expect.poll(look).toEqual([...Array.from({ length: 6 }, () => '680px'), 'light']);
    await expectNoSidewaysScroll(page);
    expect(await page.getByRole('button').filter({ visible: true }).count()).toBe(0);
    expect(await page.locator('.print-head').innerText()).toMatch(/^Demo field: .*COHUTTA.* As of \d{4}-.*America\/Chicago.*pumps\/COHUTTA/);
    expect(await page.getByRole('table').last().isVisible()).toBe(true);
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await page.setViewportSize({ width: 1280, height: 900 });
    await expect.poll(look).toEqual(before);
  });

  test('says first what is wrong, since when, and whom to call', async () => {
    const page = await open('/pumps/COHUTTA');
    expect(await fact(page, 'State')).toEqual([
      'HIGH Pressure below 5 psi',
      'since 2014-03-14 13:20, 40 readings, worst 0 psi',
      'no reading since 2014-03-14 13:59',
      '1 alarm in 24 h, 1 alarm in 7 d',
    ]);
    expect((await fact(page, 'Last reading')).slice(0, 2)).toEqual(['Pressure', '0 psi']);
    expect(await fact(page, 'Whom to call')).toEqual(['D.Pitre', 'Bearing seal', '2014-03-13, the last maintenance']);
    expect(await page.locator('figcaption b').allInnerTexts()).toEqual([
      'Pressure',
      'Speed',
      'Displacement',
      'Flow',
      'Sediment',
      'Chlorine',
    ]);
  });

  test('flags a pump that the vendor file does not list, and shows its id as text', async () => {
    const page = await open(`/pumps/${encodeURIComponent(STRANGE)}`);
    expect(await page.locator('h1').innerText()).toBe(STRANGE);
    expect((await fact(page, 'Pump'))[0]).toMatch(/^Unknown pump\./);
  });

  test('says of a pump without readings, and of one that nobody knows, what is the matter', async () => {
    const page = await openPage(browser, `${site.url}/pumps/BUTTE`);
    await page.getByText('There is no reading of this pump.').waitFor();
    const other = await openPage(browser, `${site.url}/pumps/NOBODY`, { expectedErrors: /404/ });
    await other.getByText('There is no such pump.').waitFor();
  });

  test('another limit is dragged over the curve, or moved by keys, and its alarms are counted beside those in force', async () => {
    const page = await open(LINK);
    await page.getByText('Try another limit').click();
    const line = page.getByRole('slider', { name: 'Limit of low-psi' });
    const outcome = page.locator('.limit-trial [role=status]');
    await outcome.getByText('low-psi below 5 psi').waitFor();
    expect(await outcome.innerText()).toContain('would have made 1 alarm in this range, where the rules in force made 1; 0 gained, 0 lost.');
    await line.scrollIntoViewIfNeeded();
    const [at, curve] = [(await line.boundingBox())!, (await page.locator('.trial-curve').boundingBox())!];
    await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
    await page.mouse.down();
    await page.mouse.move(at.x + at.width / 2, curve.y + curve.height / 2, { steps: 4 });
    await page.mouse.up();
    await outcome.getByText(/^low-psi below [345]\d(\.\d+)? psi: would have made 1 alarm /).waitFor();
    await line.focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press('PageDown');
    await expect.poll(() => outcome.innerText()).toBe('low-psi below 0 psi: would have made 0 alarms in this range, where the rules in force made 1; 0 gained, 1 lost. Nothing is changed by trying.');
    expect(await axeViolations(page)).toEqual([]);
  });

  test('says where a reading came from: file, line and time of receipt', async () => {
    const page = await open('/pumps/COHUTTA');
    await page.getByLabel('Time of the reading').fill('2014-03-14T08:02');
    await page.getByRole('button', { name: 'Trace' }).click();
    await page.getByRole('row', { name: /^Pressure 82 a\.csv, line 3 / }).waitFor();
    expect(page.url()).toContain('trace=2014-03-14T08%3A02');
    expect(await axeViolations(page)).toEqual([]);
  });

  test('zooms by dragging; the address holds the view, Back undoes it, and the link shows a colleague the same', async () => {
    const page = await open(LINK);
    await drag(page, 0.25, 0.5);
    await expect.poll(() => viewOf(page)).toMatch(/^2014-03-14T09:(29|30):\d\d 2014-03-14T(10:59|11:00):\d\d$/);
    await page.mouse.move(1, 1);
    const shown = await page.locator('.time-readout').innerText();
    const other = await open(page.url().slice(site.url.length));
    expect(await other.locator('.time-readout').innerText()).toBe(shown);
    await page.goBack();
    expect(page.url()).toBe(site.url + LINK);
    await expect.poll(() => page.locator('.time-readout').innerText()).toContain('2014-03-14 08:00 – 2014-03-14 14:00');
  });

  test('moves by Shift and drag, zooms by Ctrl and wheel; without Ctrl the wheel scrolls the page', async () => {
    const page = await open(LINK);
    await page.keyboard.down('Shift');
    await drag(page, 0.5, 0.25);
    await page.keyboard.up('Shift');
    await expect.poll(() => viewOf(page)).toMatch(/^2014-03-14T09:(29|30):\d\d 2014-03-14T15:(29|30):\d\d$/);
    const moved = page.url();
    const { x, y, width } = await plotBox(page);
    await page.mouse.move(x + width / 2, y + 20);
    await page.mouse.wheel(0, 100);
    await expect.poll(() => page.evaluate<number>('scrollY')).toBeGreaterThan(0);
    expect(page.url()).toBe(moved);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(() => page.url()).not.toBe(moved);
    expect(widthOf(page)).toBeLessThan(6 * 3600_000);
  });

  test('is read with the keyboard: the cursor tells time and values politely', async () => {
    const page = await open(LINK);
    await page.locator('.curves-group').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const said = page.locator('[aria-live=polite]');
    await expect
      .poll(() => said.textContent())
      .toBe('2014-03-14 08:01: Pressure 81.0 psi, Speed 10.27 Hz, Displacement 1.73, Flow 881, Sediment 1.56 ppm, Chlorine 1.94 ppm');
    expect(await page.locator('.time-readout').innerText()).toContain('2014-03-14 08:01');
    expect(await page.locator('figcaption').first().innerText()).toContain('81.0 psi');
    await page.keyboard.press('End');
    await expect.poll(() => said.textContent()).toContain('2014-03-14 13:59: Pressure 0.0 psi');
  });

  test('pans and zooms with the keyboard, and 0 leads back', async () => {
    const page = await open(LINK);
    await page.locator('.curves-group').focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => viewOf(page)).toBe('2014-03-14T06:48:00 2014-03-14T12:48:00');
    await page.keyboard.press('+');
    await expect.poll(() => viewOf(page)).toBe('2014-03-14T08:18:00 2014-03-14T11:18:00');
    await page.keyboard.press('-');
    await expect.poll(() => viewOf(page)).toBe('2014-03-14T06:48:00 2014-03-14T12:48:00');
    await page.keyboard.press('0');
    await expect.poll(() => page.url()).toBe(site.url + LINK);
  });

  test('has a table of the shown points one key away, and gives the focus back', async () => {
    const page = await open(LINK);
    await page.locator('.curves-group').focus();
    await page.keyboard.press('t');
    const table = page.getByRole('table', { name: 'The shown points' });
    expect(await table.locator('tbody tr').count()).toBe(240);
    const first = table.locator('tbody tr').first().locator('th, td');
    expect(await first.allInnerTexts()).toEqual(['2014-03-14 08:00', '80.0', '10.27', '1.73', '881', '1.56', '1.94']);
    await page.keyboard.press('Escape');
    expect(await table.count()).toBe(0);
    expect(await page.evaluate<string>('document.activeElement.className')).toBe('curves-group');
  });

  test('draws a gap in the data as a gap in the line', async () => {
    const page = await open(LINK, { expectedErrors: READBACK });
    await expect.poll(() => isDrawn(page, { part: 'line', x: [0.15, 0.2], y: [0, 0.8] })).toBe(true);
    expect(await isDrawn(page, { part: 'line', x: [0.55, 0.8], y: [0, 0.8] })).toBe(false);
    expect(await isDrawn(page, { part: 'line', x: [0.85, 0.88], y: [0, 0.8] })).toBe(true);
  });

  test('shades where a limit was broken, and draws the limit and what was done to the pump', async () => {
    const page = await open(LINK, { expectedErrors: READBACK });
    await expect.poll(() => isDrawn(page, { part: 'shade-high', x: [0.9, 0.99] })).toBe(true);
    expect(await isDrawn(page, { part: 'shade-high', x: [0, 0.88] })).toBe(false);
    expect(await isDrawn(page, { part: 'limit', x: [0, 0.5], y: [0.8, 1] })).toBe(true);
    expect(await isDrawn(page, { part: 'limit', x: [0, 0.5], y: [0, 0.8] })).toBe(false);
    expect(await isDrawn(page, { part: 'mark', x: [0, 1], y: [0, 0.03] })).toBe(false);
    await page.getByRole('table', { name: 'Maintenance of COHUTTA' }).getByRole('link', { name: '2014-03-13' }).click();
    await expect.poll(() => isDrawn(page, { part: 'mark', x: [0.32, 0.35], y: [0, 0.03] })).toBe(true);
  });

  test('draws a value outside the scale as an arrow at the edge', async () => {
    const page = await open('/pumps/WILD?from=2014-03-14T08:00:00&to=2014-03-14T09:00:00', { expectedErrors: READBACK });
    await expect.poll(() => isDrawn(page, { part: 'limit', x: [0.48, 0.52], y: [0, 0.06] })).toBe(true);
    expect(await isDrawn(page, { part: 'limit', x: [0, 0.45], y: [0, 0.06] })).toBe(false);
  });

  test('has a scale for what is seen, not for what is loaded beside it', async () => {
    const page = await open('/pumps/STEP?from=2014-03-14T09:00:00&to=2014-03-14T09:59:00', { expectedErrors: READBACK });
    await page.locator('figcaption', { hasText: '20 to 29 psi' }).waitFor();
    await expect.poll(() => isDrawn(page, { part: 'line', x: [0.2, 0.8], y: [0, 0.4] })).toBe(true);
  });

  test('has one cursor for all curves', async () => {
    const page = await open(LINK);
    const { x, y, width } = await plotBox(page);
    await page.mouse.move(x + width / 6, y + 30);
    await expect.poll(() => page.locator('.time-readout').innerText()).toMatch(/2014-03-14 (08:59|09:0[01]) /);
    expect(await page.locator('.curve[data-measure=flo] figcaption').innerText()).toMatch(/Flow\s+881/);
    const cursor = (await page.locator('.curve[data-measure=flo] .u-cursor-x').boundingBox())!;
    expect(Math.abs(cursor.x - (x + width / 6))).toBeLessThan(6);
  });

  test('draws its curves in the colours of the theme, and again when it changes', async () => {
    const page = await open(LINK, { dark: true, expectedErrors: READBACK });
    expect(await axeViolations(page)).toEqual([]);
    expect(await isDrawn(page, { part: 'line', x: [0.15, 0.2], y: [0, 0.8] })).toBe(true);
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect.poll(() => isDrawn(page, { part: 'line', x: [0.15, 0.2], y: [0, 0.8] })).toBe(true);
  });

  test('counts its presets back from the last reading, and takes dates', async () => {
    const page = await open('/pumps/COHUTTA');
    await page.getByRole('button', { name: '6h' }).click();
    expect(page.url()).toContain('range=6h');
    expect(await page.locator('.time-readout').innerText()).toContain('2014-03-14 08:00 – 2014-03-14 13:59');
    await page.getByLabel('From').fill('2014-03-14T09:30');
    await expect.poll(() => viewOf(page)).toBe('2014-03-14T09:30:00 2014-03-14T13:59:00');
    await page.getByLabel('To', { exact: true }).fill('2014-03-14T09:00');
    await expect.poll(() => viewOf(page)).toBe('2014-03-14T04:31:00 2014-03-14T09:00:00');
  });

  test('takes a range that is typed when the field is left or at Enter, and an end that passes the other takes it along', async () => {
    const page = await open('/pumps/COHUTTA?range=6h');
    await page.getByLabel('From').focus();
    await page.keyboard.type('03142014093');
    const between = page.url();
    await page.keyboard.type('0AM');
    expect(page.url()).toBe(between);
    expect(between).toContain('range=6h');
    await page.keyboard.press('Enter');
    await expect.poll(() => viewOf(page)).toBe('2014-03-14T09:30:00 2014-03-14T13:59:00');
    await page.getByLabel('From').focus();
    await page.keyboard.press('ArrowUp');
    await page.getByRole('heading', { level: 1 }).click();
    await expect.poll(() => viewOf(page)).toBe('2014-03-14T21:30:00 2014-03-15T01:59:00');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2014-03-15T01:59');
    await page.getByLabel('To', { exact: true }).focus();
    await page.keyboard.type('01010020');
    await page.getByRole('heading', { level: 1 }).click();
    expect(viewOf(page)).toBe('2014-03-14T21:30:00 2014-03-15T01:59:00');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2014-03-15T01:59');
  });

  test('says so where the address has a range that can’t be understood', async () => {
    for (const range of ['from=garbage&to=2014-03-15', 'from=2014-03-15&to=2014-03-14', 'range=9x']) {
      const page = await open(`/pumps/COHUTTA?${range}`);
      await page.getByText('The address has no valid range, so the last 24 h up to the last reading are shown.').waitFor();
      await page.getByRole('button', { name: '6h' }).click();
      await page.getByText('The address has no valid range').waitFor({ state: 'detached' });
    }
  });

  test('what is typed stays while readings come', async () => {
    const page = await open('/pumps/BUSY?range=1h');
    await page.getByLabel('From').focus();
    await page.keyboard.type('031420');
    await site.take('busy.csv', minutes('BUSY', '2014-03-14T10:00', [81]));
    await expect.poll(() => page.getByLabel('To', { exact: true }).inputValue()).toBe('2014-03-14T10:00');
    await page.keyboard.type('14', { delay: 10 });
    await page.keyboard.type('0815AM');
    await page.keyboard.press('Enter');
    await expect.poll(() => viewOf(page)).toBe('2014-03-14T08:15:00 2014-03-14T10:00:00');
  });

  test('lists the alarms of the range, each with a link to half an hour around it', async () => {
    const page = await open('/pumps/COHUTTA');
    await page.getByRole('table', { name: 'Alarms of COHUTTA' }).getByRole('link', { name: '2014-03-14 13:20' }).click();
    expect(viewOf(page)).toBe('2014-03-14T12:50:00 2014-03-14T14:29:00');
    await page.goto(`${site.url}/pumps/COHUTTA?from=2014-03-14T13:30:00&to=2014-03-14T13:40:00`);
    await page.getByText('1 alarm, 2014-03-14 13:30 – 2014-03-14 13:40').waitFor();
    await page.goto(`${site.url}/pumps/COHUTTA?from=2014-03-14T08:00:00&to=2014-03-14T09:00:00`);
    await page.getByText('No rule was broken in this range.').waitFor();
    expect(await page.getByRole('table', { name: 'Maintenance of COHUTTA' }).locator('tbody tr').allInnerTexts()).toEqual([
      '2014-03-13\tBearing seal\tD.Pitre',
      '2011-03-15\tInstall\tJ.Thomas',
    ]);
  });

  test('gives away the readings that are seen as CSV, and the picture as PNG', async () => {
    const page = await open('/pumps/COHUTTA?from=2014-03-14T08:00:00&to=2014-03-14T08:29:00');
    const csv = await download(page, 'CSV');
    expect(csv.name).toBe('COHUTTA_2014-03-14T08-00-00_2014-03-14T08-29-00.csv');
    expect(csv.content.toString().trim().split('\n')).toHaveLength(31);
    const png = await download(page, 'PNG');
    expect(png.name).toBe('COHUTTA_2014-03-14T08-00-00_2014-03-14T08-29-00.png');
    expect(png.content.subarray(1, 4).toString()).toBe('PNG');
    const [width, height] = [png.content.readUInt32BE(16), png.content.readUInt32BE(20)];
    expect(width).toBeGreaterThan(900);
    expect(height).toBeGreaterThan(800);
  });

  test('on a phone, moves under one finger and zooms under two, and does not scroll sideways', async () => {
    const page = await open(LINK, { width: 360 });
    await expectNoSidewaysScroll(page);
    expect(await axeViolations(page)).toEqual([]);
    await page.locator('.u-over').first().scrollIntoViewIfNeeded();
    const { x, y, width } = await plotBox(page);
    const touch = await fingers(page, y + 40);
    await touch([[x + width * 0.75]], [[x + width * 0.5]]);
    await expect.poll(() => viewOf(page)).toMatch(/^2014-03-14T09:[23]\d:\d\d 2014-03-14T15:[23]\d:\d\d$/);
    await touch([[x + width * 0.4], [x + width * 0.6]], [[x + width * 0.3], [x + width * 0.7]]);
    await expect.poll(() => widthOf(page)).toBeLessThan(3.5 * 3600_000);
  });

  test('where there are more alarms than can be drawn, says so and hatches what is not known', async () => {
    const page = await open('/pumps/FLAPPING', { expectedErrors: READBACK });
    await page.getByText('There are more than 500 alarms around here: zoom in to see each.').waitFor();
    await page
      .getByRole('img', { name: 'more than 500 alarms in this range' })
      .locator('.state-unknown')
      .waitFor({ state: 'attached' });
    await page.goto(`${site.url}/pumps/FLAPPING?from=2014-03-14T08:00:00&to=2014-03-14T09:00:00`);
    await page.getByText('30 alarms, 2014-03-14 08:00 – 2014-03-14 09:00').waitFor();
    expect(await page.locator('.state-unknown').count()).toBe(0);
    await page.goto(`${site.url}/pumps?q=FLAPPING`);
    await page.getByText('More than 500 alarms: hatched where it is not known what was wrong.').waitFor();
  });

  test('takes the widest range there is, and a preset begins no earlier than the data', async () => {
    const page = await open('/pumps/COHUTTA?from=0000-01-01&to=9999-12-31');
    expect(await page.locator('.time-readout').innerText()).toContain('0000-01-01 00:00 – 9999-12-31 00:00');
    // One that shows no more than a shorter one is none.
    expect(await page.getByRole('button', { name: '24h' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: '6h' }).click();
    await expect.poll(() => page.locator('.time-readout').innerText()).toContain('2014-03-14 08:00 – 2014-03-14 13:59');
  });

  test('follows the newest reading where the view ends there, and stays elsewhere', async () => {
    const following = await open('/pumps/COHUTTA?range=1h');
    const fixed = await open(LINK);
    const elsewhere = await open('/pumps/COHUTTA?from=2014-03-14T08:00:00&to=2014-03-14T09:00:00');
    await site.take('b.csv', minutes('COHUTTA', '2014-03-14T14:00', [85, 86, 87]));
    await expect
      .poll(() => following.locator('.time-readout').innerText(), { timeout: 60_000 })
      .toContain('2014-03-14 13:02 – 2014-03-14 14:02');
    await expect.poll(() => viewOf(fixed), { timeout: 60_000 }).toBe('2014-03-14T08:02:00 2014-03-14T14:02:00');
    for (const page of [following, elsewhere])
      await page.locator('.pump-head').getByText('with the last reading no alarm was active.').waitFor();
    expect(await elsewhere.locator('.time-readout').innerText()).toContain('2014-03-14 08:00 – 2014-03-14 09:00');
    await fixed.goBack();
    expect(fixed.url()).not.toContain('/pumps');
  });
});

async function download(page: Page, name: string): Promise<{ readonly name: string; readonly content: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name, exact: true }).click()]);
  return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
}

/** The lines below a heading at the top of the screen. */
async function fact(page: Page, title: string): Promise<string[]> {
  const section = page.locator('.pump-head section').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
  const lines = (await section.innerText()).split('\n').map((line) => line.trim()).filter(Boolean);
  return lines.slice(1);
}
