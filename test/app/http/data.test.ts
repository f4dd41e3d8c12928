import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alarmList } from '../../../app/http/schemas/alarms.ts';
import { alertPage } from '../../../app/http/schemas/alerts.ts';
import { rangeFigures } from '../../../app/http/schemas/curves.ts';
import { dayMatrix, type DayMatrixAnswer } from '../../../app/http/schemas/dayMatrix.ts';
import { workList } from '../../../app/http/schemas/maintenance.ts';
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
    expect(await ids('order=name')).toEqual(['COHUTTA', 'LAGNAPPE']);
    expect(await ids('order=psi')).toEqual(['LAGNAPPE', 'COHUTTA']);
    expect(await ids('order=worst')).toEqual(['LAGNAPPE', 'COHUTTA']);
    expect(await ids('vendor=genpump&technician=t.%20labou&work=install')).toEqual(['LAGNAPPE']);
    expect(await ids('work=Adjust')).toEqual([]);
    const { next } = await site.json<{ next: string }>('/api/v1/pumps?order=name&limit=1');
    expect(await ids(`order=name&limit=1&cursor=${next}`)).toEqual(['LAGNAPPE']);
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
    ['vendor=genpump', 2],
    ['vendor=XYLO&all=true', 0],
    ['technician=T.%20LaBou&work=Inspect', 2],
    ['work=Install&all=true', 0],
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

describe('by vendor, technician and kind of work', () => {
  const WORK = ['LAGNAPPE,10/2/09,T. LaBou,Install', 'LAGNAPPE,3/13/14,E. Simmons,Adjust', 'COHUTTA,3/13/14,E. Simmons,Adjust'];

  test('days are added up by pump or by the last work before each, with the alarms that began and totals', async () => {
    const site = await openSite({ maintenance: WORK });
    await summarizeAll(site.dir);
    const ask = (query: string) => site.json<DayMatrixAnswer>(`/api/v1/stats/by-day?from=2014-03-01&to=2014-03-31&${query}`);
    const byWork = await ask('by=work');
    expect(dayMatrix.parse(byWork)).toEqual(byWork);
    expect(byWork).toMatchObject({
      days: ['2014-03-13', '2014-03-14'],
      rows: [
        { name: '', pumps: 1, values: [85, null], states: 'c.', beyond: [0, 0], alarms: [0, 0] },
        { name: 'Adjust', pumps: 2, values: [null, 22], states: '.c', beyond: [0, 2], alarms: [0, 1], total: { value: 22, readings: 4, beyond: 2, alarms: 1 } },
        { name: 'Install', pumps: 1, values: [4, null], beyond: [1, 0], alarms: [1, 0] },
      ],
      total: { values: [44.5, 22], alarms: [1, 1], total: { readings: 6, beyond: 3, alarms: 2 } },
    });
    expect((await ask('by=vendor&figure=min')).rows.map(({ name, total }) => [name, total.value])).toEqual([['', 5], ['GENPUMP', 0]]);
    expect((await ask('work=adjust')).rows.map(({ name }) => name)).toEqual(['COHUTTA', 'LAGNAPPE']);
    expect(await site.json('/api/v1/stats?work=Adjust&limit=1')).toMatchObject({ items: [{ pump: 'COHUTTA', date: '2014-03-14' }] });
    const csv = await (await site.get('/api/v1/stats?vendor=GENPUMP', { accept: 'text/csv' })).text();
    expect(csv.trim().split('\n').map((line) => line.split(',').at(-1))).toEqual(['vendor', 'GENPUMP', 'GENPUMP']);
  });

  test('what was done to all pumps is listed with what pressure did after it, summarised or not, what fell most first', async () => {
    const site = await openSite({
      maintenance: [...WORK, 'COHUTTA,3/14/14,E. Simmons,Look'],
      rows: ['COHUTTA 2014-03-13T12:00 1 1 1 1 85 1', 'LAGNAPPE 2014-03-14T12:00 1 1 1 1 80 1', 'LAGNAPPE 2014-03-15T12:00 1 1 1 1 3 1'],
    });
    const adjusted = { pump: 'LAGNAPPE', vendor: 'GENPUMP', date: '2014-03-13', technician: 'E. Simmons', description: 'Adjust', before: null, change: -77, alarms: 1 };
    for (const round of ['not summarised', 'summarised']) {
      const list = await site.json('/api/v1/maintenance?order=fell&limit=2');
      expect(workList.parse(list)).toEqual(list);
      expect(list, round).toMatchObject({ items: [{ ...adjusted, firstAlarm: '2014-03-15T12:00:00' }, { pump: 'COHUTTA', description: 'Look', before: 85, change: null }], total: 4 });
      await summarizeAll(site.dir);
    }
    const { next } = await site.json<{ next: string }>('/api/v1/maintenance?order=fell&limit=2');
    expect(await site.json(`/api/v1/maintenance?order=fell&cursor=${next}`)).toMatchObject({ items: [{ pump: 'COHUTTA', description: 'Adjust' }, { description: 'Install' }] });
    expect(await site.json('/api/v1/maintenance?technician=e.%20simmons&vendor=GENPUMP')).toMatchObject({ items: [{ pump: 'LAGNAPPE' }], total: 1 });
    expect(await site.json('/api/v1/maintenance?to=2010-01-01')).toMatchObject({ items: [{ description: 'Install' }], total: 1 });
    expect(await (await site.get('/api/v1/maintenance?order=fell', { accept: 'text/csv' })).text()).toContain('LAGNAPPE,GENPUMP,2014-03-13,E. Simmons,Adjust,,3.0,-77.0,1,');
    expect(await site.json('/api/v1/work-names')).toEqual({ vendors: ['GENPUMP'], technicians: ['E. Simmons', 'T. LaBou'], works: ['Adjust', 'Install', 'Look'] });
  });
});

