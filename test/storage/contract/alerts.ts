import { expect, test } from 'vitest';
import { HIGH_HZ, LOW_PSI } from '../../support/rules.ts';
import { collect, row, stepOf, time } from '../../support/steps.ts';
import type { Open } from './opening.ts';

/** Alerts of the rows that a step stores, and those that it takes back. */
export function alertsContract(open: Open): void {
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
