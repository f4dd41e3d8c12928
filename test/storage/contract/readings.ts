import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../domain/balance.ts';
import { PSI, psiOf } from '../../support/measures.ts';
import { collect, row, stepOf, time } from '../../support/steps.ts';
import type { Open } from './opening.ts';
import { onlyOf, rowsOf } from './rows.ts';

/** What is asked for of readings comes back, in order, to the bit. */
export function readingsContract(open: Open): void {
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
