import { expect, test } from 'vitest';
import { compareReadings } from '../../../app/copy/compareReadings.ts';
import { compareAlerts } from '../../../app/copy/compareRest.ts';
import { copyRows } from '../../../app/copy/copyRows.ts';
import { Differences } from '../../../app/copy/differences.ts';
import { copyPlace } from '../../../app/copy/place.ts';
import { parseTime } from '../../../domain/reading/wallClock.ts';
import type { Table } from '../../../storage/table/table.ts';
import { collect } from '../../support/stored.ts';
import { freshTable, someRows, writeRows } from './tables.ts';

const PUMPS = ['A', 'A_2014-03-10', 'é', '😀'];
const never = new AbortController().signal;

async function compared(source: Table, target: Table) {
  const differences = new Differences();
  const options = { source, target, differences, signal: never };
  const readings = await compareReadings({ ...options, expiredBefore: () => -Infinity, onPump: () => undefined });
  const alerts = await compareAlerts(options);
  return { ...readings, ...alerts, differences: differences.sentences };
}

test('rows of many pumps go in steps of a size, with their times of receipt and alerts', async () => {
  const [source, target] = [await freshTable(), await freshTable()];
  await writeRows(source, someRows(PUMPS, 3, 100), { receivedAt: 5000 });
  const steps: number[] = [];
  await copyRows({ source, target, after: undefined, signal: never, stepRows: 250, onStep: (_, rows) => steps.push(rows) });
  expect(steps).toEqual([250, 250, 250, 250, 200]);
  expect(await compared(source, target)).toMatchObject({
    readings: 1200,
    alerts: 60,
    sameDigest: true,
    newer: 0,
    withoutReading: 0,
    differences: [],
  });
  const [[reading], [alert]] = [
    await collect(target.readings('é', {})),
    (await collect(target.alerts({ pump: 'é' }))).flat().map((each) => [each])[0],
  ];
  expect(reading.receivedAt[0]).toBe(5000);
  expect(alert).toMatchObject({ rule: 'low-psi', threshold: 5, value: 0, receivedAt: 5000 });
  expect(await target.counts()).toMatchObject({ directory: { stored: 0, alerts: 0 }, mqtt: { stored: 0 } });
  await Promise.all([source.close(), target.close()]);
});

test('a run that was ended goes on after the place that committed with the rows, and reads nothing before it', async () => {
  const [source, target] = [await freshTable(), await freshTable()];
  await writeRows(source, someRows(PUMPS, 1, 100));
  const stop = new AbortController();
  const steps: string[] = [];
  const ended = copyRows({ source, target, after: undefined, signal: stop.signal, stepRows: 130, onStep: ({ pump }, rows) => {
    steps.push(`${pump} ${rows}`);
    if (steps.length === 2) stop.abort();
  } });
  await expect(ended).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  const place = copyPlace(await target.state());
  expect(place).toEqual({ done: false, pump: 'é', time: parseTime('2014-03-10T00:59') });
  if (place?.done !== false) throw new Error('it is not done');
  await copyRows({ source, target, after: place, signal: never, stepRows: 130, onStep: ({ pump }, rows) => steps.push(`${pump} ${rows}`) });
  expect(steps).toEqual(['A_2014-03-10 130', 'é 130', '😀 130', '😀 10']);
  expect(await compared(source, target)).toMatchObject({ readings: 400, sameDigest: true, differences: [] });
  await Promise.all([source.close(), target.close()]);
});

test('the threshold of an alert is the one that was in force, and rows that share a time with several rules have them all', async () => {
  const [source, target] = [await freshTable(), await freshTable()];
  await writeRows(source, ['A 2014-03-10T00:00 1 1 1 1 4 1']);
  await copyRows({ source, target, after: undefined, signal: never, onStep: () => undefined });
  expect((await collect(target.alerts({}))).flat()).toEqual((await collect(source.alerts({}))).flat());
  await Promise.all([source.close(), target.close()]);
});

test('what differs is told: a missing row, another value, another receipt that is later and right, a missing alert', async () => {
  const [source, target] = [await freshTable(), await freshTable()];
  const row = (minute: number, psi: number) => `A 2014-03-10T00:0${minute} 1 1 1 1 ${psi} 1`;
  await writeRows(source, [row(0, 80), row(1, 80), row(2, 80), row(3, 0), row(4, 80)], { receivedAt: 5000 });
  await writeRows(target, [row(1, 81), row(3, 0), row(4, 80), row(5, 80)], { receivedAt: 4000 });
  await writeRows(target, [row(2, 82)], { receivedAt: 6000 });
  const result = await compared(source, target);
  expect(result).toMatchObject({ readings: 5, newer: 1, sameDigest: false });
  expect(result.differences).toEqual([
    'the reading A 2014-03-10T00:00:00 is missing in HBase',
    'the reading A 2014-03-10T00:01:00 has psi 80 in the embedded table, 81 in HBase',
  ]);
  expect([...result.ahead]).toEqual(['16139 A']);
  await Promise.all([source.close(), target.close()]);
});

test('a missing alert is a difference; one whose reading came later to HBase is not, nor one whose reading has expired', async () => {
  let now = 10_000;
  const [source, target] = [await freshTable(), await freshTable(() => now)];
  const row = (minute: number, psi: number) => `A 2014-03-10T00:0${minute} 1 1 1 1 ${psi} 1`;
  await writeRows(source, [row(0, 0), row(1, 0)], { receivedAt: 5000 });
  await copyRows({ source, target, after: undefined, signal: never, onStep: () => undefined });
  await writeRows(target, [row(1, 80)], { receivedAt: 6000 });
  now++;
  expect(await compared(source, target)).toMatchObject({ alerts: 2, newer: 1, sameDigest: true, differences: [] });
  const bare = await freshTable();
  await bare.write({ receiver: 'directory', readings: (await collect(source.readings('A', {})))[0], breaches: [], rejects: [], state: {} });
  expect((await compared(source, bare)).differences).toEqual([
    'the alert A 2014-03-10T00:00:00 low-psi is missing in HBase',
    'the alert A 2014-03-10T00:01:00 low-psi is missing in HBase',
  ]);
  await Promise.all([source.close(), target.close(), bare.close()]);
});
