import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../app/export/exportedTables.ts';
import { listPages, sendCsv } from '../../../app/http/csvReply.ts';
import { sendItems } from '../../../app/http/jsonPage.ts';
import { countRounds } from '../../support/rounds.ts';
import { openSite, REJECTS, type Site } from './site.ts';

const csv = { accept: 'text/csv' };

async function lines(site: Site, path: string): Promise<string[][]> {
  const response = await site.get(path, csv);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  return parse(await response.text());
}

describe('a list as CSV', () => {
  test('readings: each of them, whatever the number of points', async () => {
    expect(await lines(await openSite(), '/api/v1/pumps/LAGNAPPE/readings?from=2014-03-14&points=10')).toEqual([
      ['pump', 'at', 'hz', 'disp', 'flo', 'sedPPM', 'psi', 'chlPPM'],
      ['LAGNAPPE', '2014-03-14T00:00:00', '9.0', '1.0', '800.0', '1.0', '0.0', '1.0'],
      ['LAGNAPPE', '2014-03-14T12:00:00', '9', '1', '800', '1', '80', '1'],
      ['LAGNAPPE', '2014-03-14T12:01:00', '9', '1', '800', '1', '3', '1'],
    ]);
  });

  test('alerts, joined, in the order of the list', async () => {
    const [head, ...rows] = await lines(await openSite(), '/api/v1/alerts');
    expect(head).toEqual([
      'pump',
      'at',
      'rule',
      'measure',
      'value',
      'threshold',
      'known',
      'type',
      'purchased',
      'inService',
      'vendor',
      'latitude',
      'longitude',
      'maintenance',
    ]);
    expect(rows.map((row) => row.slice(0, 5))).toEqual(
      [3, 0, 4].map((value, i) => [
        'LAGNAPPE',
        ['2014-03-14T12:01:00', '2014-03-14T00:00:00', '2014-03-13T23:59:00'][i],
        'low-psi',
        'psi',
        // The first tells that the column has doubles.
        i === 0 ? `${value}.0` : String(value),
      ]),
    );
    expect(rows[0].slice(6)).toEqual([
      'true',
      'HYDROPUMP',
      '2008-05-25',
      '2009-09-26',
      'GENPUMP',
      '29.683124',
      '-91.145471',
      '2009-10-02 Install (T. LaBou); 2012-06-01 Inspect (T. LaBou)',
    ]);
  });

  test('alarms', async () => {
    const [head, ...rows] = await lines(await openSite(), '/api/v1/alarms?order=newest');
    expect(head.slice(0, 8)).toEqual(['pump', 'rule', 'measure', 'condition', 'priority', 'state', 'from', 'to']);
    expect(rows.map((row) => [row[3], row[5], row[6], row[7], row[10], ...row.slice(11, 14)])).toEqual([
      ['below 5 psi', 'active-unacknowledged', '2014-03-14T12:01:00', '2014-03-14T12:01:00', '', '3.0', '2014-03-14T12:01:00', '1'],
      [
        'below 5 psi', 'returned-unacknowledged', '2014-03-13T23:59:00', '2014-03-14T00:00:00', '2014-03-14T12:00:00', '0',
        '2014-03-14T00:00:00', '2',
      ],
    ]);
    expect(rows[0].at(-1)).toBe('2012-06-01 Inspect (T. LaBou)');
  });

  test('statistics, with days that were never summarised', async () => {
    const [head, ...rows] = await lines(await openSite(), '/api/v1/stats?pump=LAGNAPPE');
    const state = head.indexOf('state');
    expect([head.slice(0, 4), head.slice(state, state + 3)]).toEqual([
      ['pump', 'date', 'count', 'hz_min'],
      ['state', 'alerts', 'hz_count'],
    ]);
    expect(rows.map((row) => [...row.slice(0, 4), ...row.slice(state)])).toEqual([
      ['LAGNAPPE', '2014-03-13', '', '', 'missing', '1', '', '', '', '', '', '', 'GENPUMP'],
      ['LAGNAPPE', '2014-03-14', '', '', 'missing', '2', '', '', '', '', '', '', 'GENPUMP'],
    ]);
  });

  test('is all of it, however short the pages of the list are', async () => {
    const rows = Array.from(
      { length: 7500 },
      (_, i) => `P${i % 7} ${new Date(Date.UTC(2014, 2, 10) + i * 60_000).toISOString().slice(0, 16)} 1 1 1 1 ${i / 2000} 1`,
    );
    const site = await openSite({ rows });
    const { total } = await site.json<{ total: number }>('/api/v1/alerts?limit=1');
    expect(total).toBe(7500);
    const [, ...alerts] = await lines(site, '/api/v1/alerts?limit=1');
    expect(alerts).toHaveLength(total);
    expect(new Set(alerts.map((row) => row.join())).size).toBe(total);
  });

  test('is called after what it is, and has nothing of a pump’s id in its name that a shell or a header minds', async () => {
    const site = await openSite({ rows: ['A";\u00a0rm\u00a0-rf 2014-03-14T12:00 1 1 1 1 4 1'] });
    expect(
      (await site.get(`/api/v1/pumps/${encodeURIComponent('A";\u00a0rm\u00a0-rf')}/readings`, csv)).headers.get('content-disposition'),
    ).toBe('attachment; filename="readings-A_rm_-rf.csv"');
    expect((await site.get('/api/v1/alerts', csv)).headers.get('content-disposition')).toBe('attachment; filename="alerts.csv"');
    expect((await site.get('/api/v1/alerts')).headers.get('content-disposition')).toBeNull();
  });
});

