import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { summarize } from '../../../batch/summarize.ts';
import { raise } from '../../../domain/alarm/breach.ts';
import { isUnknown, MEASURES } from '../../../domain/reading/measures.ts';
import { formatDay, formatTime } from '../../../domain/reading/wallClock.ts';
import { CSV_START } from '../../../ingest/decode/csv/csvState.ts';
import { csvDecoder } from '../../../ingest/decode/csv/csvDecoder.ts';
import { StepBuffer } from '../../../ingest/decode/stepBuffer.ts';
import type { Table } from '../../../storage/table/table.ts';
import { collect } from '../../support/steps.ts';
import { LOW_PSI } from '../../support/rules.ts';

/** Real rows, or those of the file that WELLWATCH_BLANKED names: each of its lines then. */
const SAMPLES = fileURLToPath(new URL('../../../data/readings', import.meta.url));
const FILE = process.env.WELLWATCH_BLANKED;
const EVERY = FILE === undefined ? 60 : 1;

/** Numbers from 0 to 1, the same each time. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed; ; yield state / 2 ** 32) state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
}

/** Lines of which a quarter of the cells are blanked; none without any. */
function blankedLines(): string[] {
  const numbers = random(7);
  const files = FILE === undefined ? readdirSync(SAMPLES).sort().map((name) => join(SAMPLES, name)) : [FILE];
  return files.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'))
    .filter((line, index) => index % EVERY === 0 && /^[^,]+,\d/.test(line))
    .map((line) => line.split(',').map((field, i) => (i > 2 && numbers.next().value < 0.25 ? '' : field)).join(','))
    .filter((line) => line.split(',').slice(3).some((field) => field !== ''));
}

/** Each line as up to three, which have its cells between them. */
function inParts(lines: readonly string[]): string[] {
  const numbers = random(11);
  return lines.flatMap((line) => {
    const fields = line.split(',');
    const owners = fields.map(() => Math.floor(numbers.next().value * 3));
    return [0, 1, 2].map((part) => fields.map((field, i) => (i > 2 && owners[i] !== part ? '' : field)))
      .filter((each) => each.slice(3).some((field) => field !== '')).map((each) => each.join(','));
  });
}

function shuffled(lines: readonly string[]): string[] {
  const numbers = random(13);
  return lines.map((line) => ({ line, by: numbers.next().value })).sort((a, b) => a.by - b.by).map(({ line }) => line);
}

/** What the table should have, from the texts alone. */
function expected(lines: readonly string[]) {
  const rows = lines.map((line) => {
    const [pump, date, clock, ...texts] = line.split(',');
    const [month, day, year] = date.split('/');
    const at = `20${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${clock.padStart(5, '0')}:00`;
    return { pump, at, values: texts.map((text) => (text === '' ? null : Number(text))) };
  }).sort((a, b) => (a.pump < b.pump ? -1 : a.pump > b.pump ? 1 : a.at < b.at ? -1 : 1));
  const days = new Map<string, (typeof rows)[number][]>();
  for (const row of rows) days.set(`${row.pump} ${row.at.slice(0, 10)}`, [...(days.get(`${row.pump} ${row.at.slice(0, 10)}`) ?? []), row]);
  const stats = [...days].map(([day, of]) => `${day} ${of.length} ${MEASURES.map((_, c) => {
    const known = of.flatMap(({ values }) => values[c] ?? []);
    let sum = 0;
    for (const value of known) sum += value;
    return known.length === 0 ? '0 - - -' : [known.length, Math.min(...known), Math.max(...known), sum / known.length].join(' ');
  }).join(' ')}`);
  const alerts = rows.flatMap(({ pump, at, values: [, , , , psi] }) => (psi !== null && psi < 5 ? [`${pump} ${at} ${psi}`] : []));
  return { rows: rows.map(({ pump, at, values }) => `${pump} ${at} ${values.map((value) => value ?? '-').join(' ')}`), alerts, stats };
}

/** Reads lines as a job does, in steps of any size. */
async function feed(table: Table, lines: readonly string[]): Promise<number> {
  const numbers = random(17);
  let stored = 0;
  for (let from = 0, size = 0, receivedAt = 1; from < lines.length; from += size, receivedAt++) {
    size = 1 + Math.floor(numbers.next().value * Math.max(400, lines.length / 40));
    const bytes = Buffer.from(`${lines.slice(from, from + size).join('\n')}\n`);
    const into = new StepBuffer(size + 1);
    csvDecoder.take({ bytes, from: 0, to: bytes.length, final: true, source: 'a.csv', receivedAt }, CSV_START, into);
    expect(into.rejects).toEqual([]);
    const { readings } = into;
    const outcome = await table.write({ receiver: 'directory', readings, breaches: raise([LOW_PSI], readings), rejects: [], state: {} });
    stored += outcome.counts.stored;
  }
  return stored;
}

async function found(table: Table) {
  const text = (value: number) => (isUnknown(value) ? '-' : String(value));
  const rows: string[] = [];
  for (const pump of await table.pumps()) {
    for await (const { length, time, values } of table.readings(pump, {}))
      for (let i = 0; i < length; i++) rows.push(`${pump} ${formatTime(time[i])} ${values.map((column) => text(column[i])).join(' ')}`);
  }
  const stats = (await collect(table.stats({}))).map(({ pump, day, count, measures }) =>
    `${pump} ${formatDay(day)} ${count} ${measures.map((one) => [one.count, ...[one.min, one.max, one.avg].map(text)].join(' ')).join(' ')}`);
  return { rows, alerts: (await collect(table.alerts({}))).map(({ pump, time, value }) => `${pump} ${formatTime(time)} ${value}`), stats };
}

/** Rows of which a quarter of the cells is missing, in some orders of arrival. */
export function blankedContract(open: () => Promise<Table>): void {
  const lines = blankedLines();
  const orders: readonly (readonly [string, readonly string[]])[] = [
    ['as they are', lines], ['shuffled', shuffled(lines)], ['in parts, shuffled', shuffled(inParts(lines))],
  ];
  test.each(orders)('with a quarter of the cells blanked, %s: every cell, alert and statistic is right', async (_, arriving) => {
    const table = await open();
    expect(await feed(table, arriving)).toBe(arriving.length);
    await summarize({ table, selection: { all: true } });
    expect(await found(table)).toEqual(expected(lines));
  }, FILE === undefined ? undefined : 600_000);
}
