import { afterEach, describe, expect, test } from 'vitest';
import { NO_COUNTS } from '../../domain/balance.ts';
import type { DayStats } from '../../domain/day/dayStats.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import { markOf, type RejectMark, type Replay } from '../../domain/reading/rejectMark.ts';
import { isUnknown, type Measure, MEASURES } from '../../domain/reading/measures.ts';
import { cellReceipt } from '../../domain/reading/readings.ts';
import { dayOf, formatDay } from '../../domain/reading/wallClock.ts';
import type { RejectBounds } from '../../storage/table/rejects.ts';
import { REPLACED_ALERTS_STATE, replacedAlerts } from '../../storage/table/state.ts';
import type { Table } from '../../storage/table/table.ts';
import fc from '../support/property.ts';
import { collect, type Row, row, stepOf, time } from '../support/steps.ts';
import { HIGH_HZ, LOW_PSI } from '../support/rules.ts';
import { blankedContract } from './blankedCells.ts';
import { originsContract } from './originsContract.ts';
import { alertId, type CellRow, TableModel } from './tableModel.ts';
import { PSI, psiOf } from '../support/measures.ts';

/** How a store is opened for the suite: empty, with a clock and times to live. */
export interface TableSetup {
  readonly ttl?: { readonly data: number | null; readonly alerts: number | null };
  readonly now?: () => number;
  readonly rejects?: RejectBounds;
}

/** How much the property tests do; a slow store does less. */
export interface ContractLimits {
  readonly runs: number;
}

/** What every store must do. `open` gives an empty table; it is closed by the suite. */
export function tableContract(name: string, open: (setup: TableSetup) => Promise<Table>, limits: ContractLimits): void {
  const opened: Table[] = [];
  const table = async (setup: TableSetup = {}): Promise<Table> => {
    const one = await open(setup);
    opened.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  describe(`${name}: readings`, () => readingsContract(table));
  describe(`${name}: missing cells`, () => missingContract(table));
  describe(`${name}: real rows`, () => blankedContract(table));
  describe(`${name}: a row of a retained message`, () => retainedContract(table));
  describe(`${name}: alerts`, () => alertsContract(table));
  describe(`${name}: days and statistics`, () => daysContract(table));
  describe(`${name}: what commits with a step`, () => ledgerContract(table));
  describe(`${name}: where rows come from`, () => originsContract(table, limits.runs));
  describe(`${name}: expiry`, () => expiryContract(table));
  describe(`${name}: any steps`, () => propertyContract(table, limits));
}

type Open = (setup?: TableSetup) => Promise<Table>;

/** The columns that were asked for, of all readings of a pump. */
async function onlyOf(table: Table, pump: string, only: { measures: readonly number[]; receipts: boolean }): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { length, time: times, receivedAt, values } of table.readings(pump, { only }))
    for (let i = 0; i < length; i++) rows.push([times[i], ...only.measures.map((c) => values[c][i]), ...(only.receipts ? [receivedAt[i]] : [])]);
  return rows;
}

async function rowsOf(table: Table, pump: string, range: { from?: number; to?: number } = {}): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const piece of table.readings(pump, range)) {
    for (let i = 0; i < piece.length; i++) {
      rows.push({
        pump: piece.names[piece.pump[i]], time: piece.time[i], receivedAt: piece.receivedAt[i],
        values: piece.values.map((column) => column[i]),
      });
    }
  }
  return rows;
}

/** The same, with the time of receipt of each cell. */
async function cellsOf(table: Table, pump: string, range: { from?: number; to?: number } = {}): Promise<CellRow[]> {
  const rows: CellRow[] = [];
  for await (const piece of table.readings(pump, range)) {
    for (let i = 0; i < piece.length; i++) {
      const values = piece.values.map((column) => column[i]);
      const receipts = values.map((value, c) => (isUnknown(value) ? NaN : cellReceipt(piece, i, c)));
      rows.push({ pump: piece.names[piece.pump[i]], time: piece.time[i], receivedAt: piece.receivedAt[i], values, receipts });
    }
  }
  return rows;
}

/** A reading that has some cells only, told by measure. */
function part(pump: string, at: string, cells: Partial<Record<Measure, number>>, receivedAt = 1): Row {
  return { pump, time: time(at), receivedAt, values: MEASURES.map((measure) => cells[measure] ?? NaN) };
}