describe('a spreadsheet calculates nothing of it', () => {
  test('a cell that looks like a formula gets an apostrophe', async () => {
    const site = await openSite({
      rows: ['=1+1 2014-03-14T12:00 1 1 1 1 -4 1', '@SUM(A1) 2014-03-14T12:00 1 1 1 1 4 1'],
      rejects: [...REJECTS, { ...REJECTS[0], id: 'z', source: '-2+3.csv', raw: '+1' }],
    });
    const pumps = (await lines(site, '/api/v1/alerts')).slice(1).map(([pump]) => pump);
    expect(pumps.sort()).toEqual(["'=1+1", "'@SUM(A1)"]);
    expect((await lines(site, '/api/v1/rejects')).slice(1).map(([source, , , raw]) => [source, raw])).toEqual([
      ["'-2+3.csv", "'+1"],
      ['mqtt:pumps/A/readings', "'=cmd|calc!A1"],
      ['bad.csv', 'COHUTTA,3/10/14,1:01,'],
    ]);
  });

  test('a number stays a number, a negative one too', async () => {
    const [, row] = await lines(await openSite({ rows: ['A 2014-03-14T12:00 -0 1 1 1 -4.5 1'] }), '/api/v1/pumps/A/readings');
    expect([row[2], row[6]]).toEqual(['-0.0', '-4.5']);
  });
});

describe('other work of the thread has its turn', () => {
  const heads = [{ name: 'n', type: 'text' as const }];
  const fileOf = (pages: () => AsyncIterable<Row[]>) =>
    openSite({
      live: {
        api: (api) =>
          void api.get('/file', { config: { forms: ['text/csv'] } }, (request, reply) =>
            sendCsv(request, reply, { columns: heads, pages: pages() }, { name: 'file', onLog: () => undefined }),
          ),
      },
    });

  test('between the pages of a table that is read at once', async () => {
    const rounds = countRounds();
    async function* pages() {
      for (let page = 0; page < 10; page++) {
        rounds.holdUp();
        yield [['x'.repeat(40_000)]];
      }
    }
    expect(await lines(await fileOf(pages), '/api/v1/file')).toHaveLength(11);
    expect(rounds.seen()).toBe(10);
  });

  test('while the rows of one page are made, and while they are written', async () => {
    const rounds = countRounds();
    const items = Array.from({ length: 640 }, (_, i) => i);
    const make = (item: number) => {
      if (item % 64 === 0) rounds.holdUp();
      return [`${item} ${'x'.repeat(1000)}`];
    };
    const site = await fileOf(() => listPages(async () => ({ items, next: null }), make));
    expect(await lines(site, '/api/v1/file')).toHaveLength(641);
    expect(rounds.seen()).toBe(10);
  });

  test('while the items of a page of JSON are made', async () => {
    const rounds = countRounds();
    const answer = (item: number) => {
      rounds.holdUp();
      return { item };
    };
    const site = await openSite({
      live: {
        api: (api) => void api.get('/page', (_request, reply) => sendItems(reply, { items: [1, 2, 3], answer, rest: { next: null } })),
      },
    });
    expect(await site.json('/api/v1/page')).toEqual({ items: [{ item: 1 }, { item: 2 }, { item: 3 }], next: null });
    expect(rounds.seen()).toBe(3);
  });
});

