import { expect, test } from 'vitest';
import { isUnknown } from '../../../domain/reading/measures.ts';
import type { Table } from '../../../storage/table/table.ts';
import fc from '../../support/property.ts';
import { HIGH_HZ, LOW_PSI } from '../../support/rules.ts';
import { collect, type Row, stepOf, time } from '../../support/steps.ts';
import type { ContractLimits, Open } from './opening.ts';
import { cellsOf, rowsOf } from './rows.ts';
import { alertId, TableModel } from './tableModel.ts';

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

/** Whatever steps come: the table is what a sorted map would be. */
export function propertyContract(open: Open, limits: ContractLimits): void {
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
