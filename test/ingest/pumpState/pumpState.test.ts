import { describe, expect, test } from 'vitest';
import { dayOf } from '../../../domain/reading/wallClock.ts';
import type { WindowSettings } from '../../../ingest/pumpState/arrivalWindows.ts';
import { reportOf, type WindowReport } from '../../../ingest/pumpState/windowReport.ts';
import type { Json } from '../../../storage/table/state.ts';
import fc from '../../support/property.ts';
import { type Row, row, time } from '../../support/steps.ts';
import { LATENESS, START, SteppedJob, type StoredRow } from './steppedJob.ts';
import { PSI } from '../../support/measures.ts';

const SHORT: WindowSettings = { lengthMs: 6000, slideMs: 2000 };

/** The window that ends at a time, from all rows there are, in the plainest way. */
function naiveWindow(stored: readonly StoredRow[], to: number, { lengthMs }: WindowSettings): unknown[] {
  const groups = new Map<string, StoredRow[]>();
  for (const each of stored) {
    if (each.batch < to - lengthMs || each.batch >= to) continue;
    const key = `${each.pump} ${dayOf(each.time)}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((rows) => {
    const psi = rows.map(({ values }) => values[PSI]);
    return {
      pump: rows[0].pump, day: dayOf(rows[0].time), count: rows.length, min: Math.min(...psi), max: Math.max(...psi),
      mean: psi.reduce((sum, value) => sum + value) / psi.length, alerts: psi.filter((value) => value < 5).length,
    };
  }).sort(byPump);
}

const byPump = (a: { pump: string; day: number }, b: { pump: string; day: number }) => a.day - b.day || (a.pump < b.pump ? -1 : 1);
const plain = ({ rows }: WindowReport) => rows.map(({ total: _, ...each }) => each).sort(byPump);

function naiveTotals(stored: readonly StoredRow[]): Record<string, unknown> {
  const totals: Record<string, { rows: number; alerts: number; late: number; last: { time: number; psi: number } }> = {};
  for (const { pump, time: at, values: [, , , , psi] } of stored) {
    const before = totals[pump] ?? { rows: 0, alerts: 0, late: 0, last: { time: -Infinity, psi: 0 } };
    const late = before.late + Number(at < before.last.time - LATENESS);
    totals[pump] = {
      rows: before.rows + 1,
      alerts: before.alerts + Number(psi < 5),
      late,
      last: at >= before.last.time ? { time: at, psi } : before.last,
    };
  }
  return totals;
}

test('psi of 6 s every 2 s by pump and date, with totals and last reading, and an empty window once', async () => {
  const job = await SteppedJob.start(SHORT);
  await job.step([row('COHUTTA', '2014-03-10T01:00', 85), row('COHUTTA', '2014-03-10T01:01', 87)]);
  job.advance(2000);
  await job.step([row('COHUTTA', '2014-03-10T01:02', 92), row('LAGNAPPE', '2014-03-11T00:00', 4)]);
  job.advance(10_000);
  const last = (at: string, psi: number) => ({ time: time(at), psi });
  const cohutta = { pump: 'COHUTTA', day: 16139, alerts: 0 };
  const lagnappe = {
    pump: 'LAGNAPPE',
    day: 16140,
    count: 1,
    min: 4,
    max: 4,
    mean: 4,
    alerts: 1,
    total: { rows: 1, alerts: 1, late: 0, last: last('2014-03-11T00:00', 4) },
  };
  const total = { rows: 3, alerts: 0, late: 0, last: last('2014-03-10T01:02', 92) };
  const three = { ...cohutta, count: 3, min: 85, max: 92, mean: 88, total };
  expect(job.windows.map(({ time: to, rows }) => [to - START, rows])).toEqual([
    [
      2000,
      [{ ...cohutta, count: 2, min: 85, max: 87, mean: 86, total: { rows: 2, alerts: 0, late: 0, last: last('2014-03-10T01:01', 87) } }],
    ],
    [4000, [lagnappe, three]],
    [6000, [lagnappe, three]],
    [8000, [lagnappe, { ...cohutta, count: 1, min: 92, max: 92, mean: 92, total }]],
    [10_000, []],
  ]);
  expect(job.windows[1]).toMatchObject({ lengthMs: 6000, slideMs: 2000, pumpDays: 2 });
  expect(job.events).toEqual([]);
});

describe('whatever comes, in whatever order, with a crash after any step', () => {
  const aRow = fc
    .tuple(
      fc.constantFrom('A', 'B', 'C'),
      fc.integer({ min: 9, max: 10 }),
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom(0, 4.75, 80, 81.5),
    )
    .map(([pump, day, minute, psi]): Row => row(pump, `2014-03-${String(day).padStart(2, '0')}T01:0${minute}`, psi));
  const action = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('step' as const), rows: fc.array(aRow, { maxLength: 6 }), crash: fc.boolean() }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(100, 700, 2000, 2000, 3300, 6000, 17_000) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), after: fc.constantFrom(0, 0, 900, 2000, 9000) }) },
  );
  const settings = fc.constantFrom<WindowSettings>(
    SHORT,
    { lengthMs: 2000, slideMs: 2000 },
    { lengthMs: 10_000, slideMs: 4000 },
    { lengthMs: 4000, slideMs: 6000 },
    { lengthMs: 60_000, slideMs: 6000 },
  );

  test(
    'every window, the totals and the last readings are what recomputing them from all stored rows gives',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(settings, fc.array(action, { minLength: 5, maxLength: 25 }), async (window, actions) => {
          const job = await SteppedJob.start(window);
          const told = new Map<number, unknown>();
          const asleep = new Set<number>();
          let receivedAt = 0;
          const look = () => {
            for (const report of job.windows.splice(0)) {
              expect(plain(report), `window to ${report.time - START}`).toEqual(
                naiveWindow(
                  job.stored.filter(({ batch }) => batch < job.now),
                  report.time,
                  window,
                ),
              );
              for (const { pump, total } of report.rows) expect(total).toEqual(naiveTotals(job.stored)[pump]);
              told.set(report.time, report);
            }
          };
          for (const each of actions) {
            receivedAt += 1;
            if (each.kind === 'step')
              await job.step(
                each.rows.map((one) => ({ ...one, receivedAt })),
                { crash: each.crash },
              );
            if (each.kind === 'advance') job.advance(each.ms);
            if (each.kind === 'restart') {
              const lastEnd = Math.floor((job.now + each.after) / window.slideMs) * window.slideMs;
              for (let to = job.now + 1; to < lastEnd; to++) if (to % window.slideMs === 0) asleep.add(to);
              job.now += each.after;
              await job.restart();
            }
            look();
          }
          for (let to = START; to <= job.now; to += window.slideMs) {
            if (naiveWindow(job.stored, to, window).length > 0 && !asleep.has(to))
              expect(told.has(to), `window to ${to - START}`).toBe(true);
          }
          await job.restart();
          expect(job.events).toEqual([]);
          for (const [pump, { last }] of Object.entries(
            naiveTotals(job.stored) as Record<string, { last: { time: number; psi: number } }>,
          )) {
            const { time: at, values } = (await job.table.lastReading(pump))!;
            expect({ time: at[0], psi: values[PSI][0] }).toEqual(last);
          }
          await job.table.close();
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('what a step writes', () => {
  const many = (count: number, minute: number) =>
    Array.from({ length: count }, (_, i) => row(`P${i}`, `2014-03-10T01:${String(minute).padStart(2, '0')}`));

  test('of one row is small, also when 10,000 pumps are in the window', async () => {
    const job = await SteppedJob.start(SHORT);
    await job.step(many(10_000, 0));
    await job.step([row('P7', '2014-03-10T01:01')]);
    expect(Object.keys(job.changed)).toEqual([`window:${START / 2000}:1`, 'pump:P7']);
    expect(JSON.stringify(job.changed).length).toBeLessThan(200);
    job.advance(2000);
    await job.step([row('P7', '2014-03-10T01:02')]);
    expect(JSON.stringify(job.changed).length).toBeLessThan(200);
  });

  test('fragments of a pane stay few, and all of it goes when the window has left it', async () => {
    const job = await SteppedJob.start(SHORT);
    for (let i = 0; i < 300; i++)
      await job.step([row(`P${i % 7}`, `2014-03-10T0${Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}`)]);
    const panes = async () => [...(await job.table.state()).keys()].filter((name) => name.startsWith('window:'));
    expect((await panes()).length).toBeLessThanOrEqual(16);
    job.advance(60_000);
    await job.step([row('Z', '2014-03-10T01:00')]);
    expect((await panes()).length).toBe(1);
  });

  test('panes that became too old while nothing ran are dropped by the clock', async () => {
    const job = await SteppedJob.start(SHORT);
    await job.step([row('A', '2014-03-10T01:00')]);
    job.now += 3_600_000;
    await job.restart();
    job.advance(4000);
    expect(job.windows).toEqual([]);
    await job.step([row('B', '2014-03-10T01:00')]);
    expect([...(await job.table.state()).keys()].filter((name) => name.startsWith('window:')).length).toBe(1);
  });
});

describe('what was kept by another version, is damaged, or was made for other windows', () => {
  async function jobWith(state: Readonly<Record<string, Json>>): Promise<SteppedJob> {
    const job = await SteppedJob.start(SHORT);
    await job.step([row('A', '2014-03-10T01:00', 80), row('B', '2014-03-10T01:00', 3)]);
    await job.step([row('A', '2014-03-10T01:01', 82), row('A', '2014-03-10T01:01', 83)]);
    await job.table.write({ receiver: null, readings: emptyReadings, breaches: [], rejects: [], state });
    await job.restart();
    return job;
  }
  const emptyReadings = {
    length: 0,
    names: [],
    pump: new Uint32Array(0),
    time: new Float64Array(0),
    receivedAt: new Float64Array(0),
    values: [],
  };

  async function lastWindow(job: SteppedJob): Promise<WindowReport> {
    await job.step([row('A', '2014-03-10T01:05', 84), row('B', '2014-03-10T01:05', 84)]);
    job.advance(8000 - (job.now % 8000));
    return job.windows.find(({ rows }) => rows.length > 0)!;
  }

  test('another version: the windows begin anew, totals are counted from the table, and the log says so', async () => {
    const job = await jobWith({ windows: { version: 2, lengthMs: 6000, slideMs: 2000 } });
    expect(job.events.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      expect.stringMatching(/^warn: totals: those of 2 pumps .* counted anew from the readings and alerts in the table/),
      expect.stringMatching(/^warn: windows: .* begin anew/),
    ]);
    const { rows } = await lastWindow(job);
    // A has three rows at two times: one was replaced, which the table does not know any more.
    expect(rows.map(({ pump, count, total }) => [pump, count, total.rows, total.alerts])).toEqual([['A', 1, 3, 0], ['B', 1, 2, 1]]);
    job.events.length = 0;
    await job.restart();
    expect(job.events).toEqual([]);
  });

  test('a damaged total is counted from the table, the others stay', async () => {
    const job = await jobWith({ 'pump:B': ['much', 1] });
    expect(job.events).toEqual([
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('those of 1 pump ') as string }),
    ]);
    const { rows } = await lastWindow(job);
    expect(rows.map(({ pump, count, total }) => [pump, count, total.rows])).toEqual([['B', 2, 2], ['A', 4, 4]]);
  });

  test('a total of before late rows were counted has none, and counts from there', async () => {
    const job = await jobWith({ 'pump:A': [3, 0, time('2014-03-10T01:09'), 83] });
    expect(job.events).toEqual([]);
    expect((await lastWindow(job)).rows.map(({ pump, total }) => [pump, total.rows, total.late])).toEqual([['B', 2, 0], ['A', 4, 1]]);
  });

  test('a damaged part of a pane is left out, and the log says so', async () => {
    const job = await jobWith({ [`window:${START / 2000}:1`]: [['x']] });
    expect(job.events).toEqual([
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('windows: what was kept') as string }),
    ]);
    expect((await lastWindow(job)).rows.length).toBe(2);
  });

  test('another length: the windows begin anew and say so, totals stay', async () => {
    const job = await jobWith({});
    await job.restart({ lengthMs: 8000, slideMs: 2000 });
    expect(job.events).toEqual([
      {
        level: 'info',
        message: 'window: it was 6000 ms long every 2000 ms, now it is 8000 ms every 2000 ms: the windows begin anew, totals stay',
      },
    ]);
    const { rows } = await lastWindow(job);
    expect(rows.map(({ pump, count, total }) => [pump, count, total.rows])).toEqual([['A', 1, 4], ['B', 1, 2]]);
    job.events.length = 0;
    await job.restart();
    expect(job.events).toEqual([]);
  });

  test('a clock that was set back: rows from the future are left out of the windows, with a word', async () => {
    const job = await jobWith({});
    job.now -= 3_600_000;
    await job.restart();
    expect(job.events).toEqual([
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('the clock was set back') as string }),
    ]);
    expect((await lastWindow(job)).rows.map(({ count, total }) => [count, total.rows])).toEqual([[1, 4], [1, 2]]);
  });

  test('a table that has readings and no totals, of an older program', async () => {
    const job = await jobWith({ windows: null, 'pump:A': null, 'pump:B': null });
    expect(job.events[0].message).toContain('totals: those of 2 pumps');
  });
});

test('a window beyond all numbers has no mean, and goes on when they have left it', async () => {
  const job = await SteppedJob.start(SHORT);
  await job.step([row('A', '2014-03-10T01:00', 1.5e308), row('A', '2014-03-10T01:01', 1.5e308)]);
  await job.restart();
  job.advance(2000);
  expect(job.windows[0].rows[0]).toMatchObject({ count: 2, min: 1.5e308, mean: NaN });
  job.advance(4000);
  await job.step([row('A', '2014-03-10T01:02', 80)]);
  job.advance(2000);
  expect(job.windows.at(-1)!.rows[0]).toMatchObject({ count: 1, mean: 80 });
});

describe('a window that is too much to keep', () => {
  test('is refused at the start, with what would fit', async () => {
    const job = await SteppedJob.start(SHORT);
    await job.step(Array.from({ length: 30 }, (_, i) => row(`P${i}`, '2014-03-10T01:00', 85)));
    await expect(job.restart({ lengthMs: 86_400_000, slideMs: 2000 })).rejects.toThrow(
      'window: a window of 1d every 2s is 43200 panes, which with 30 pumps takes 235 MiB of memory; 91 MiB is the most. Set window.slide ' +
      'to 6s or more',
    );
  });

  test('begins anew when more pumps come, says so, and is told again when it is whole', async () => {
    const job = await SteppedJob.start(SHORT);
    job.mostPumpDays = 3;
    await job.restart();
    const pumps = ['A', 'B', 'C', 'D'];
    await job.step(pumps.map((pump) => row(pump, '2014-03-10T01:00', 85)));
    job.advance(4000);
    await job.step([row('A', '2014-03-10T01:01', 85)]);
    job.advance(2000);
    expect(job.windows).toEqual([]);
    expect(job.events).toMatchObject([{ level: 'error', message: expect.stringContaining('Set window.slide') as string }]);
    job.advance(2000);
    expect(job.windows.map(plain)).toMatchObject([[{ pump: 'A', count: 1 }]]);
  });
});

test('a window leaves out a pump all of whose readings were taken back meanwhile', () => {
  const day = { day: 16139, count: 1, min: 0, max: 0, mean: 0, alerts: 1 };
  const total = { rows: 1, alerts: 1, late: 0, last: { time: 0, psi: 0 } };
  const report = reportOf({ time: 6000, rows: [{ ...day, pump: 'GONE' }, { ...day, pump: 'TECHE' }] }, SHORT, new Map([['TECHE', total]]));
  expect(report).toMatchObject({ pumpDays: 1, rows: [{ pump: 'TECHE', total }] });
});