describe('limits', () => {
  test('too many readings for one file are refused, with the way that there is', async () => {
    const site = await openSite({ mostCsvRows: 3 });
    const refused = await site.get('/api/v1/pumps/LAGNAPPE/readings', csv);
    expect([refused.status, await refused.json()]).toMatchObject([
      413,
      { code: 'TOO_LARGE', detail: expect.stringMatching(/at most 3 readings, got one of 4\..*wellwatch export readings/) as string },
    ]);
    expect(refused.headers.get('content-disposition')).toBeNull();
    expect((await site.get('/api/v1/pumps/LAGNAPPE/readings?from=2014-03-14', csv)).status).toBe(200);
  });
});

describe('a table that fails', () => {
  const failing = (pieces: number) => (table: object) => new Proxy(table, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== 'rejects' && name !== 'newestRejects') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return (...words: unknown[]) => {
        if (pieces-- <= 0) throw new Error('the disk is gone');
        return (value as (...given: unknown[]) => unknown).apply(target, words);
      };
    },
  });
  /** Pieces of rejects, of which the first page is made. */
  const FIRST_PAGE = 10;
  const rejects = Array.from({ length: 6000 }, (_, i) => ({ ...REJECTS[0], id: String(i), line: i }));

  test('before the first row gives a problem', async () => {
    const site = await openSite({ rejects, around: failing(0) as never });
    const response = await site.get('/api/v1/rejects', csv);
    expect([response.status, response.headers.get('content-type')]).toEqual([500, 'application/problem+json; charset=utf-8']);
    await response.text();
  });

  test('before anything was sent gives a problem too, which is no file', async () => {
    const pages = async function* () {
      yield [[1]];
      throw new Error('the disk is gone');
    };
    const table = { columns: [{ name: 'n', type: 'count' as const }], pages: pages() };
    const site = await openSite({
      live: {
        api: (api) =>
          void api.get('/file', { config: { forms: ['text/csv'] } }, (request, reply) =>
            sendCsv(request, reply, table, { name: 'file', onLog: () => undefined }),
          ),
      },
    });
    const response = await site.get('/api/v1/file', { ...csv, 'accept-encoding': 'gzip' }); // which keeps the first rows back
    expect([response.status, response.headers.get('content-type'), response.headers.get('content-disposition')]).toEqual([
      500,
      'application/problem+json; charset=utf-8',
      null,
    ]);
    await response.text();
  });

  test('matters to no HEAD, which reads no more than it needs', async () => {
    const site = await openSite({ rejects, around: failing(FIRST_PAGE) as never });
    expect((await fetch(`${site.url}/api/v1/rejects`, { method: 'HEAD', headers: csv })).status).toBe(200);
    expect(site.events).toEqual([]);
  });

  test('in the middle breaks the connection off, and the log says why', async () => {
    const site = await openSite({ rejects, around: failing(FIRST_PAGE) as never });
    const response = await site.get('/api/v1/rejects', { ...csv, 'accept-encoding': 'identity' });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(site.events).toEqual([{ level: 'warn', message: '/api/v1/rejects broke off: the disk is gone' }]);
  });
});

