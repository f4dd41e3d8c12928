import type { DaySelection, PumpDay } from '../../../domain/day/pumpDay.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import { dayKey, parseDayKey } from '../../../domain/reading/rowKey.ts';
import { DAY_MS, dayOf, formatDay } from '../../../domain/reading/wallClock.ts';
import type { HBaseClient } from '../gateway/client.ts';
import type { KeyRange } from '../gateway/keyRanges.ts';
import { type Cell, type CellRow, decodeColumn } from '../gateway/rows.ts';
import { ledgerCell } from './partitionRow.ts';

/*
 * The marks of pump-days in `sensor_ledger`. They are put behind the rows that they tell of and before these are committed, as often as a
 * step is begun anew, with the number of the step as timestamp: so who sees a mark sees its rows, and what arrives late hides nothing.
 *
 *   d/PUMP_2014-03-10   stats:mark       { changedAt, oldest, latest, disorderedAt }, see storage/lmdb/days.ts
 *                       stats:computed   the changedAt of which its statistics are, as text
 */

/** The mark of a pump-day. */
interface Mark {
  readonly changedAt: number;
  /** When the oldest row that it ever held was received. */
  readonly oldest: number;
  /** Wall time of the latest row that it ever held. */
  readonly latest: number;
  readonly disorderedAt: number;
}

const MARK = 'stats:mark';
const COMPUTED = 'stats:computed';
const PREFIX = 'd/';
const ROWS_A_PUT = 1000;
const CACHED_DAYS = 65_536;

/** Marks the pump-days of one partition's steps: nobody else changes them meanwhile. */
export class DayMarks {
  readonly #client: HBaseClient;
  readonly #known = new Map<string, Mark>();

  constructor(client: HBaseClient) {
    this.#client = client;
  }

  /** Marks the days of rows, which are by pump, then time, as changed by a step of a number; puts the same again when it is done anew. */
  async mark(rows: Readings, at: number): Promise<void> {
    const days = [...daysOf(rows)];
    await this.#know(days.map(({ key }) => key));
    const marks = days.map(({ key, oldest, first, last }): [string, Mark] => {
      const before = this.#known.get(key);
      const latest = before?.latest ?? -Infinity;
      return [key, {
        changedAt: at, oldest: Math.min(oldest, before?.oldest ?? Infinity), latest: Math.max(latest, last),
        disorderedAt: first > latest ? (before?.disorderedAt ?? 0) : at,
      }];
    });
    await putRows(this.#client, marks.map(([key, mark]) => ({ key, cells: [ledgerCell(MARK, at, JSON.stringify(mark))] })));
    if (this.#known.size > CACHED_DAYS) this.#known.clear();
    for (const [key, mark] of marks) this.#known.set(key, mark);
  }

  async #know(keys: readonly string[]): Promise<void> {
    const unknown = keys.filter((key) => !this.#known.has(key));
    if (unknown.length === 0) return;
    for (const row of await this.#client.getRows(unknown.map((key) => Buffer.from(key)))) {
      const mark = markOf(row);
      if (mark) this.#known.set(Buffer.from(row.key, 'base64').toString(), mark);
    }
  }
}

/** Which pump-days, and of which only those that steps of this number or a later one have changed. */
export interface MarkSelection extends DaySelection {
  readonly since?: number | undefined;
  readonly expiredBefore: number;
}

/** Pump-days by pump, then day, in pieces; without when they were summarised where `since` is asked for. */
export async function* markedDays(client: HBaseClient, selection: MarkSelection): AsyncIterable<readonly PumpDay[]> {
  const { pump, fromDay = -Infinity, toDay = Infinity, since, expiredBefore } = selection;
  for await (const page of client.scan({ ...dayKeys(pump), columns: since === undefined ? [MARK, COMPUTED] : [MARK], cellsARow: 2, since })) {
    yield page.flatMap((row) => {
      const key = parseDayKey(Buffer.from(row.key, 'base64').toString().slice(PREFIX.length));
      const mark = markOf(row);
      if (!key || !mark || (pump !== undefined && key.pump !== pump) || key.day < fromDay || key.day > toDay) return [];
      const { changedAt, oldest, disorderedAt } = mark;
      return [{ ...key, changedAt, computedAt: Number(textOf(row, COMPUTED) ?? 0), expired: oldest <= expiredBefore, disorderedAt }];
    });
  }
}

/** Says of pump-days that their statistics are those of the state in which they are given. */
export async function markComputed(client: HBaseClient, days: readonly PumpDay[]): Promise<void> {
  await putRows(client, days.map(({ pump, day, changedAt }) =>
    ({ key: PREFIX + dayKey(pump, formatDay(day)), cells: [ledgerCell(COMPUTED, changedAt, String(changedAt))] })));
}

function dayKeys(pump: string | undefined): KeyRange {
  // `:` comes after the digits, as in the keys of readings.
  if (pump === undefined) return { from: Buffer.from(PREFIX), to: Buffer.from('d0') };
  return { from: Buffer.from(`${PREFIX}${pump}_0`), to: Buffer.from(`${PREFIX}${pump}_:`) };
}

function markOf(row: CellRow): Mark | undefined {
  const text = textOf(row, MARK);
  return text === undefined ? undefined : JSON.parse(text) as Mark;
}

function textOf({ Cell }: CellRow, column: string): string | undefined {
  const cell = Cell.find((one) => decodeColumn(one.column) === column);
  return cell && Buffer.from(cell.$, 'base64').toString();
}

/** The pump-days of rows. */
function* daysOf({ length, names, pump, time, receivedAt, cellReceipts }: Readings): Iterable<{
  key: string; oldest: number; first: number; last: number;
}> {
  for (let row = 0; row < length;) {
    const [its, day, first] = [pump[row], dayOf(time[row]), time[row]];
    let [oldest, last] = [Infinity, first];
    for (; row < length && pump[row] === its && time[row] < (day + 1) * DAY_MS; row++) {
      oldest = Math.min(oldest, receivedAt[row], ...(cellReceipts?.map((column) => column[row]) ?? []));
      last = time[row];
    }
    yield { key: PREFIX + dayKey(names[its], formatDay(day)), oldest, first, last };
  }
}

/** Puts rows of the table of ledgers, a bounded number a request. */
export async function putRows(client: HBaseClient, rows: readonly { readonly key: string; readonly cells: readonly Cell[] }[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_A_PUT) {
    const piece = rows.slice(from, from + ROWS_A_PUT).map(({ key, cells }) => ({ key: Buffer.from(key).toString('base64'), Cell: cells }));
    await client.put(Buffer.from(JSON.stringify({ Row: piece })), 'wait');
  }
}