function missingContract(open: Open): void {
  const DAY = '2014-03-10';

  test('a missing cell is stored as missing', async () => {
    const table = await open();
    expect((await table.write(stepOf([part('A', DAY, { psi: 80 })]))).counts).toMatchObject({ stored: 1, duplicate: 0 });
    expect(await table.lookup('A', time(DAY))).toEqual([NaN, NaN, NaN, NaN, 80, NaN]);
    expect((await table.lastReading('A'))?.values.map((column) => column[0])).toEqual([NaN, NaN, NaN, NaN, 80, NaN]);
  });

  test('thousands of rows of one pump with one cell each come back whole', async () => {
    const table = await open();
    const rows = Array.from({ length: 5_000 }, (_, i) => ({ ...part('A', DAY, { psi: i }), time: time(DAY) + i * 1000 }));
    expect((await table.write(stepOf(rows))).counts.stored).toBe(rows.length);
    expect(await rowsOf(table, 'A')).toEqual(rows);
  });

  test('what is missing neither erases nor differs', async () => {
    const table = await open();
    await table.write(stepOf([row('A', DAY, 80, 1)]));
    const outcome = await table.write(stepOf([part('A', DAY, { hz: 10.27, chlPPM: 1.94 }, 2)]));
    expect(outcome.counts).toMatchObject({ stored: 0, replaced: 0, duplicate: 1 });
    expect(await cellsOf(table, 'A')).toEqual([{ ...row('A', DAY, 80, 1), receipts: [1, 1, 1, 1, 1, 1] }]);
  });

  test('a row that adds cells is stored and replaces nothing; one that changes a cell replaces; each cell keeps its own receipt', async () => {
    const table = await open();
    await table.write(stepOf([part('A', DAY, { hz: 1, psi: 80 }, 1)]));
    const added = await table.write(stepOf([part('A', DAY, { flo: 7 }, 2)]));
    expect(added.counts).toMatchObject({ stored: 1, replaced: 0, duplicate: 0 });
    const changed = await table.write(stepOf([part('A', DAY, { hz: 2 }, 3)]));
    expect(changed.counts).toMatchObject({ stored: 1, replaced: 1, duplicate: 0 });
    expect(await cellsOf(table, 'A')).toEqual([
      { ...part('A', DAY, { hz: 2, flo: 7, psi: 80 }, 3), receipts: [3, NaN, 2, NaN, 1, NaN] },
    ]);
  });

  test('six rows of one cell each are one row, in one step or in six, in any order', async () => {
    const table = await open();
    const whole = row('A', DAY, 4, 1);
    const parts = MEASURES.map((measure, c) => part('A', DAY, { [measure]: whole.values[c] }, 10 + c));
    const together = await table.write(stepOf(parts));
    expect(together.counts).toEqual({ stored: 6, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 0, alerts: 1 });
    for (const [index, one] of [...parts].reverse().entries())
      await table.write(stepOf([{ ...one, pump: 'B', receivedAt: 20 + index }]));
    expect((await rowsOf(table, 'A')).map(({ values }) => values)).toEqual([whole.values]);
    expect((await rowsOf(table, 'B')).map(({ values }) => values)).toEqual([whole.values]);
    expect((await collect(table.alerts({}))).map(({ pump, value, receivedAt }) => [pump, value, receivedAt])).toEqual([
      ['A', 4, 14], ['B', 4, 21],
    ]);
  });

  test('the receipt that decides a cell is its own: a part that came late but was received before loses that cell only', async () => {
    const table = await open();
    await table.write(stepOf([part('A', DAY, { hz: 1 }, 2), part('A', DAY, { psi: 80 }, 9)]));
    const outcome = await table.write(stepOf([part('A', DAY, { hz: 5, flo: 6, psi: 3 }, 5)]));
    expect(outcome).toMatchObject({ counts: { stored: 1, replaced: 1, alerts: 0 }, raised: [] });
    expect(await cellsOf(table, 'A')).toEqual([
      { ...part('A', DAY, { hz: 5, flo: 6, psi: 80 }, 9), receipts: [5, NaN, 5, NaN, 9, NaN] },
    ]);
  });

  test('alerts come and go with their cell', async () => {
    const table = await open();
    const rules = [LOW_PSI, HIGH_HZ];
    await table.write(stepOf([part('A', DAY, { psi: 0 }, 1)], { rules }));
    const other = await table.write(stepOf([part('A', DAY, { hz: 200 }, 2)], { rules }));
    expect(other).toMatchObject({ counts: { alerts: 1 }, withdrawn: [] });
    expect((await collect(table.alerts({}))).map(({ rule, receivedAt }) => [rule, receivedAt])).toEqual([['high-hz', 2], ['low-psi', 1]]);
    const gone = await table.write(stepOf([part('A', DAY, { psi: 50 }, 3)], { rules }));
    expect(gone.withdrawn.map(({ rule }) => rule)).toEqual(['low-psi']);
    expect((await collect(table.alerts({}))).map(({ rule }) => rule)).toEqual(['high-hz']);
  });

  test('a part of a step that a later one replaces raises nothing, one that stays does', async () => {
    const table = await open();
    const rules = [LOW_PSI, HIGH_HZ];
    const outcome = await table.write(
      stepOf([part('A', DAY, { psi: 1, hz: 200 }, 1), part('A', DAY, { psi: 80 }, 1)], { rules }),
    );
    expect(outcome.raised.map(({ rule }) => rule.id)).toEqual(['high-hz']);
    expect(outcome.superseded.map(({ rule }) => rule.id)).toEqual(['low-psi']);
  });

  test('a retained part adds the cells that are missing and changes none', async () => {
    const table = await open();
    await table.write(stepOf([part('A', DAY, { psi: 80 }, 1)]));
    const outcome = await table.write(
      stepOf([part('A', DAY, { psi: 3 }, 2), part('A', DAY, { psi: 2, hz: 7 }, 2), part('A', DAY, { hz: 8 }, 2)], { onlyNew: true }),
    );
    expect(outcome.counts).toMatchObject({ stored: 2, replaced: 1, duplicate: 1, alerts: 0 });
    expect(await table.lookup('A', time(DAY))).toEqual([8, NaN, NaN, NaN, 80, NaN]);
  });

  test('cells expire by themselves', async () => {
    let now = 1000;
    const table = await open({ now: () => now, ttl: { data: 100, alerts: null } });
    await table.write(stepOf([part('A', DAY, { hz: 1, psi: 80 }, 1000)]));
    await table.write(stepOf([part('A', DAY, { flo: 7 }, 1060)]));
    now = 1110;
    expect(await table.lookup('A', time(DAY))).toEqual([NaN, NaN, 7, NaN, NaN, NaN]);
    expect((await rowsOf(table, 'A')).map(({ values }) => values)).toEqual([[NaN, NaN, 7, NaN, NaN, NaN]]);
    const again = await table.write(stepOf([part('A', DAY, { hz: 1, flo: 7 }, 1110)]));
    expect(again.counts).toMatchObject({ stored: 1, replaced: 0 });
    expect(await table.lookup('A', time(DAY))).toEqual([1, NaN, 7, NaN, NaN, NaN]);
    expect((await collect(table.days({})))[0].expired).toBe(true);
  });
}

