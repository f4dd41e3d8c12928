import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type * as Package from '../../app/wellwatch.ts';
import { dropFile } from '../support/inbox.ts';
import { tempDir } from '../support/tempDir.ts';

/** As it was built: threads begin with a file that Node can read. */
const { loadConfig, Site } = (await import(new URL('../../dist/app/wellwatch.js', import.meta.url).href)) as typeof Package;

/** Below the built-in rule's 5 psi. */
const ALARMING = 'COHUTTA,3/10/14,1:01,10,1.5,80,0.5,4.5,1.5';

function siteWith(env: Readonly<Record<string, string>>, { dataDir = tempDir(), runs = false } = {}) {
  const config = loadConfig({ env: { WELLWATCH_DATA_DIR: dataDir, WELLWATCH_RECEIVERS_MQTT: 'false', ...env } });
  const site = new Site({ config, once: false, alerts: { every: true, runs }, samples: false, onEvent: () => undefined });
  onTestFinished(() => site.close());
  return { site, dataDir };
}

test('a site inside a program has its web page and API, and tells of alerts', async () => {
  const { site, dataDir } = siteWith({ WELLWATCH_HTTP_PORT: '0' });
  const alert = new Promise((resolve) => site.listen({ onAlerts: ([first]) => resolve(first) }));
  await site.start();
  const answer = await fetch(new URL('healthz', site.httpUrl));
  expect(answer.status).toBe(200);
  dropFile(join(dataDir, 'inbox'), 'a.csv', [ALARMING]);
  expect(await alert).toMatchObject({ pump: 'COHUTTA', value: 4.5 });
  await site.stop();
  expect(await site.ended).toMatchObject({ stored: 1, alerts: 1 });
});

test('after a restart what is told of alerts goes on with the alarm that is stored', async () => {
  const told = async (dataDir: string, lines: readonly string[], wanted: Readonly<Record<string, unknown>>) => {
    const { site } = siteWith({ WELLWATCH_HTTP: 'false' }, { dataDir, runs: true });
    const found = new Promise<void>((resolve) =>
      site.listen({ onRuns: (runs) => runs.some((run) => Object.entries(wanted).every(([key, value]) => run[key as keyof typeof run] === value)) && resolve() }));
    await site.start();
    dropFile(join(dataDir, 'inbox'), `${lines.length}.csv`, lines);
    await found;
    await site.stop();
    await site.ended;
    await site.close();
  };
  const dataDir = tempDir();
  const from = Date.parse('2014-03-10T01:01Z');
  await told(dataDir, [ALARMING, 'COHUTTA,3/10/14,1:02,10,1.5,80,0.5,3,1.5'], { pump: 'COHUTTA', from, count: 2, worst: 3 });
  await told(dataDir, ['COHUTTA,3/10/14,1:03,10,1.5,80,0.5,4,1.5'], { from, count: 3, worst: 3, known: false });
});

test('a site whose configuration has no http serves nothing', async () => {
  const { site } = siteWith({ WELLWATCH_HTTP: 'false' });
  await site.start();
  expect(site.httpUrl).toBeUndefined();
  await site.stop();
  await site.ended;
});
