import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type * as Package from '../../app/wellwatch.ts';
import { dropFile } from '../support/inbox.ts';
import { tempDir } from '../support/tempDir.ts';

/** As it was built: threads begin with a file that Node can read. */
const { loadConfig, Site } = (await import(new URL('../../dist/app/wellwatch.js', import.meta.url).href)) as typeof Package;

/** Below the built-in rule's 5 psi. */
const ALARMING = 'COHUTTA,3/10/14,1:01,10,1.5,80,0.5,4.5,1.5';

function siteWith(env: Readonly<Record<string, string>>) {
  const dataDir = tempDir();
  const config = loadConfig({ env: { WELLWATCH_DATA_DIR: dataDir, WELLWATCH_RECEIVERS_MQTT: 'false', ...env } });
  const site = new Site({ config, once: false, alerts: { every: true, runs: false }, samples: false, onEvent: () => undefined });
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

test('a site whose configuration has no http serves nothing', async () => {
  const { site } = siteWith({ WELLWATCH_HTTP: 'false' });
  await site.start();
  expect(site.httpUrl).toBeUndefined();
  await site.stop();
  await site.ended;
});