function readingsContract(open: Open): void {
  test('a reader that looks at some columns gets these as they are, from whole rows and from those that lack cells', async () => {
    const one = await open();
    const rows = Array.from({ length: 1500 }, (_, i) => ({ ...row('A', '2014-03-10', i % 90), time: i * 60_000 }));
    await one.write(stepOf(rows));
    await one.write(stepOf([{ ...rows[3], time: rows[1499].time + 60_000, values: rows[3].values.map((value, c) => (c === PSI ? NaN : value)) }]));
    const all: number[][] = [];
    for await (const { length, time: times, receivedAt, values } of one.readings('A', {}))
      for (let i = 0; i < length; i++) all.push([times[i], values[PSI][i], values[0][i], receivedAt[i]]);
    expect(await onlyOf(one, 'A', { measures: [PSI, 0], receipts: true })).toEqual(all);
    expect(await onlyOf(one, 'A', { measures: [PSI], receipts: false })).toEqual(all.map(([at, psi]) => [at, psi]));
    expect(await onlyOf(one, 'A', { measures: [], receipts: false })).toEqual(all.map(([at]) => [at]));
  });

  test('an empty table answers with nothing', async () => {
    const table = await open();
    expect(await table.pumps()).toEqual([]);
    expect(await table.lookup('A', 0)).toBeUndefined();
    expect(await table.lastReading('A')).toBeUndefined();
    expect(await rowsOf(table, 'A')).toEqual([]);
    expect(await collect(table.alerts({}))).toEqual([]);
    expect(await collect(table.days({}))).toMatchObject([]);
    expect(await collect(table.stats({}))).toEqual([]);
    expect(await collect(table.rejects())).toEqual([]);
    expect(await table.newestRejects({ limit: 10 })).toEqual({ items: [], total: 0, dropped: 0 });
    expect(await table.newestTime('A')).toBeUndefined();
    expect(await table.state()).toEqual(new Map());
    expect(await table.counts()).toEqual({ directory: NO_COUNTS, mqtt: NO_COUNTS, kafka: NO_COUNTS });
    expect(await table.savedReference()).toBeUndefined();
  });

  test('readings come back in order of time, whatever order they came in', async () => {
    const table = await open();
    const rows = ['2014-03-10T01:03', '2014-03-10T01:01', '2014-03-12', '2014-03-10T01:02:30.250'].map((at) => row('A', at));
    await table.write(stepOf(rows));
    const expected = [...rows].sort((a, b) => a.time - b.time);
    expect(await rowsOf(table, 'A')).toEqual(expected);
    expect((await table.lastReading('A'))?.time[0]).toBe(time('2014-03-12'));
    expect(await table.newestTime('A')).toBe(time('2014-03-12'));
    expect(await table.newestTime('B')).toBeUndefined();
  });

  test('a range takes its beginning and leaves its end', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('A', '2014-03-11'), row('A', '2014-03-12')]));
    const rows = await rowsOf(table, 'A', { from: time('2014-03-10'), to: time('2014-03-12') });
    expect(rows.map((one) => one.time)).toEqual([time('2014-03-10'), time('2014-03-11')]);
  });

  test('an equal row is a duplicate', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 80, 1)]));
    const again = await table.write(stepOf([row('A', '2014-03-10', 80, 2), row('A', '2014-03-10', 80, 3)]));
    expect(again.counts).toMatchObject({ stored: 0, duplicate: 2 });
    expect((await rowsOf(table, 'A'))[0].receivedAt).toBe(1);
  });

  test('-0 is another value than 0', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 0)]));
    expect((await table.write(stepOf([row('A', '2014-03-10', -0)]))).counts.stored).toBe(1);
    expect(Object.is(psiOf(await table.lookup('A', time('2014-03-10'))), -0)).toBe(true);
  });

  test('the later receipt wins, within a step too, and counts as stored', async () => {
    const table = await open();
    const first = await table.write(stepOf([row('A', '2014-03-10', 80, 1), row('A', '2014-03-10', 70, 2)]));
    expect(first.counts).toMatchObject({ stored: 2, duplicate: 0 });
    const second = await table.write(stepOf([row('A', '2014-03-10', 60, 3)]));
    expect(second).toMatchObject({ counts: { stored: 1 }, outOfOrder: 1 });
    expect(psiOf(await table.lookup('A', time('2014-03-10')))).toBe(60);
  });

  test('an earlier receipt that comes after counts as stored and changes nothing', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 80, 5)]));
    const outcome = await table.write(stepOf([row('A', '2014-03-10', 3, 4)]));
    expect(outcome).toMatchObject({ counts: { stored: 1, duplicate: 0, alerts: 0 }, raised: [] });
    expect(psiOf(await table.lookup('A', time('2014-03-10')))).toBe(80);
  });

  test('rows among older ones are out of order, rows after them are not', async () => {
    const table = await open();
    expect((await table.write(stepOf([row('A', '2014-03-11')]))).outOfOrder).toBe(0);
    const outcome = await table.write(stepOf([row('A', '2014-03-10'), row('A', '2014-03-12'), row('B', '2014-03-10')]));
    expect(outcome.outOfOrder).toBe(1);
  });

  test('pumps come in order of the bytes of their ids and are kept apart', async () => {
    const table = await open();
    const ids = ['B', 'A', 'A_2014-03-10', 'A*', 'A+', 'A,', 'A.', 'A%', 'é', 'Ω', '泵', '😀', '\uffee'];
    await table.write(stepOf(ids.map((id, index) => row(id, '2014-03-10', 50 + index))));
    const sorted = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await table.pumps()).toEqual(sorted);
    for (const [index, id] of ids.entries()) expect(psiOf(await table.lookup(id, time('2014-03-10')))).toBe(50 + index);
    expect((await collect(table.days({}))).map((day) => day.pump)).toEqual(sorted);
  });

  test('ids of 64 characters, of any script, are ids like others', async () => {
    const table = await open();
    const ids = ['x'.repeat(64), '😀'.repeat(64), `${'é'.repeat(62)}_9`];
    await table.write(stepOf(ids.map((id, index) => row(id, '2014-03-10T01:01:05.250', index))));
    for (const [index, id] of ids.entries()) expect((await rowsOf(table, id)).map(({ values: [, , , , psi] }) => psi)).toEqual([index]);
    expect(await collect(table.alerts({}))).toHaveLength(3);
  });

  test('values come back to the bit: zeros of both signs, the smallest and the largest', async () => {
    const table = await open();
    const odd = [-0, 5e-324, -2.2250738585072011e-308, Number.MAX_VALUE, 0.1 + 0.2, 1e-7];
    await table.write(stepOf([{ ...row('A', '2014-03-10'), values: odd }]));
    expect(
      (await rowsOf(table, 'A'))[0].values.map((one) =>
        Object.is(
          one,
          odd.find((wanted) => Object.is(wanted, one)),
        ),
      ),
    ).toEqual(odd.map(() => true));
    expect((await table.write(stepOf([{ ...row('A', '2014-03-10', 1, 2), values: odd }]))).counts).toMatchObject({
      stored: 0,
      duplicate: 1,
    });
  });

  test('a step of 10,000 rows comes back whole, and is known when it comes again', async () => {
    const table = await open();
    const rows = Array.from({ length: 10_000 }, (_, i) => ({
      pump: `P${i % 7}`,
      time: time('2014-03-10') + Math.floor(i / 7) * 60_000,
      receivedAt: 5,
      values: [i, 1, 2, 3, 80 + (i % 5), -i],
    }));
    expect((await table.write(stepOf(rows))).counts.stored).toBe(10_000);
    let count = 0;
    for (let pump = 0; pump < 7; pump++) {
      const stored = await rowsOf(table, `P${pump}`);
      expect(stored).toEqual(rows.filter((one) => one.pump === `P${pump}`));
      count += stored.length;
    }
    expect(count).toBe(10_000);
    const again = await table.write(stepOf([...rows].reverse().map((one) => ({ ...one, receivedAt: 6 }))));
    expect(again.counts).toEqual({ stored: 0, replaced: 0, retracted: 0, duplicate: 10_000, replayed: 0, rejected: 0, alerts: 0 });
  });

  test('readers beside the writer see whole rows', async () => {
    const table = await open();
    const step = (psi: number) =>
      stepOf(
        Array.from({ length: 1500 }, (_, i) => ({ pump: 'A', time: i * 60_000, receivedAt: psi, values: [psi, psi, psi, psi, psi, psi] })),
        { rules: [] },
      );
    await table.write(step(10));
    const reader = async () => {
      for (let i = 0; i < 4; i++) {
        const rows = await rowsOf(table, 'A');
        expect(rows).toHaveLength(1500);
        expect(rows.filter(({ values: all }) => new Set(all).size !== 1)).toEqual([]);
      }
    };
    const writer = async () => {
      for (let psi = 11; psi < 15; psi++) await table.write(step(psi));
    };
    await Promise.all([reader(), reader(), writer(), reader()]);
    expect(psiOf(await table.lookup('A', 0))).toBe(14);
  });

  test('leaving a loop over readings early lets the table go on', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10')]));
    for await (const piece of table.readings('A', {})) {
      expect(piece.length).toBe(1);
      break;
    }
    await table.write(stepOf([row('A', '2014-03-11')]));
    expect(await rowsOf(table, 'A')).toHaveLength(2);
  });

  test('a loop over readings sees one state, whatever is written meanwhile', async () => {
    const table = await open();
    const at = Array.from({ length: 5000 }, (_, index) => index * 60_000);
    await table.write(stepOf(at.map((one) => ({ ...row('A', '2014-03-10'), time: one }))));
    const psi = new Set<number>();
    let written = false;
    for await (const piece of table.readings('A', {})) {
      for (let i = 0; i < piece.length; i++) psi.add(piece.values[PSI][i]);
      if (!written) await table.write(stepOf(at.map((one) => ({ ...row('A', '2014-03-10', 7, 2), time: one }))));
      written = true;
    }
    expect(psi).toEqual(new Set([80]));
  });
}

