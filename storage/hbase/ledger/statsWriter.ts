import { isUnknown, MEASURES } from '../../../domain/reading/measures.ts';
import { dayKey } from '../../../domain/reading/rowKey.ts';
import { formatDay } from '../../../domain/reading/wallClock.ts';
import type { DayStats } from '../../../domain/day/dayStats.ts';
import type { ComputedDay } from '../../../domain/day/pumpDay.ts';
import { COUNT_COLUMN, encodeValue, statsColumn } from '../cells/cells.ts';
import { encodeColumn } from '../gateway/rows.ts';
import type { HBaseClient } from '../gateway/client.ts';
import type { SiteLedger } from './siteLedger.ts';

const ROWS_A_PUT = 500;

/** Puts daily statistics into HBase, then into the ledger: only when that has them is a pump-day up to date. */
export class StatsWriter {
  readonly #client: HBaseClient;
  readonly #ledger: SiteLedger;
  readonly #now: () => number;

  constructor(client: HBaseClient, ledger: SiteLedger, now: () => number) {
    this.#client = client;
    this.#ledger = ledger;
    this.#now = now;
  }

  /** Stores statistics; in HBase and on disk when it returns. Those of pump-days that have begun to expire are left alone. */
  async write(computed: readonly ComputedDay[]): Promise<void> {
    for (let from = 0; from < computed.length; from += ROWS_A_PUT) {
      const piece = computed.slice(from, from + ROWS_A_PUT);
      const stats = (await this.#ledger.wholeDays(piece)).flatMap((one) => one.stats ?? []);
      const timestamp = await this.#ledger.nextStatsTimestamp(this.#now());
      if (stats.length > 0) await putStats(this.#client, stats, timestamp);
      await this.#ledger.records.writeStats(piece);
    }
  }
}

/** Puts statistics with one timestamp. */
export async function putStats(client: HBaseClient, stats: readonly DayStats[], timestamp: number): Promise<void> {
  await client.put(Buffer.from(JSON.stringify({ Row: stats.map((one) => rowOf(one, timestamp)) })));
}

function rowOf({ pump, day, count, measures }: DayStats, timestamp: number) {
  const cell = (column: string, value: number) => ({ column: encodeColumn(column), timestamp, $: encodeValue(value) });
  return {
    key: Buffer.from(dayKey(pump, formatDay(day))).toString('base64'),
    Cell: [
      ...measures.flatMap((stats, index) => (isUnknown(stats.avg) ? [] : [
        cell(statsColumn(MEASURES[index], 'min'), stats.min),
        cell(statsColumn(MEASURES[index], 'max'), stats.max),
        cell(statsColumn(MEASURES[index], 'avg'), stats.avg),
      ])),
      ...measures.flatMap((stats, index) => (stats.count === count ? [] : [cell(statsColumn(MEASURES[index], 'count'), stats.count)])),
      cell(COUNT_COLUMN, count),
    ],
  };
}
