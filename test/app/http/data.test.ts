import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alarmList } from '../../../app/http/schemas/alarms.ts';
import { alertPage } from '../../../app/http/schemas/alerts.ts';
import { pumpDetail, pumpList } from '../../../app/http/schemas/pumps.ts';
import { summarize } from '../../../batch/summarize.ts';
import { openWriter } from '../../support/stored.ts';
import { openSite } from './site.ts';

const VENDOR = {
  type: 'HYDROPUMP',
  purchased: '2008-05-25',
  inService: '2009-09-26',
  vendor: 'GENPUMP',
  latitude: 29.683124,
  longitude: -91.145471,
};
const INSPECT = { date: '2012-06-01', technician: 'T. LaBou', description: 'Inspect' };
const INSTALL = { date: '2009-10-02', technician: 'T. LaBou', description: 'Install' };

async function summarizeAll(dir: string): Promise<void> {
  const table = await openWriter(join(dir, 'var'));
  try {
    await summarize({ table, selection: { all: false } });
  } finally {
    await table.close();
  }
}

describe('pumps', () => {
  test('those in trouble come first, each with vendor, last maintenance, last reading and what goes on', async () => {
    const list = await (await openSite()).json('/api/v1/pumps');
    expect(pumpList.parse(list)).toEqual(list);
    expect(list).toEqual({
      items: [
        {
          pump: 'LAGNAPPE', known: true, vendor: VENDOR, lastMaintenance: INSPECT,
          last: { at: '2014-03-14T12:01:00', hz: 9, disp: 1, flo: 800, sedPPM: 1, psi: 3, chlPPM: 1 },
          active: [{ rule: 'low-psi', since: '2014-03-14T12:01:00', count: 1, worst: 3 }], alerts: { day: 2, week: 2 },
        },
        {
          pump: 'COHUTTA', known: false, vendor: null, lastMaintenance: null,
          last: { at: '2014-03-14T12:00:00', hz: 10.27, disp: 1.73, flo: 881, sedPPM: 1.56, psi: 5, chlPPM: 1.94 },
          active: [], alerts: { day: 0, week: 0 },
        },
      ],
      total: 2,
      active: 1,
      next: null,
    });
  });

  test('are found by a part of the id, and by whether they are in trouble', async () => {
    const site = await openSite();
    const ids = async (query: string) =>
      (await site.json<{ items: { pump: string }[] }>(`/api/v1/pumps?${query}`)).items.map(({ pump }) => pump);
    expect(await ids('q=hut')).toEqual(['COHUTTA']);
    expect(await ids('active=true')).toEqual(['LAGNAPPE']);
    expect(await ids('active=false')).toEqual(['LAGNAPPE', 'COHUTTA']);
  });

  test('come in pages that go on where the last ended', async () => {
    const site = await openSite();
    const first = await site.json<{ items: { pump: string }[]; next: string }>('/api/v1/pumps?limit=1');
    const second = await site.json<{ items: { pump: string }[]; next: null }>(`/api/v1/pumps?limit=1&cursor=${first.next}`);
    expect([...first.items, ...second.items].map(({ pump }) => pump)).toEqual(['LAGNAPPE', 'COHUTTA']);
    expect(second.next).toBeNull();
  });

  test('one of them comes with its whole history', async () => {
    const detail = await (await openSite()).json('/api/v1/pumps/LAGNAPPE');
    expect(pumpDetail.parse(detail)).toEqual(detail);
    expect(detail).toMatchObject({ pump: 'LAGNAPPE', maintenance: [INSTALL, INSPECT], from: '2014-03-13T23:59:00' });
  });

  test.each([
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)<\\script>',
    "'; DROP TABLE sensor; --",
    '=1+1',
    '__proto__',
    '泵'.repeat(64),
    '💧'.repeat(64),
    'a%2Fb',
    '...',
  ])('an id is data, whatever it looks like: %s', async (pump) => {
    const id = pump.replaceAll(' ', '\u00a0'); // the rows of this test are written with spaces
    const site = await openSite({ rows: [`${id} 2014-03-14T12:00 1 1 1 1 4 1`] });
    const response = await site.get(`/api/v1/pumps/${encodeURIComponent(id)}`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.json()).toMatchObject({ pump: id, known: false });
    expect(await site.json('/api/v1/alerts')).toMatchObject({ items: [{ pump: id }] });
    expect(await site.json(`/api/v1/alerts?pump=${encodeURIComponent(id)}`)).toMatchObject({ total: 1 });
  });
});

