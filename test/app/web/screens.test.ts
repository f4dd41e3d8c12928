import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

const HOUR = (psi: number) => Array.from({ length: 60 }, () => psi);

describe.runIf(hasBrowser)('the other screens', () => {
  let browser: Browser;
  let site: RunningSite;
  beforeAll(async () => {
    [browser, site] = await Promise.all([
      launchBrowser(),
      startSite({
        maintenance: ['TECHE,8/10/21,C. Robichaux,Adjust bearing alignment'],
        pumps: [
          'TECHE,HYDROPUMP,4/12/21,7/19/21,GULFCAM,29.701312,-91.204417',
          'ATCHAFALAYA,HYDROPUMP,9/3/19,1/27/20,DELTAPUMP,29.694105,-91.187763',
        ],
      }),
    ]);
    await site.take('readings.csv', [
      ...minutes('ATCHAFALAYA', '2026-03-01T10:00', HOUR(90)),
      ...minutes('SABINE', '2026-03-01T10:00', [...HOUR(70), 2, 70]),
      ...minutes('TECHE', '2026-03-01T10:00', [...HOUR(80), 1]),
    ]);
    await site.take('again.csv', [...minutes('TECHE', '2026-03-01T10:00', [80, 80]), 'ERROR']);
    await site.take('many.csv', Array.from({ length: 60 }, (_, i) => `broken ${i}`));
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
  });

  describe('pumps', () => {
    test('come worst first, each with its last pressure, its curve and the strip of its alerts', async () => {
      const page = await openPage(browser, `${site.url}/pumps`);
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(['TECHE', 'ATCHAFALAYA', 'SABINE']);
      const [worst, fine, unknown] = await page.locator('.tiles > li').all();
      expect(await worst.innerText()).toMatch(
        /1 psi[\s\S]*HIGH[\s\S]*low-psi since 2026-03-01 11:00\s+2021-08-10 Adjust bearing alignment, C\. Robichaux[\s\S]*alarms: \d in 24 h, 1 in 7 d[\s\S]*GULFCAM/,
      );
      expect(await unknown.innerText()).toContain('unknown pump');
      expect(await fine.innerText()).toMatch(/90 psi[\s\S]*no alarm in 7 d[\s\S]*DELTAPUMP/);
      expect(await fine.innerText()).toContain('no reading since 2026-03-01 10:59');
      await worst.getByRole('img', { name: 'Pressure of TECHE' }).locator('path').first().waitFor();
      await worst.getByRole('img', { name: '1 alarm in this time' }).waitFor();
      await fine.getByRole('img', { name: 'No alarm in this time' }).waitFor();
    });

    test('are searched on the server, and the search is in the URL', async () => {
      const page = await openPage(browser, `${site.url}/pumps`);
      await page.getByLabel('Pump', { exact: true }).fill('sab');
      await page.getByText(/^1 pump, those that report within their limits, 1 silent/).waitFor();
      expect(page.url()).toBe(`${site.url}/pumps?q=sab`);
      await page.getByLabel('Pump', { exact: true }).fill('nothing');
      await page.getByText('No pump’s id contains “nothing”.').waitFor();
    });

    test('are a matrix by vendor where that is asked for, and Back returns to the place', async () => {
      const page = await openPage(browser, `${site.url}/pumps?view=matrix`, { width: 360 });
      await page.getByRole('region', { name: 'GULFCAM' }).getByRole('link', { name: /TECHE high 1/ }).waitFor();
      expect(await page.locator('.matrix-group h2').allInnerTexts()).toEqual([
        expect.stringMatching(/^DELTAPUMP 1 pump, 1 silent, mean of the last 90 psi$/),
        expect.stringMatching(/^GULFCAM 1 pump, 1 with alarms/), expect.stringMatching(/^unknown vendor 1 pump/),
      ]);
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole('link', { name: 'Tiles' }).click();
      await page.locator('.tile').first().waitFor();
      await page.evaluate('window.scrollTo(0, 300)');
      await page.getByRole('link', { name: 'SABINE' }).click();
      await page.getByRole('heading', { level: 1, name: 'SABINE' }).waitFor();
      expect(await page.evaluate('window.scrollY')).toBe(0);
      await page.goBack();
      await expect.poll(() => page.evaluate('window.scrollY')).toBeGreaterThan(200);
    });

    test('stay where they are in a matrix when one gets worse, until they are sorted again', async () => {
      await site.take('order.csv', [...minutes('ORDER-1', '2026-03-01T10:00', [80]), ...minutes('ORDER-2', '2026-03-01T10:00', [80])]);
      const page = await openPage(browser, `${site.url}/pumps?view=matrix&q=ORDER`);
      const names = () => page.locator('.matrix .name').allInnerTexts();
      const sort = page.getByRole('button', { name: 'Sort again' });
      await page.getByText('In order: worst first.').waitFor();
      expect(await sort.isDisabled()).toBe(true);
      site.drop('worse.csv', minutes('ORDER-2', '2026-03-01T10:01', [2]));
      await page.getByText('1 pump got worse since they were put in order.').waitFor();
      expect(await names()).toEqual(['ORDER-1', 'ORDER-2']);
      await sort.click();
      await expect.poll(names).toEqual(['ORDER-2', 'ORDER-1']);
    });

    test('lead to the pump and back', async () => {
      const page = await openPage(browser, `${site.url}/pumps`);
      await page.getByRole('link', { name: 'TECHE' }).click();
      await page.getByRole('heading', { level: 1, name: /TECHE/ }).waitFor();
      expect(page.url()).toMatch(/\/pumps\/TECHE(\?|$)/);
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'Pumps' }).waitFor();
    });

    test('show a reading that comes, without a reload', async () => {
      const page = await openPage(browser, `${site.url}/pumps?q=live`);
      await page.getByText('No pump’s id contains “live”.').waitFor();
      site.drop('live.csv', minutes('LIVE', '2026-03-01T12:00', [77]));
      await page.getByText('77 psi').waitFor();
      const dot = page.getByRole('img', { name: 'Pressure of LIVE' }).locator('.sparkline-dot');
      await dot.waitFor({ state: 'attached' });
      expect(await page.evaluate('getComputedStyle(document.querySelector(".sparkline-dot")).strokeLinecap')).toBe('round');
    });
  });

  describe('streaming', () => {
    test('shows the job, its receivers and its batches', async () => {
      const page = await openPage(browser, `${site.url}/streaming`);
      const job = page.getByRole('region', { name: 'The job' });
      await job.waitFor();
      expect(await job.innerText()).toMatch(/running[\s\S]*Scheduling delay[\s\S]*Journal[\s\S]*embedded[\s\S]*working/);
      const receiver = page.getByRole('group', { name: 'Receivers' }).getByRole('row').nth(1);
      expect(await receiver.innerText()).toMatch(/directory\s+running\s+.*inbox/);
      for (const name of ['Input rate', 'Scheduling delay', 'Processing time', 'Total delay']) {
        await page.getByRole('img', { name: new RegExp(`^${name} of \\d+ batches: mean`) }).waitFor();
      }
    });

    test('an error of a receiver that is over is only remembered', async () => {
      const page = await openPage(browser, `${site.url}/streaming`);
      const receivers = page.getByRole('group', { name: 'Receivers' });
      const inbox = join(site.dir, 'var/inbox');
      renameSync(inbox, `${inbox}-elsewhere`);
      await receivers.getByText('ENOENT').waitFor();
      await receivers.getByText('running', { exact: true }).waitFor();
      expect(await receivers.getByText('▲').count()).toBe(0);
    });

    test('a batch opens in place to what its time went into, and its link opens the same', async () => {
      const page = await openPage(browser, `${site.url}/streaming`);
      await page.getByRole('group', { name: 'Batches' }).getByRole('button', { expanded: false }).first().click();
      await page.getByText('write to the table').waitFor();
      const { items } = await site.json<{ items: { batchId: number }[] }>('/streaming/batches');
      expect(items.map(({ batchId }) => String(batchId))).toContain(new URL(page.url()).searchParams.get('batch'));
      const again = await openPage(browser, page.url());
      await again.getByText('write to the table').waitFor();
    });

    test('a link to a batch that is not remembered says so', async () => {
      const page = await openPage(browser, `${site.url}/streaming?batch=1234567`, { expectedErrors: /404/ });
      await page.getByText('Batch 1234567 is not known.').waitFor();
      await page.getByText('There is no batch 1234567; the last 1,000').waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    test('batches are sorted by a header that says so', async () => {
      const page = await openPage(browser, `${site.url}/streaming`);
      await page.getByRole('button', { name: 'Rows' }).click();
      expect(new URL(page.url()).searchParams.get('sort')).toBe('-rows');
      expect(
        await page.getByRole('group', { name: 'Batches' }).getByRole('columnheader', { name: /^Rows/ }).getAttribute('aria-sort'),
      ).toBe('descending');
      const rows = await page.getByRole('group', { name: 'Batches' }).locator('tbody td:nth-child(2)').allInnerTexts();
      const numbers = rows.map((text) => Number(text.replace(',', '')));
      expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
    });

    test('a batch that ends is there without a reload', async () => {
      const page = await openPage(browser, `${site.url}/streaming`);
      await page.getByRole('heading', { name: 'Batches' }).waitFor();
      await page.mouse.move(0, 0);
      const { items } = await site.json<{ items: unknown[] }>('/streaming/batches');
      site.drop('batch.csv', minutes('ATCHAFALAYA', '2026-03-02T10:00', HOUR(91)));
      await page.getByText(new RegExp(`of ${items.length + 1} that are remembered`)).waitFor();
    });
  });

  test('the foot tells how much lies on the disk, and when it is full or why nobody knows', async () => {
    const page = await openPage(browser, `${site.url}/quality`);
    await page.locator('footer').getByText(/on disk \(.*table .*\), .* free; when it is full can't be told yet: 1 day is known/).waitFor();
  });

  describe('data quality', () => {
    test('says the balance in a sentence and by source', async () => {
      const page = await openPage(browser, `${site.url}/quality`);
      await page.getByText('None is missing.').waitFor();
      const { total } = await site.json<{ total: Record<string, number> }>('/balance');
      expect(total['duplicate']).toBe(2);
      expect(await page.getByText(/^Of \d+ rows received/).innerText()).toContain(
        `Of ${total['received']} rows received, ${total['stored']} are stored, 2 were there already, 61 were rejected, and 0 are on ` +
          'their way. ✓ None is missing.',
      );
      expect(await page.getByRole('row', { name: /Files \(inbox\)/ }).innerText()).toContain('✓');
      expect(await page.getByRole('region', { name: 'Unknown pumps' }).getByRole('link').allInnerTexts()).toContain('SABINE');
    });

    test('lists the alerts that are gone because another reading replaced theirs', async () => {
      const page = await openPage(browser, `${site.url}/quality`);
      await page.getByText('None is missing.').waitFor();
      expect(await page.getByText('Alerts of replaced readings').count()).toBe(0);
      await site.take('replacing.csv', minutes('SABINE', '2026-03-01T11:00', [66]));
      const list = await openPage(browser, `${site.url}/quality`);
      await list.getByText('1 alert is gone because another reading of the same pump and time replaced theirs').waitFor();
      const row = list.getByRole('group', { name: 'Alerts of replaced readings' }).getByRole('row').nth(1);
      expect(await row.innerText()).toMatch(/SABINE\s+2026-03-01 11:00\s+low-psi\s+2 psi\s+5 psi/);
    });

    test('lists rejects page by page, and those of one source by its name', async () => {
      const page = await openPage(browser, `${site.url}/quality`);
      await page.getByText('50 of 61 rejects, newest first').waitFor();
      expect(
        await page
          .getByRole('row', { name: /many\.csv/ })
          .first()
          .innerText(),
      ).toMatch(/many\.csv\s+60\s+expected 9 fields, got 1\s+\S.*\S\s+broken 59/);
      await page.getByRole('link', { name: 'Older' }).click();
      await page.getByText('11 of 61 rejects').waitFor();
      await page.getByRole('link', { name: 'again.csv' }).click();
      await page.getByText('1 of 1 reject, again.csv, newest first').waitFor();
      expect(new URL(page.url()).search).toBe('?source=again.csv');
      await page.goBack();
      await page.getByText('11 of 61 rejects').waitFor();
    });

    test('a reject is mended and sent again, and the page shows what became of it', async () => {
      await site.take('typo.csv', ['TECHE,3/2/26,10:00,10.27,1.73,881,1.56,8o,1.94']);
      const page = await openPage(browser, `${site.url}/quality?source=typo.csv`);
      await page.getByRole('button', { name: /^Reject/ }).click();
      expect(await page.getByLabel('PressureLbs').inputValue()).toBe('8o');
      await page.getByLabel('PressureLbs').fill('9o');
      await page.getByLabel('Mended by').fill('anna');
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('Wrong still: expected PressureLbs to be a number, got `9o`').waitFor();
      await page.getByText(/tried, see reject \d+/).waitFor();
      await page.getByLabel('PressureLbs').fill('80');
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('Taken: the reject is mended.').waitFor();
      await page.getByRole('cell', { name: /^by anna/ }).waitFor();
      const { total } = await site.json<{ total: Record<string, number> }>('/balance');
      expect(total['replayed']).toBe(1);
    });

    test('lists files and topics with what became of their rows, the newest first', async () => {
      const page = await openPage(browser, `${site.url}/quality`);
      const table = page.getByRole('table', { name: 'What came from each source' });
      await table.getByRole('row', { name: /^again\.csv 3 0 0 0 2 1 0 .* crc32:[0-9a-f]{8}$/ }).waitFor();
      const names = await table.getByRole('row').allInnerTexts();
      const placeOf = (name: string) => names.findIndex((text) => text.startsWith(name));
      expect(placeOf('again.csv')).toBeLessThan(placeOf('readings.csv'));
    });

    test('a file that is dropped on it is previewed, with questions to answer and the entry to copy, and not stored', async () => {
      const page = await openPage(browser, `${site.url}/quality`, { expectedErrors: /400/ });
      const { total: before } = await site.json<{ total: unknown }>('/balance');
      await page.getByRole('heading', { name: 'What would a file become?' }).waitFor();
      const dropped = await page.evaluateHandle(`(() => {
        const data = new DataTransfer();
        const rows = 'Zeit;Brunnen;Wert\\n03.04.2026 10:00;W<b>7;81,5\\n04.04.2026 10:00;W<b>7;82,5\\nhalb;\\n';
        data.items.add(new File([rows], 'trend.csv'));
        return data;
      })()`);
      await page.dispatchEvent('h1', 'drop', { dataTransfer: dropped });
      const panel = page.getByRole('region', { name: 'What would a file become?' });
      await panel.getByText(/--measure psi=NAME/).waitFor();
      await panel.getByLabel('Measures, as psi=Druck').fill('psi=Wert');
      await panel.getByLabel('Date order: day or month').fill('day');
      await panel.getByRole('button', { name: 'Look again' }).click();
      await panel.getByRole('row', { name: /W<b>7 2026-04-03T10:00:00/ }).waitFor();
      await panel.getByRole('row', { name: /halb/ }).first().waitFor();
      expect(await panel.getByLabel(/add this to the configuration/).inputValue()).toContain('psi: ');
      expect(await axeViolations(page)).toEqual([]);
      await panel.getByLabel(/choose one/).setInputFiles({ name: 'x.csv.gz', mimeType: '', buffer: Buffer.from('x') });
      await panel.getByText('Expected a file that is not compressed').waitFor();
      expect((await site.json<{ total: unknown }>('/balance')).total).toEqual(before);
    });
  });
});
