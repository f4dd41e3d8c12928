import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, expectNoSidewaysScroll, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

const BUILT = fileURLToPath(new URL('../../../dist/app/web', import.meta.url));

/** Texts that would run, or stand as markup, wherever they were taken for more than text. */
const IMAGE = '<img src=x onerror=window.ran=1>';
const SCRIPT = '<script>window.ran=1<∕script>';
const VENDOR = '<b onmouseover=window.ran=1>ACME</b>';
const TECHNICIAN = '\'"><svg onload=window.ran=1>';

const SCREENS = {
  alerts: ['/?show=all', 'low-psi'],
  pumps: ['/pumps', 'outside their limits'],
  maintenance: ['/maintenance', 'newest first'],
  streaming: ['/streaming', 'that are remembered'],
  quality: ['/quality', 'rejects, newest first'],
  sql: ['/sql?q=SELECT%20vendor%20FROM%20pumps', '1 row'],
} as const;
const names = Object.keys(SCREENS) as (keyof typeof SCREENS)[];

test('the scripts of the first screen take at most 65 kB, compressed, all together 105 kB, and nothing stands inline', () => {
  const scripts = readdirSync(join(BUILT, 'assets')).filter((name) => name.endsWith('.js'));
  const html = readFileSync(join(BUILT, 'index.html'), 'utf8');
  const size = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + gzipSync(readFileSync(join(BUILT, 'assets', name))).length, 0);
  const first = scripts.filter((name) => html.includes(name));
  expect(first.length).toBeGreaterThan(0);
  expect(first.length).toBeLessThan(scripts.length);
  expect(size(first)).toBeLessThanOrEqual(65_000);
  expect(size(scripts)).toBeLessThanOrEqual(105_000);
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
});

describe.runIf(hasBrowser)('every screen', () => {
  let browser: Browser;
  let site: RunningSite;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite({
      pumps: [`"${IMAGE}",${SCRIPT},4/12/21,7/19/21,${VENDOR},29.701312,-91.204417`],
      maintenance: [`"${IMAGE}",7/19/21,"${TECHNICIAN.replace('"', '""')}",Install ${SCRIPT}`],
    })]);
    await site.take('<svg onload=window.ran=1>.csv', [
      ...minutes(IMAGE, '2026-03-01T10:00', [80, 80, 3]),
      ...minutes(SCRIPT, '2026-03-01T10:00', [80, 3, 80]),
      ...minutes('A-PUMP-WITH-A-RATHER-LONG-NAME-OF-SIXTY-FOUR-CHARACTERS-IN-ALL-1', '2026-03-01T10:00', [80, 3]),
      ...minutes('..', '2026-03-01T10:00', [81]),
      `${IMAGE},${SCRIPT}`,
      `TECHE,3/1/26,10:00,${IMAGE},1,1,1,1,1`,
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
  });

  const open = async (name: keyof typeof SCREENS, options: Parameters<typeof openPage>[2] = {}) => {
    const [path, sign] = SCREENS[name];
    const page = await openPage(browser, site.url + path, options);
    await page.getByText(sign).filter({ visible: true }).first().waitFor();
    return page;
  };

  test.each(names)('%s has nothing that an assistive program would stumble over', async (name) => {
    const page = await open(name);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Dark' }).click();
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
  });

  test.each(names)('%s fits a phone, is dark where that is preferred, and sound there as well', async (name) => {
    const page = await open(name, { dark: true, width: 360 });
    await expectNoSidewaysScroll(page);
    const boxes = await Promise.all(
      (await page.getByRole('navigation', { name: 'Screens' }).getByRole('link').all()).map((link) => link.boundingBox()),
    );
    expect(Math.min(...boxes.map((box) => box?.height ?? 0))).toBeGreaterThanOrEqual(44);
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    expect(await axeViolations(page)).toEqual([]);
  });

  test('the alarms keep within the window at any width, however long the name of a pump', async () => {
    const page = await open('alerts');
    for (const width of [820, 1024, 1300, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
    }
  });

  test('an alarm and a batch that are open are sound as well', async () => {
    const alerts = await open('alerts');
    await alerts.getByRole('button', { name: 'HIGH low-psi' }).first().click();
    await alerts.getByText('Maintenance, newest first').waitFor();
    expect(await axeViolations(alerts)).toEqual([]);
    const streaming = await open('streaming');
    await streaming.getByRole('group', { name: 'Batches' }).getByRole('button', { expanded: false }).first().click();
    await streaming.getByText('write to the table').waitFor();
    expect(await axeViolations(streaming)).toEqual([]);
  });

  test('texts of others are shown as the text they are', async () => {
    const shown: Record<keyof typeof SCREENS, readonly string[]> = {
      alerts: [IMAGE, SCRIPT, VENDOR, `Install ${SCRIPT}`, TECHNICIAN],
      pumps: [IMAGE, SCRIPT, VENDOR],
      maintenance: [IMAGE, VENDOR, `Install ${SCRIPT}`, TECHNICIAN],
      streaming: [],
      quality: [SCRIPT, '<svg onload=window.ran=1>.csv', `${IMAGE},${SCRIPT}`, `TECHE,3/1/26,10:00,${IMAGE},1,1,1,1,1`],
      sql: [VENDOR],
    };
    const page = await openPage(browser, site.url);
    for (const name of names.toReversed()) {
      const [path, sign] = SCREENS[name];
      await page.goto(site.url + path);
      await page.getByText(sign).filter({ visible: true }).first().waitFor();
      for (const text of shown[name]) expect(await page.getByText(text).count(), `${text} on ${name}`).toBeGreaterThan(0);
      expect(await page.evaluate('window.ran')).toBeUndefined();
    }
    await page.getByRole('button', { name: 'HIGH low-psi' }).first().click();
    await page.getByText('Maintenance, newest first').waitFor();
    await page.getByRole('row').getByRole('link', { name: IMAGE }).first().click();
    await page.getByRole('heading', { level: 1, name: IMAGE }).waitFor();
    expect(await page.evaluate('window.ran')).toBeUndefined();
  });

  test('a pump whose name a browser folds away in a path is reached all the same', async () => {
    const page = await openPage(browser, `${site.url}/pumps?q=..`);
    await page.getByRole('link', { name: '..', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '..', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/pumps/%2F..');
  });

  test('a path that no screen has says so', async () => {
    for (const path of ['/nope', '/daily/x', '/pumps/A/B']) {
      const page = await openPage(browser, site.url + path, { expectedErrors: /404/ });
      await page.getByText('There is no such screen.').waitFor();
    }
  });

  test('the policy allows no script but the page’s own', async () => {
    const response = await fetch(site.url);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'self'/);
    expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe/);
  });

  test('a screen that is opened by a link has the focus', async () => {
    const page = await open('alerts');
    await page.getByRole('link', { name: 'Daily' }).click();
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });
});