test('a range is added up beside as long a time before it, and a day has what is usual by the hours before it', async () => {
  const hour = (h: number, psi: number) => [0, 20, 40].map((m) =>
    `LAGNAPPE 2014-03-${String(10 + Math.floor(h / 24)).padStart(2, '0')}T${String(h % 24).padStart(2, '0')}:${String(m).padStart(2, '0')} 1 1 1 1 ${psi} 1`);
  const site = await openSite({ rows: [...Array.from({ length: 24 }, (_, h) => hour(h, h % 2 === 0 ? 79 : 81)), hour(24, 50)].flat() });
  const figures = await site.json('/api/v1/pumps/LAGNAPPE/figures?from=2014-03-11T00:00&to=2014-03-11T00:40');
  expect(rangeFigures.parse(figures)).toEqual(figures);
  expect(figures).toMatchObject({ rows: 2, psi: { count: 2, min: 50, max: 50, avg: 50 }, before: { rows: 2, psi: { min: 81, max: 81, avg: 81 } } });
  const usualOf = await site.json('/api/v1/pumps/LAGNAPPE/usual?from=2014-03-10&to=2014-03-11');
  expect(usualOf).toEqual({ pump: 'LAGNAPPE', rule: 'psi-low-for-this-pump', items: [{ date: '2014-03-11', median: 80, reach: expect.closeTo(4 * 1.4826, 6) as number }] });
  expect(await site.json('/api/v1/pumps/LAGNAPPE/usual?from=2014-03-11&to=2014-03-11&measure=flo')).toMatchObject({ rule: null, items: [{ median: 1, reach: 0 }] });
  expect((await site.get('/api/v1/pumps/NOBODY/figures?from=2014-03-11&to=2014-03-12')).status).toBe(404);
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
      receivers: { directory, mqtt: none, kafka: { ...none } },
      late: 0,
      failedFiles: { count: 0, newest: [] },
      replacedAlerts: [],
      unknownPumps: ['COHUTTA'],
    });
  });
});
