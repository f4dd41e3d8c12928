import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import type { SiteDays } from '../../query/report/siteDays.ts';
import type { TableBalance } from '../store/tableBalance.ts';
import type { ReceiptLine } from '../store/receiptLines.ts';

/** All that a page of a report says. */
export interface ReportView {
  readonly site: { readonly name: string; readonly timezone: string };
  readonly days: SiteDays;
  /** The rules in force, by id. */
  readonly rules: ReadonlyMap<string, AlarmRule>;
  /** Those of limits, which charts draw. */
  readonly limits: readonly Rule[];
  readonly holdMs: number;
  readonly latenessMs: number;
  /** Null where it is kept elsewhere, with the receipts: beside the job. */
  readonly balance: TableBalance | null;
  /** Sources of which rows were received within the days. */
  readonly receipts: readonly ReceiptLine[];
}