test.each(['.', '..'])('a pump named %j, which no path can have, is asked for with a slash before it', async (pump) => {
  const site = await openSite({ rows: [`${pump} 2014-03-14T12:00 1 1 1 1 4 1`, 'readings 2014-03-14T12:00 1 1 1 1 4 1'] });
  const path = `/api/v1/pumps/%2F${pump}`;
  expect(await site.json(path)).toMatchObject({ pump });
  expect(await site.json(`${path}/readings`)).toMatchObject({ pump, rows: 1 });
  expect((await site.get('/api/v1/pumps/%2FA')).status).toBe(404);
});

describe('readings', () => {
  test('come as curves over the day before the last one, all six measures', async () => {
    const data = await (await openSite()).json('/api/v1/pumps/LAGNAPPE/readings');
    expect(data).toMatchObject({ pump: 'LAGNAPPE', rows: 4, bucketMs: 0 });
    expect(Object.keys(data)).toEqual(expect.arrayContaining(['hz', 'disp', 'flo', 'sedPPM', 'psi', 'chlPPM']));
    expect((data.psi as { min: (number | null)[] }).min.filter((value) => value !== null)).toEqual([4, 0, 80, 3]);
  });

  test('of the range and the measures that were asked for', async () => {
    const data = await (await openSite()).json('/api/v1/pumps/LAGNAPPE/readings?from=2014-03-14&to=2014-03-14T12:01&measures=psi');
    expect(data).toMatchObject({ from: Date.UTC(2014, 2, 14), to: Date.UTC(2014, 2, 14, 12, 1), rows: 2 });
    expect(Object.keys(data).filter((key) => /hz|psi|flo/.test(key))).toEqual(['psi']);
  });

  test('of a pump that only the vendor file knows are none, not a 404', async () => {
    const site = await openSite({ rows: [] });
    expect(await site.json('/api/v1/pumps/LAGNAPPE/readings')).toMatchObject({ rows: 0, time: [] });
  });
});

describe('alerts', () => {
  test('are joined, the newest first', async () => {
    const page = await (await openSite()).json('/api/v1/alerts');
    expect(alertPage.parse(page)).toEqual(page);
    const joined = {
      pump: 'LAGNAPPE',
      rule: 'low-psi',
      measure: 'psi',
      threshold: 5,
      known: true,
      vendor: VENDOR,
      maintenance: [INSTALL, INSPECT],
    };
    expect(page).toEqual({
      items: [
        { at: '2014-03-14T12:01:00', value: 3, ...joined },
        { at: '2014-03-14T00:00:00', value: 0, ...joined },
        { at: '2014-03-13T23:59:00', value: 4, ...joined },
      ],
      total: 3,
      next: null,
    });
  });

  test.each([
    ['pump=COHUTTA', 0],
    ['rule=low-psi', 3],
    ['rule=other', 0],
    ['from=2014-03-14', 2],
    ['to=2014-03-13', 1],
    ['to=2014-03-14T00:00', 1],
    ['to=2014-03-14', 3],
    ['from=2014-03-13&to=2014-03-13', 1],
    ['from=2014-03-14T12:00&to=2014-03-14', 1],
    ['from=2014-03-14&to=2014-03-14T12:01:00', 1],
  ])('%s are %i', async (query, total) => {
    expect(await (await openSite()).json(`/api/v1/alerts?${query}`)).toMatchObject({ total });
  });
});

