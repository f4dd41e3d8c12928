import type { Alert, Rule } from '../domain/alert.ts';
import type { Measure } from '../domain/measures.ts';
import type { Reference } from '../domain/reference.ts';
import type { Reject } from '../domain/reject.ts';
import type { Table } from '../storage/table.ts';
import type { CurveData, CurveQuestion } from './curves.ts';
import type { AlertQuestion, Counted, DayFacts, PageQuestion, PumpDetail, PumpFacts, Run } from './facts.ts';
import type { Page } from './page.ts';

export interface TableQueriesOptions {
  readonly table: Table;
  /** As it is at the moment. */
  readonly reference: () => Reference;
  readonly rules: readonly Rule[];
  /** How long rows are kept after their receipt, in ms, as the table was opened with; by default for ever. */
  readonly ttl?: { readonly data: number | null; readonly alerts: number | null };
  /** ms since 1970-01-01T00:00Z. */
  readonly now?: () => number;
}

/** Thin version: not answered yet. */
export class TableQueries {
  constructor(_options: TableQueriesOptions) {}
  pumps(_q: { q?: string | undefined; activeOnly?: boolean | undefined } & PageQuestion): Promise<Page<PumpFacts>> { throw new Error('soon'); }
  pump(_id: string): Promise<PumpDetail | undefined> { throw new Error('soon'); }
  curves(_q: CurveQuestion): Promise<CurveData> { throw new Error('soon'); }
  alerts(_q: AlertQuestion & PageQuestion): Promise<Page<Alert> & Counted> { throw new Error('soon'); }
  alertRuns(_q: AlertQuestion & { q?: string | undefined; active?: boolean | undefined } & PageQuestion): Promise<Page<Run> & Counted & { readonly active: number }> { throw new Error('soon'); }
  stats(_q: { pump?: string | undefined; fromDay?: number | undefined; toDay?: number | undefined } & PageQuestion): Promise<Page<DayFacts>> { throw new Error('soon'); }
  rejects(_q: { source?: string | undefined } & PageQuestion): Promise<Page<Reject> & Counted> { throw new Error('soon'); }
  unknownPumps(_most: number): Promise<string[]> { throw new Error('soon'); }
}
export type { Measure };