function retainedContract(open: Open): void {
  test('goes only where no row is yet, is a duplicate elsewhere, and takes no alert back', async () => {
    const table = await open();
    const at = (clock: string, psi: number, receivedAt: number) => row('A', `2014-03-10T${clock}`, psi, receivedAt);
    await table.write(stepOf([at('01:00', 0, 1), at('03:00', 50, 1)]));
    const { counts, raised, withdrawn } = await table.write(
      stepOf([at('01:00', 60, 2), at('02:00', 1, 2), at('03:00', 2, 2), at('04:00', 3, 2)], { onlyNew: true, receiver: 'mqtt' }),
    );
    expect(counts).toMatchObject({ stored: 2, duplicate: 2, alerts: 2 });
    expect([raised.length, withdrawn]).toEqual([2, []]);
    expect((await rowsOf(table, 'A')).map(({ values }) => values[PSI])).toEqual([0, 1, 50, 3]);
    expect((await collect(table.alerts({}))).map(({ value }) => value)).toEqual([0, 1, 3]);
    await table.write(stepOf([at('04:00', 70, 3)]));
    expect((await rowsOf(table, 'A')).map(({ values }) => values[PSI])).toEqual([0, 1, 50, 70]);
  });
}

function alertsContract(open: Open): void {
  test('a breach becomes an alert with its value and the threshold in force', async () => {
    const table = await open();
    const step = stepOf([row('A', '2014-03-10', 4.5, 7), row('A', '2014-03-11', 80, 7)]);
    const outcome = await table.write(step);
    expect(outcome.raised).toEqual(step.breaches);
    expect(outcome.counts.alerts).toBe(1);
    expect(await collect(table.alerts({}))).toEqual([
      {
        pump: 'A',
        time: time('2014-03-10'),
        rule: 'low-psi',
        measure: 'psi',
        value: 4.5,
        comparison: 'below',
        threshold: 5,
        receivedAt: 7,
      },
    ]);
  });

  test('a duplicate raises nothing', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 0)]));
    expect(await table.write(stepOf([row('A', '2014-03-10', 0, 2)]))).toMatchObject({ raised: [], withdrawn: [], counts: { alerts: 0 } });
  });

  test('a correction withdraws the alert', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 0, 1), row('A', '2014-03-11', 1, 1)]));
    const outcome = await table.write(stepOf([row('A', '2014-03-10', 80, 2)]));
    expect(outcome.withdrawn).toEqual([
      { pump: 'A', time: time('2014-03-10'), rule: 'low-psi', measure: 'psi', value: 0, comparison: 'below', threshold: 5, receivedAt: 1 },
    ]);
    expect((await collect(table.alerts({}))).map((alert) => alert.time)).toEqual([time('2014-03-11')]);
  });

  test('a correction that leaves the alarming value as it was raises nothing again', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 0, 1)]));
    const corrected = row('A', '2014-03-10', 0, 2);
    const outcome = await table.write(
      stepOf([{ ...corrected, values: corrected.values.map((value, measure) => (measure === 0 ? value + 1 : value)) }]),
    );
    expect(outcome).toMatchObject({ raised: [], withdrawn: [], counts: { stored: 1, alerts: 0 } });
    expect(await collect(table.alerts({}))).toHaveLength(1);
  });

  test('a correction that breaks the rule still replaces the alert and withdraws none', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 0, 1)]));
    const outcome = await table.write(stepOf([row('A', '2014-03-10', 2, 2)]));
    expect(outcome.withdrawn).toEqual([]);
    expect(outcome.raised).toHaveLength(1);
    expect((await collect(table.alerts({}))).map((alert) => alert.value)).toEqual([2]);
  });

  test('a correction that breaks another rule withdraws the first', async () => {
    const table = await open();
    const rules = [LOW_PSI, HIGH_HZ];
    const low = row('A', '2014-03-10', 0, 1);
    await table.write(stepOf([low], { rules }));
    const outcome = await table.write(stepOf([{ ...low, receivedAt: 2, values: [200, 1.73, 881, 1.56, 80, 1.94] }], { rules }));
    expect(outcome.withdrawn.map((alert) => alert.rule)).toEqual(['low-psi']);
    expect((await collect(table.alerts({}))).map((alert) => [alert.rule, alert.value])).toEqual([['high-hz', 200]]);
  });

  test('a row that is replaced within its step raises nothing', async () => {
    const table = await open();
    const outcome = await table.write(stepOf([row('A', '2014-03-10', 0, 1), row('A', '2014-03-10', 80, 1)]));
    expect(outcome).toMatchObject({ raised: [], withdrawn: [], counts: { stored: 2, alerts: 0 } });
    expect(await collect(table.alerts({}))).toEqual([]);
  });

  test('alerts come by pump, time and rule, and can be selected', async () => {
    const table = await open();
    const both = [200, 1.73, 881, 1.56, 0, 1.94];
    const rules = [LOW_PSI, HIGH_HZ];
    await table.write(
      stepOf([{ ...row('B', '2014-03-11'), values: both }, { ...row('B', '2014-03-10'), values: both }, row('A', '2014-03-12', 0)], {
        rules,
      }),
    );
    expect((await collect(table.alerts({}))).map(({ pump, time: at, rule }) => [pump, at, rule])).toEqual([
      ['A', time('2014-03-12'), 'low-psi'],
      ['B', time('2014-03-10'), 'high-hz'], ['B', time('2014-03-10'), 'low-psi'],
      ['B', time('2014-03-11'), 'high-hz'], ['B', time('2014-03-11'), 'low-psi'],
    ]);
    expect(await collect(table.alerts({ pump: 'A' }))).toHaveLength(1);
    expect(await collect(table.alerts({ pump: 'unknown' }))).toEqual([]);
    expect(await collect(table.alerts({ from: time('2014-03-11'), to: time('2014-03-12') }))).toHaveLength(2);
  });
}