describe('alarms', () => {
  test('are joined with their pump and say what is wrong; asked so, what goes on comes first', async () => {
    const page = await (await openSite()).json('/api/v1/alarms?order=newest');
    expect(alarmList.parse(page)).toEqual(page);
    const alarm = {
      pump: 'LAGNAPPE', rule: 'low-psi', measure: 'psi', priority: 'high', condition: 'below 5 psi',
      known: true, vendor: VENDOR, lastMaintenance: INSPECT,
      contacts: [
        { role: 'technician', name: INSPECT.technician, phone: null, mail: null, date: INSPECT.date },
        { role: 'vendor', name: VENDOR.vendor, phone: null, mail: null, date: null },
      ],
    };
    expect(page).toMatchObject({
      items: [
        { ...alarm, from: '2014-03-14T12:01:00', to: '2014-03-14T12:01:00', active: true, readings: 1, worst: 3, cleared: null },
        { ...alarm, from: '2014-03-13T23:59:00', to: '2014-03-14T00:00:00', active: false, readings: 2, worst: 0 },
      ],
      total: 2, active: 1, next: null,
    });
  });

  test.each([
    ['active=true', 1],
    ['active=false', 1],
    ['to=2014-03-13T12:00', 0],
    ['to=2014-03-13&active=false', 1],
    ['q=lag', 2],
    ['q=coh', 0],
    ['priority=high', 2],
    ['priority=low&all=true', 0],
    ['late=true', 0],
    ['late=false', 2],
  ])('with %s are %i', async (query, count) => {
    expect((await (await openSite()).json<{ items: unknown[] }>(`/api/v1/alarms?${query}`)).items).toHaveLength(count);
  });
});

describe('stats', () => {
  test('a day that was never summarised is there too, and says so; afterwards it has numbers', async () => {
    const site = await openSite();
    const missing = { count: null, hz: null, psi: null, state: 'missing' };
    expect(await site.json('/api/v1/stats?pump=LAGNAPPE')).toMatchObject({
      items: [
        { pump: 'LAGNAPPE', date: '2014-03-13', ...missing, alerts: 1 },
        { date: '2014-03-14', ...missing, alerts: 2 },
      ],
      next: null,
    });
    await summarizeAll(site.dir);
    expect(await site.json('/api/v1/stats?pump=LAGNAPPE&from=2014-03-14&to=2014-03-14')).toMatchObject({
      items: [{ date: '2014-03-14', count: 3, psi: { min: 0, max: 80, avg: 83 / 3 }, state: 'current', alerts: 2 }],
    });
  });

  test('a mean whose sum overflowed is null', async () => {
    const site = await openSite({ rows: ['A 2014-03-14T12:00 1e308 1 1 1 1 1', 'A 2014-03-14T12:01 1e308 1 1 1 1 1'] });
    await summarizeAll(site.dir);
    expect(await site.json('/api/v1/stats')).toMatchObject({ items: [{ hz: { min: 1e308, max: 1e308, avg: null } }] });
  });
});

describe('data quality', () => {
  test('rejects come newest first, and by source', async () => {
    const site = await openSite();
    expect(await site.json('/api/v1/rejects')).toMatchObject({
      items: [
        { source: 'mqtt:pumps/A/readings', line: 1, raw: '=cmd|calc!A1' },
        { source: 'bad.csv', line: 17 },
      ],
      total: 2,
      next: null,
    });
    expect(await site.json('/api/v1/rejects?source=bad.csv')).toMatchObject({ items: [{ source: 'bad.csv' }], total: 1 });
  });

  test('the balance adds up, by receiver too, and names unknown pumps', async () => {
    const directory = { received: 8, stored: 6, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 2, pending: 0, alerts: 3 };
    const none = { received: 0, stored: 0, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 0, pending: 0, alerts: 0 };
    expect(await (await openSite()).json('/api/v1/balance')).toEqual({
      total: directory,
      receivers: { directory, mqtt: none },
      late: 0,
      failedFiles: { count: 0, newest: [] },
      replacedAlerts: [],
      unknownPumps: ['COHUTTA'],
    });
  });
});
