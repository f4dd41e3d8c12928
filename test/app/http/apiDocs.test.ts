import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addToken } from '../../../app/access/tokens.ts';
import { packageRoot } from '../../../app/config/packageRoot.ts';
import { axeViolations, expectNoSidewaysScroll, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { liveJob } from './liveJob.ts';
import { openSite } from './site.ts';

interface Described {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly responses: Readonly<Record<string, unknown>>; readonly parameters?: readonly { readonly name: string }[] }
        >
      >
    >
  >;
}

describe('the description of the API', () => {
  test('has every route, with what it takes and what it answers, problems among them', async () => {
    const site = await openSite({ live: liveJob().live });
    const { openapi, paths } = await site.json<Described>('/api/docs/json');
    expect(openapi).toMatch(/^3\.1\./);
    expect(Object.keys(paths).sort()).toEqual([
      '/api/v1/acts',
      '/api/v1/alarms',
      ...['acknowledgements', 'aside', 'comments', 'out-of-service', 'report', 'resets', 'returns', 'shelves', 'told', 'trials', 'unshelves']
        .map((act) => `/api/v1/alarms/${act}`),
      '/api/v1/alert-runs', '/api/v1/alerts', '/api/v1/alerts/unstored',
      '/api/v1/balance',
      '/api/v1/disk',
      '/api/v1/fleet',
      '/api/v1/last-readings',
      '/api/v1/maintenance',
      '/api/v1/me',
      '/api/v1/preview',
      '/api/v1/pumps',
      '/api/v1/pumps/{pump}',
      '/api/v1/pumps/{pump}/figures',
      '/api/v1/pumps/{pump}/readings',
      '/api/v1/pumps/{pump}/trace',
      '/api/v1/pumps/{pump}/usual',
      '/api/v1/receipts',
      '/api/v1/rejects',
      '/api/v1/rejects/replays',
      '/api/v1/rejects/{number}',
      '/api/v1/retractions',
      '/api/v1/retractions/{act}',
      '/api/v1/session',
      '/api/v1/sql',
      '/api/v1/stats',
      '/api/v1/stats/by-day',
      '/api/v1/stream',
      '/api/v1/streaming/batches',
      '/api/v1/streaming/batches/{id}',
      '/api/v1/streaming/left-out',
      '/api/v1/streaming/receivers',
      '/api/v1/streaming/statistics',
      '/api/v1/windows',
      '/api/v1/work-names',
      '/healthz',
      '/metrics',
      '/readyz',
    ]);
    for (const methods of Object.values(paths))
      for (const { responses } of Object.values(methods))
        expect(responses).toMatchObject({ default: { content: { 'application/problem+json': {} } } });
    expect(paths['/api/v1/alerts'].get.parameters!.map(({ name }) => name)).toEqual(['pump', 'rule', 'from', 'to', 'cursor', 'limit']);
    expect(paths['/api/v1/alerts'].get.responses['200']).toMatchObject({ content: { 'application/json': {}, 'text/csv': {} } });
  });

  test('every path of the API that a document names is there', async () => {
    const site = await openSite({ live: liveJob().live });
    const { paths } = await site.json<Described>('/api/docs/json');
    const known = [...Object.keys(paths), '/api/v1', '/api/docs', '/api/docs/json'].map((path) => path.replace(/\{[^}]+\}/g, '*'));
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const pages = ['README.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
    const named = pages.flatMap((page) => [...readFileSync(join(root, page), 'utf8').matchAll(/\/api\/[\w/.-]*[\w]/g)].map(([path]) => ({ page, path })));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ path }) => !known.includes(path.replace(/\/(?:[A-Z_0-9]+)(?=\/|$)/g, '/*')))).toEqual([]);
  });

  test('says what a date alone means, how a pump named .. is written, when curves are refused, and which codes there are', async () => {
    const site = await openSite();
    const { paths } = await site.json<{
      paths: Record<string, { get: { description?: string; parameters: { name: string; description: string }[] } }>;
    }>('/api/docs/json');
    const { description, parameters } = paths['/api/v1/pumps/{pump}/readings'].get;
    expect(parameters.find(({ name }) => name === 'to')!.description).toContain('YYYY-MM-DD alone includes that day');
    expect(parameters.find(({ name }) => name === 'pump')!.description).toContain('%2F..');
    expect(description).toContain('TOO_BUSY');
    expect(JSON.stringify(paths['/api/v1/me'])).toContain('NOT_READY, TOO_BUSY');
  });

  test('is ours by name, and says what is open to everybody', async () => {
    const site = await openSite({ live: liveJob().live });
    const { info, paths } = await site.json<{ info: { title: string }; paths: Record<string, { get: { security?: unknown } }> }>(
      '/api/docs/json',
    );
    expect(info.title).toBe('wellwatch API');
    expect(Object.keys(paths).filter((path) => JSON.stringify(paths[path].get?.security) === '[]')).toEqual(['/healthz', '/readyz']);
    expect(await (await site.get('/api/docs')).text()).toContain('<title>wellwatch API</title>');
  });

  test('no route takes a parameter that it does not name', async () => {
    const site = await openSite({ live: liveJob().live });
    const { paths } = await site.json<Described>('/api/docs/json');
    for (const path of Object.keys(paths).filter((each) => each.startsWith('/api/v1/') && paths[each].get && !each.includes('{'))) {
      const accept = path.endsWith('/stream') ? 'text/event-stream' : 'application/json';
      expect([path, (await site.get(`${path}?nonsense=1`, { accept })).status]).toEqual([path, 400]);
    }
  });

  test.skipIf(!hasBrowser)('is a page that a browser shows under our policy, without a complaint, at any width', async () => {
    const site = await openSite({ pageFolder: join(packageRoot(), 'dist', 'app', 'web') });
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const token = addToken(site.tokens, { name: 'integrator', role: 'read', now: new Date() });
    const page = await openPage(browser, `${site.url}/api/docs`);
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const example = page.locator('#get-api-v1-alarms');
    expect(await example.getByText('Parameters').first().isVisible()).toBe(false);
    await example.locator('summary').click();
    expect(await example.getByRole('region', { name: 'How to ask' }).innerText()).toContain(`-H 'accept: text/csv' '${site.url}/api/v1/alarms?`);
    expect(await example.getByRole('region', { name: 'Parameters' }).innerText()).toContain('Id of a rule');
    expect(await page.locator('#post-api-v1-alarms-acknowledgements').textContent()).toContain(
      `-d '{"alarms":[{"pump":"LAGNAPPE","rule":"low-psi"}]}'`,
    );
    for (const width of [1440, 390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await expectNoSidewaysScroll(page);
    }
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.getByRole('link', { name: 'wellwatch', exact: true }).getAttribute('href')).toBe('/');
  });
});