function daysContract(open: Open): void {
  const stats = (pump: string, day: number): DayStats =>
    ({ pump, day, count: 2, measures: Array.from({ length: 6 }, (_, index) => ({ count: 2, min: index, max: index + 0.5, avg: 0.1 + index })) });

  test('each step marks the pump-days that it changed', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('A', '2014-03-11T23:59:59.999'), row('B', '2014-03-10')]));
    await table.write(stepOf([row('A', '2014-03-10', 80, 2), row('A', '2014-03-11', 80, 2)]));
    const day = dayOf(time('2014-03-10'));
    expect(await collect(table.days({}))).toMatchObject([
      { pump: 'A', day, changedAt: 1, computedAt: 0, expired: false },
      { pump: 'A', day: day + 1, changedAt: 2, computedAt: 0, expired: false },
      { pump: 'B', day, changedAt: 1, computedAt: 0, expired: false },
    ]);
    expect(await collect(table.days({ pump: 'A', fromDay: day + 1, toDay: day + 1 }))).toHaveLength(1);
    await table.write(stepOf([row('B', '2014-03-10T01:00', 80, 3), row('A', '2014-03-10', 80, 3)]));
    // Which step last changed it elsewhere than behind all of its readings.
    expect((await collect(table.days({}))).map(({ changedAt, disorderedAt }) => [changedAt, disorderedAt])).toEqual([[1, 0], [2, 2], [3, 0]]);
    expect(await collect(table.days({ toDay: day }))).toHaveLength(2);
  });

  test('statistics come back to the bit and bring their pump-day up to date', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('A', '2014-03-11')]));
    const days = await collect(table.days({}));
    await table.writeStats(days.map((day) => ({ day, stats: stats('A', day.day) })));
    expect(await collect(table.stats({}))).toEqual(days.map((day) => stats('A', day.day)));
    expect((await collect(table.days({}))).every((day) => day.computedAt === day.changedAt)).toBe(true);
    expect(await collect(table.stats({ pump: 'A', fromDay: days[1].day }))).toHaveLength(1);
    expect(await collect(table.stats({ pump: 'B' }))).toEqual([]);
  });

  test('pump-days are asked for by the step that changed them', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('A', '2014-03-11'), row('B', '2014-03-10')]));
    const [{ changedAt }] = await collect(table.days({}));
    await table.write(stepOf([row('A', '2014-03-11T01:00', 80, 2), row('B', '2014-03-10', 80, 2), row('B', '2014-03-12', 80, 2)]));
    const changed = await collect(table.days({ changedAfter: changedAt }));
    expect(changed.map(({ pump, day }) => `${pump} ${formatDay(day)}`)).toEqual(['A 2014-03-11', 'B 2014-03-12']);
    expect(await collect(table.days({ pump: 'A', changedAfter: changedAt }))).toHaveLength(1);
    expect(await collect(table.days({ changedAfter: changed[0].changedAt }))).toEqual([]);
  });

  test('a late row puts its pump-day out of date', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10T12:00')]));
    const [day] = await collect(table.days({}));
    await table.writeStats([{ day, stats: stats('A', day.day) }]);
    await table.write(stepOf([row('A', '2014-03-10T11:00', 80, 2)]));
    expect(await collect(table.days({}))).toMatchObject([{ changedAt: 2, computedAt: 1 }]);
  });

  test('without statistics only the mark moves', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('B', '2014-03-10')]));
    const [a, b] = await collect(table.days({}));
    await table.writeStats([{ day: a, stats: stats('A', a.day) }]);
    await table.write(stepOf([row('A', '2014-03-10', 70, 2)]));
    const [changed] = await collect(table.days({}));
    await table.writeStats([{ day: changed, stats: null }, { day: b, stats: null }]);
    expect(await collect(table.stats({}))).toEqual([stats('A', a.day)]);
    expect((await collect(table.days({}))).map((day) => day.computedAt)).toEqual([2, 1]);
  });
}

