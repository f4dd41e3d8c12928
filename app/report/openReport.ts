import type { SiteClock } from '../../domain/reading/siteClock.ts';
import { DAY_MS, instantOf } from '../../domain/reading/wallClock.ts';
import { siteDays } from '../../query/report/siteDays.ts';
import { tableUpTo } from '../../query/report/tableUpTo.ts';
import { Formats } from '../../ingest/receivers/formats.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/types.ts';
import { openActBook } from '../store/actBook.ts';
import { openAlarmIndex } from '../store/alarmIndex.ts';
import { isElsewhere } from '../store/openTable.ts';
import { readDeliveries } from '../store/outboxes.ts';
import { type ReceiptLine, receiptLines } from '../store/receiptLines.ts';
import { referenceFor } from '../store/reference.ts';
import { tableBalance } from '../store/tableBalance.ts';
import type { ReportView } from './view.ts';

export interface OpenReport {
  readonly config: Config;
  readonly table: Table;
  /** Day numbers, both included. */
  readonly days: { readonly fromDay: number; readonly toDay: number };
  /** ms since 1970-01-01T00:00Z. */
  readonly now: number;
  readonly warn: (text: string) => void;
}

/**
 * Reads what a report says. Alarms are as they stood when the last day was over, or as they stand while it goes on, so that the report
 * of a past day does not change with the clock. Throws STORE_UNAVAILABLE.
 */
export async function openReport({ config, table, days, now, warn }: OpenReport): Promise<ReportView> {
  const end = (days.toDay + 1) * DAY_MS;
  const asOf = Math.min(now, instantOf(end, config.site.timezone));
  const reference = await referenceFor(config, table, warn);
  const book = await openActBook(config, () => asOf);
  const index = openAlarmIndex(config, tableUpTo(table, end), { reference: () => reference, now: () => asOf });
  const elsewhere = isElsewhere(config);
  const { alarms: { rules, holdMs }, limits: { latenessMs }, dataDir, site } = config;
  return {
    site, holdMs, latenessMs,
    days: await siteDays({ table, reference, index, book, holdMs, latenessMs, deliveries: await readDeliveries(config, table) }, days),
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    limits: config.rules,
    balance: elsewhere ? null : await tableBalance(table, dataDir),
    receipts: elsewhere ? [] : (await receiptLines(table, dataDir, new Formats(config.formats, config.site.timezone))).filter((line) => cameWithin(line, days, book.clock)),
  };
}

function cameWithin({ source, last }: ReceiptLine, { fromDay, toDay }: OpenReport['days'], clock: SiteClock): boolean {
  if (source === null || last === null) return false;
  const at = clock.wallTimeAt(last);
  return fromDay * DAY_MS <= at && at < (toDay + 1) * DAY_MS;
}
