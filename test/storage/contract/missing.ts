import { expect, test } from 'vitest';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { HIGH_HZ, LOW_PSI } from '../../support/rules.ts';
import { collect, row, stepOf, time } from '../../support/steps.ts';
import type { Open } from './opening.ts';
import { cellsOf, part, rowsOf } from './rows.ts';

/** Rows with gaps, whose cells may come one after the other. */
export function missingContract(open: Open): void {
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