function ledgerContract(open: Open): void {
  const reject = (id: string): Reject => ({
    id,
    source: 'bad.csv',
    line: 17,
    reason: 'expected psi to be a number, got `abc`',
    raw: 'A,é,\u0001',
  });

  test('rejects are listed once in order of arrival and counted each time', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: [reject('z'), reject('a')] }));
    const outcome = await table.write(stepOf([], { rejects: [reject('a'), reject('m'), reject('m')] }));
    expect(outcome.counts.rejected).toBe(3);
    expect(await collect(table.rejects())).toMatchObject([reject('z'), reject('a'), reject('m')]);
  });

  test('rejects are told from the newest back, from any of them on, with how many there are', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: ['a', 'b', 'c', 'd'].map(reject) }));
    const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);
    const first = await table.newestRejects({ limit: 2 });
    expect(ids(first.items)).toEqual(['d', 'c']);
    await table.write(stepOf([], { rejects: [reject('b'), reject('e')] }));
    const second = await table.newestRejects({ before: first.items[1].number, limit: 5 });
    expect(second).toEqual({ items: [{ ...reject('b'), number: 2 }, { ...reject('a'), number: 1 }], total: 5, dropped: 0 });
    expect(await table.newestRejects({ before: 1, limit: 5 })).toEqual({ items: [], total: 5, dropped: 0 });
    expect(await table.newestRejects({ limit: 0 })).toEqual({ items: [], total: 5, dropped: 0 });
  });

  const received = (id: string, receivedAt: number): Reject => ({ ...reject(id), receivedAt });
  const idsOf = async (table: Table) => (await collect(table.rejects())).map(({ id }) => id);

  test('a reject keeps its time of receipt', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: [received('a', 1234), reject('b')] }));
    expect(await collect(table.rejects())).toEqual([{ ...received('a', 1234), number: 1 }, { ...reject('b'), number: 2 }]);
  });

  const replay = (rowNumber: number, of: RejectMark): Replay => ({ row: rowNumber, of, by: 'anna', source: 'mended.csv', line: rowNumber + 2 });
  const replayedAt = (at: number, line: number) => ({ by: 'anna', source: 'mended.csv', line, at });

  test('a row that is stored or a duplicate takes the place of a reject once, and that is told apart', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 80, 1)], { rejects: [received('a', 1000), received('b', 1000), received('c', 1000)] }));
    const [a, b] = (await collect(table.rejects())).map(markOf);
    const rows = [row('A', '2014-03-11', 81, 7), row('A', '2014-03-10', 80, 8)];
    const mended = stepOf(rows, { replays: [replay(0, a), replay(1, b)] });
    expect((await table.write(mended)).counts).toMatchObject({ stored: 1, duplicate: 1, replayed: 2, rejected: 0 });
    const after = await collect(table.rejects());
    expect(after).toMatchObject([{ id: 'a', replayed: replayedAt(7, 2) }, { id: 'b', replayed: replayedAt(8, 3) }, { id: 'c' }]);
    expect(after[2].replayed).toBeUndefined();
    expect((await table.write(mended)).counts).toMatchObject({ stored: 0, duplicate: 2, replayed: 0 });
    expect(await collect(table.rejects())).toEqual(after);
    expect((await table.counts()).directory).toMatchObject({ stored: 2, duplicate: 3, replayed: 2, rejected: 3 });
  });

  test('a mended row that is wrong still is a reject of its own; whoever mends that one mends both', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: [received('a', 1000)] }));
    const [a] = (await collect(table.rejects())).map(markOf);
    await table.write(stepOf([], { rejects: [{ ...received('b', 2000), mends: a }] }));
    expect(await collect(table.rejects())).toMatchObject([{ id: 'a', attempt: 2 }, { id: 'b', mends: a }]);
    const b = markOf((await collect(table.rejects()))[1]);
    expect((await table.write(stepOf([row('A', '2014-03-11', 81, 7)], { replays: [replay(0, b)] }))).counts.replayed).toBe(1);
    expect(await collect(table.rejects())).toMatchObject([{ id: 'a', replayed: replayedAt(7, 2) }, { id: 'b', replayed: replayedAt(7, 2) }]);
  });

  test('a row is taken all the same when the reject is gone, or is another one of that number', async () => {
    const table = await open({ rejects: { most: 1, ageMs: Infinity } });
    await table.write(stepOf([], { rejects: [received('a', 1000), received('b', 1000)] }));
    const [b] = (await collect(table.rejects())).map(markOf);
    const marks = [{ number: 1, check: 'a' }, { ...b, check: 'elsewhere' }, { number: 9, check: 'x' }];
    const rows = marks.map((_, day) => row('A', `2014-03-1${day}`));
    const { counts } = await table.write(stepOf(rows, { replays: marks.map((mark, rowNumber) => replay(rowNumber, mark)) }));
    expect(counts).toMatchObject({ stored: 3, replayed: 0 });
    expect((await collect(table.rejects()))[0].replayed).toBeUndefined();
  });

  test('of too many rejects the oldest go, and stay counted; one that comes again is listed again', async () => {
    const table = await open({ rejects: { most: 3, ageMs: Infinity } });
    await table.write(stepOf([], { rejects: ['a', 'b', 'c', 'd'].map(reject) }));
    expect(await idsOf(table)).toEqual(['b', 'c', 'd']);
    await table.write(stepOf([], { rejects: ['a', 'c'].map(reject) }));
    expect(await idsOf(table)).toEqual(['c', 'd', 'a']);
    expect(await table.newestRejects({ limit: 1 })).toEqual({ items: [{ ...reject('a'), number: 5 }], total: 3, dropped: 2 });
    expect((await table.counts()).directory.rejected).toBe(6);
  });

  test('rejects that are too old go, with those before them of which no time is known', async () => {
    let now = 10_000;
    const table = await open({ now: () => now, rejects: { most: 100, ageMs: 5000 } });
    await table.write(stepOf([], { rejects: [reject('a'), received('b', 5000), received('c', 5001)] }));
    while (await table.expire());
    expect(await idsOf(table)).toHaveLength(3);
    now = 10_001;
    while (await table.expire());
    expect(await idsOf(table)).toEqual(['c']);
    now = 20_000;
    while (await table.expire());
    expect(await idsOf(table)).toEqual([]);
  });

  test('rejects are cleared, all or those before a time; the counts stay, and numbers go on', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: [received('a', 1), received('b', 2), received('c', 3)] }));
    expect(await table.clearRejects(1)).toBe(0);
    expect(await table.clearRejects(3)).toBe(2);
    expect(await idsOf(table)).toEqual(['c']);
    expect(await table.clearRejects()).toBe(1);
    expect(await table.newestRejects({ limit: 9 })).toEqual({ items: [], total: 0, dropped: 3 });
    await table.write(stepOf([], { rejects: [received('a', 4)] }));
    expect(await table.newestRejects({ limit: 9 })).toEqual({ items: [{ ...received('a', 4), number: 4 }], total: 1, dropped: 3 });
    expect((await table.counts()).directory.rejected).toBe(4);
  });

  test('counts are credited to the receiver', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 0)], { rejects: [reject('a')] }));
    await table.write(stepOf([row('A', '2014-03-10', 0), row('A', '2014-03-11')], { receiver: 'mqtt' }));
    expect(await table.counts()).toEqual({
      directory: { stored: 1, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 1, alerts: 1 },
      mqtt: { stored: 1, replaced: 0, retracted: 0, duplicate: 1, replayed: 0, rejected: 0, alerts: 0 },
      kafka: NO_COUNTS,
    });
  });

  test('a reading with other values than its key has counts as replaced, told apart within stored, by receiver', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 80), row('B', '2014-03-10', 80)]));
    const same = [
      row('A', '2014-03-10', 80, 2),
      row('A', '2014-03-10', 81, 2),
      row('A', '2014-03-10', 81, 2),
      row('C', '2014-03-10', 1, 2),
    ];
    const outcome = await table.write(stepOf(same, { receiver: 'mqtt' }));
    expect(outcome.counts).toMatchObject({ stored: 2, replaced: 1, duplicate: 2 });
    expect([...outcome.replacing!]).toEqual([0, 1, 0, 0]);
    // One that comes after a later receipt stays out, and one of the two gave way all the same.
    expect((await table.write(stepOf([row('B', '2014-03-10', 79, 0)], { receiver: 'mqtt' }))).counts).toMatchObject({
      stored: 1,
      replaced: 1,
    });
    expect((await table.write(stepOf([row('D', '2014-03-10', 79, 9)]))).replacing).toBeUndefined();
    const { directory, mqtt } = await table.counts();
    expect([directory.replaced, mqtt.replaced]).toEqual([0, 2]);
  });

  test('readings of one time that come in one step replace each other, and the breach that went is told apart and listed', async () => {
    const table = await open();
    const minute = [80, 2, 2, 81].map((psi) => row('A', '2014-03-10', psi));
    const outcome = await table.write(stepOf([...minute, row('B', '2014-03-10', 3), row('B', '2014-03-10', 4)]));
    expect(outcome.counts).toEqual({ stored: 5, replaced: 3, retracted: 0, duplicate: 1, replayed: 0, rejected: 0, alerts: 1 });
    expect(outcome.superseded.map(({ row: number }) => number)).toEqual([1, 4]);
    // The alert of B is still one.
    expect(replacedAlerts(await table.state(REPLACED_ALERTS_STATE)).map(({ pump, value }) => [pump, value])).toEqual([['A', 2]]);
  });

  test('alerts that a later step takes the reading of are listed, the newest first, a hundred of them', async () => {
    const table = await open();
    const rows = (psi: number, receivedAt: number) =>
      Array.from({ length: 120 }, (_, minute) => ({
        ...row('A', '2014-03-10', psi, receivedAt),
        time: time('2014-03-10') + minute * 60_000,
      }));
    await table.write(stepOf(rows(0, 1)));
    await table.write(stepOf(rows(80, 2)));
    const listed = replacedAlerts(await table.state(REPLACED_ALERTS_STATE));
    expect(listed).toHaveLength(100);
    expect(listed[0]).toMatchObject({ pump: 'A', time: time('2014-03-10T01:59'), rule: 'low-psi', value: 0, comparison: 'below' });
    await table.write(stepOf([row('B', '2014-03-10', 1, 3)]));
    await table.write(stepOf([row('B', '2014-03-10', 80, 4)]));
    expect(replacedAlerts(await table.state(REPLACED_ALERTS_STATE)).slice(0, 2).map(({ pump }) => pump)).toEqual(['B', 'A']);
  });

  test('state keeps what a step sets until one forgets it', async () => {
    const table = await open();
    await table.write(stepOf([], { state: { journal: { segment: 3, offset: 12.5 }, 'file:é.csv': [1, 'a', true] } }));
    await table.write(stepOf([], { state: { journal: { segment: 4, offset: 0 } } }));
    expect(await table.state()).toEqual(new Map<string, unknown>([['file:é.csv', [1, 'a', true]], ['journal', { segment: 4, offset: 0 }]]));
    await table.write(stepOf([], { state: { 'file:é.csv': null, unheardOf: null } }));
    expect([...(await table.state()).keys()]).toEqual(['journal']);
  });

  test('state of some names only is asked for by what they begin with', async () => {
    const table = await open();
    await table.write(stepOf([], { state: { 'pump:A': 1, 'pump:é': 2, 'pump:': 3, pump: 4, 'pumq': 5, 'a': 6 } }));
    expect(await table.state('pump:')).toEqual(new Map([['pump:', 3], ['pump:A', 1], ['pump:é', 2]]));
    expect([...(await table.state('pump')).keys()]).toEqual(['pump', 'pump:', 'pump:A', 'pump:é']);
    expect(await table.state('x')).toEqual(new Map());
  });

  test('what is kept of stored rows is told which rows are duplicates, and commits with the step', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('B', '2014-03-10')]));
    const rows = [
      row('B', '2014-03-11', 80, 2),
      row('A', '2014-03-10', 80, 2),
      row('A', '2014-03-09', 80, 2),
      row('B', '2014-03-10', 7, 2),
      row('B', '2014-03-11', 80, 2),
    ];
    const told: number[][] = [];
    await table.write({ ...stepOf(rows, { state: { journal: 5 } }), onDecided: (duplicates) => {
      told.push([...duplicates]);
      return { windows: [1, 2] };
    } });
    expect(told).toEqual([[0, 1, 0, 0, 1]]);
    expect(await table.state()).toEqual(new Map<string, unknown>([['journal', 5], ['windows', [1, 2]]]));
  });

  test('the reference that was saved comes back', async () => {
    const table = await open();
    const reference = {
      pumps: [
        { id: 'A', type: 'x', purchased: '2010-01-01', inService: '2010-02-01', vendor: 'v', latitude: 29.687276, longitude: -91.162492 },
      ],
      maintenance: [{ pump: 'A', date: '2012-06-01', technician: 't', description: 'd' }],
    };
    await table.saveReference(reference);
    expect(await table.savedReference()).toEqual(reference);
  });
}

function expiryContract(open: Open): void {
  const setup = (): TableSetup & { clock: { now: number } } => {
    const clock = { now: 1000 };
    return { clock, now: () => clock.now, ttl: { data: 100, alerts: 50 } };
  };
  const sweep = async (table: Table): Promise<void> => {
    while (await table.expire());
  };

  test('expired rows are not shown, and go when they are removed', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 0, 1000)]));
    await table.write(stepOf([row('A', '2014-03-10T01:00', 0, 1060)]));
    for (const removing of [false, true]) {
      clock.now = 1100;
      if (removing) await sweep(table);
      expect(await table.lookup('A', time('2014-03-10'))).toBeUndefined();
      expect(await table.lookup('A', time('2014-03-10T01:00'))).toBeDefined();
      expect(await rowsOf(table, 'A')).toHaveLength(1);
      expect(await collect(table.alerts({}))).toHaveLength(1);
    }
    clock.now = 1160;
    expect(await table.lastReading('A')).toBeUndefined();
    await sweep(table);
    expect(await table.lastReading('A')).toBeUndefined();
    expect(await table.pumps()).toEqual(['A']);
  });

  test('alerts expire by their own time to live', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 0, 1000)]));
    clock.now = 1050;
    expect(await collect(table.alerts({}))).toEqual([]);
    expect(await rowsOf(table, 'A')).toHaveLength(1);
  });

  test('expired rows that come again count as stored and alert again', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 0, 1000)]));
    clock.now = 1100;
    const outcome = await table.write(stepOf([row('A', '2014-03-10', 0, 1100)]));
    expect(outcome).toMatchObject({ counts: { stored: 1, duplicate: 0, alerts: 1 }, withdrawn: [] });
    expect(await rowsOf(table, 'A')).toHaveLength(1);
  });

  test('a pump-day with expired rows says so, stays so, and keeps its statistics', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 80, 1000), row('A', '2014-03-11', 80, 1060)]));
    const [day] = await collect(table.days({}));
    const stats = { pump: 'A', day: day.day, count: 1, measures: Array.from({ length: 6 }, () => ({ count: 1, min: 1, max: 1, avg: 1 })) };
    await table.writeStats([{ day, stats }]);
    clock.now = 1100;
    expect((await collect(table.days({}))).map((one) => one.expired)).toEqual([true, false]);
    clock.now = 1200;
    await sweep(table);
    await table.write(stepOf([row('A', '2014-03-10', 80, 1200)]));
    expect((await collect(table.days({}))).map((one) => one.expired)).toEqual([true, true]);
    expect(await collect(table.stats({}))).toEqual([stats]);
  });

  test('statistics of a pump-day that began to expire while they were computed are not taken', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 80, 1000)]));
    const [day] = await collect(table.days({}));
    clock.now = 1100;
    await table.writeStats([{ day, stats: { pump: 'A', day: day.day, count: 0, measures: [] } }]);
    expect(await collect(table.stats({}))).toEqual([]);
    expect(await collect(table.days({}))).toMatchObject([{ computedAt: day.changedAt }]);
  });
}

const PUMPS = ['A', 'A_2014-03-10', '.', '+*', '%,é', '泵'];

const value = fc.oneof(
  fc.integer({ min: 0, max: 999 }),
  fc.integer({ min: -99_999, max: 99_999 }).map((mantissa) => mantissa / 100),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 1e300, -1e300, 2 ** 53, 0.1 + 0.2, 4.999999999999999),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
/** Few distinct values and times, so that duplicates and replacements come about. */
const values: fc.Arbitrary<number[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(80, 4, 4.5).map((psi) => [10.27, 1.73, 881, 1.56, psi, 1.94]) },
  { weight: 1, arbitrary: fc.array(value, { minLength: 6, maxLength: 6 }) },
);
/** Rows that lack cells, of few values, so that parts of one row come together. */
const partial: fc.Arbitrary<number[]> = fc
  .tuple(fc.constantFrom(80, 4, 4.5), fc.constantFrom(10, 200), fc.integer({ min: 1, max: 63 }))
  .map(([psi, hz, mask]) => [hz, 1.73, 881, 0.1 + 0.2, psi, -0].map((one, c) => ((mask >> c & 1) === 0 ? NaN : one)));
const at = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 300 }).map((minute) => time('2014-03-10T22:00') + minute * 60_000) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 600 }).map((second) => time('2014-03-10T22:00') + second * 1000) },
  { weight: 1, arbitrary: fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }) },
);
type Drawn = Omit<Row, 'receivedAt'>;
type Stream = Iterator<number, undefined>;
const single: fc.Arbitrary<Drawn[]> = fc.array(fc.record({ pump: fc.constantFrom(...PUMPS), time: at, values }), { maxLength: 60 });
/** Parts of rows of few times. */
const parts: fc.Arbitrary<Drawn[]> = fc.array(fc.record({
  pump: fc.constantFrom(...PUMPS.slice(0, 2)),
  time: fc.integer({ min: 0, max: 12 }).map((minute) => time('2014-03-10T23:55') + minute * 60_000),
  values: fc.oneof({ weight: 4, arbitrary: partial }, { weight: 1, arbitrary: values }),
}), { maxLength: 40 });
/** A run of one pump in order, as files bring it. */
const run: fc.Arbitrary<Drawn[]> = fc
  .record({ pump: fc.constantFrom(...PUMPS), from: fc.integer({ min: 0, max: 250 }), length: fc.integer({ min: 1, max: 120 }), values })
  .map(({ pump, from, length, values: same }) =>
    Array.from({ length }, (_, index) => ({
      pump,
      time: time('2014-03-10T22:00') + (from + index) * 60_000,
      values: same.map((one, c) => (c === 2 ? index : one)),
    })),
  );
const steps = fc.array(fc.record({
  rows: fc.oneof(single, run, parts, fc.tuple(run, single, run, parts).map((all) => all.flat())),
  receivedAt: fc.integer({ min: 0, max: 20 }),
}), { minLength: 1, maxLength: 8 });

function propertyContract(open: Open, limits: ContractLimits): void {
  test('the table does what a sorted map does, whatever the steps', async () => {
    await fc.assert(fc.asyncProperty(steps, fc.tuple(at, at), async (all, [from, to]) => {
      const table = await open();
      const model = new TableModel();
      for (const { rows, receivedAt } of all) {
        await writeBoth(table, model, rows.map((one, index) => ({ ...one, receivedAt: receivedAt + Math.floor(index / 7) })));
      }
      await compare(table, model, { from, to });
      await table.close();
    }), { numRuns: limits.runs });
  });

  test('rows that do not conflict make the same table, however they are cut into parts and steps and in whatever order they come', async () => {
    const whole = fc.uniqueArray(fc.record({ pump: fc.constantFrom('A', 'B'), time: at, values }), {
      minLength: 1, maxLength: 12, selector: (one) => `${one.pump} ${one.time}`,
    });
    const masks = fc.array(fc.integer({ min: 0, max: 62 }), { minLength: 12, maxLength: 12 });
    await fc.assert(fc.asyncProperty(whole, masks, fc.infiniteStream(fc.nat(1000)) as fc.Arbitrary<Stream>, async (rows, cuts, random) => {
      const pick = () => random.next().value ?? 0;
      const cut = (one: Drawn, index: number): Drawn[] => [cuts[index], 63 & ~cuts[index], cuts[index]]
        .map((mask) => ({ ...one, values: one.values.map((value, c) => ((mask >> c & 1) === 0 ? NaN : value)) }))
        .filter((each) => each.values.some((value) => !isUnknown(value)));
      const shuffled = rows.flatMap(cut).map((one) => ({ one, by: pick() })).sort((a, b) => a.by - b.by).map(({ one }) => one);
      const table = await open();
      for (let from = 0, size = 0, receivedAt = 1; from < shuffled.length; from += size, receivedAt += 5) {
        size = 1 + pick() % 7;
        const rules = [LOW_PSI, HIGH_HZ];
        await table.write(stepOf(shuffled.slice(from, from + size).map((one, i) => ({ ...one, receivedAt: receivedAt + Math.min(i, 4) })), { rules }));
      }
      const byKey = (a: Drawn, b: Drawn) => a.time - b.time;
      for (const pump of ['A', 'B']) {
        const expected = rows.filter((one) => one.pump === pump).sort(byKey).map((one) => [one.time, one.values]);
        expect((await rowsOf(table, pump)).map((one) => [one.time, one.values])).toEqual(expected);
      }
      const breaking = rows.flatMap(({ pump, time: when, values: [hz, , , , psi] }) => [
        ...(hz > HIGH_HZ.threshold ? [`${pump} ${when} high-hz ${hz}`] : []), ...(psi < LOW_PSI.threshold ? [`${pump} ${when} low-psi ${psi}`] : []),
      ]);
      const alerts = (await collect(table.alerts({}))).map((alert) => `${alert.pump} ${alert.time} ${alert.rule} ${alert.value}`);
      expect(alerts.sort()).toEqual(breaking.sort());
      await table.close();
    }), { numRuns: limits.runs });
  });

  test('rows and alerts that expire are as if they had never come, whatever the steps', async () => {
    const live = fc.constantFrom(null, 3, 9, 20);
    await fc.assert(
      fc.asyncProperty(steps, live, live, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), async (all, data, alerts, sweeps) => {
        let now = 0;
        const table = await open({ ttl: { data, alerts }, now: () => now });
        const model = new TableModel();
        for (const [index, { rows, receivedAt }] of all.entries()) {
          now += 4;
          model.expire({ data: now - (data ?? Infinity), alerts: now - (alerts ?? Infinity) });
          await writeBoth(
            table,
            model,
            rows.map((one) => ({ ...one, receivedAt: now - Math.floor(receivedAt / 7) })),
          );
          if (sweeps[index]) while (await table.expire());
        }
        now += 4;
        model.expire({ data: now - (data ?? Infinity), alerts: now - (alerts ?? Infinity) });
        await compare(table, model, {});
        await table.close();
      }),
      { numRuns: limits.runs },
    );
  });
}

async function writeBoth(table: Table, model: TableModel, rows: readonly Row[]): Promise<void> {
  const step = stepOf(rows, { rules: [LOW_PSI, HIGH_HZ] });
  const expected = model.write(step);
  const outcome = await table.write(step);
  const { stored, replaced, duplicate, alerts } = expected;
  expect(outcome.counts).toEqual({ stored, replaced, retracted: 0, duplicate, replayed: 0, rejected: 0, alerts });
  expect([...(outcome.replacing ?? [])].filter((one) => one === 1)).toHaveLength(replaced);
  expect(outcome.withdrawn.map(alertId).sort()).toEqual(expected.withdrawn.sort());
  expect(outcome.raised).toHaveLength(expected.alerts);
}

async function compare(table: Table, model: TableModel, range: { from?: number; to?: number }): Promise<void> {
  expect(await table.pumps()).toEqual(model.pumps());
  for (const pump of model.pumps()) {
    const rows = model.of(pump);
    expect(await cellsOf(table, pump)).toEqual(rows);
    expect(await cellsOf(table, pump, range)).toEqual(model.of(pump, range.from, range.to));
    expect((await table.lastReading(pump))?.time[0]).toBe(rows.at(-1)?.time);
    for (const one of rows.slice(0, 10)) expect(await table.lookup(pump, one.time)).toEqual(one.values);
    if (rows.length > 0) expect(await table.lookup(pump, rows[0].time - 1)).toBeUndefined();
  }
  expect(await collect(table.alerts({}))).toEqual(model.sortedAlerts());
  const days = await collect(table.days({}));
  expect(new Map(days.map((day) => [`${day.pump}\0${day.day}`, day.changedAt]))).toEqual(model.days);
}
