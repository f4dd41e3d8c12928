import type { SqlParams } from '../../query/sql/params.ts';

/** The forms in which a question is answered. */
export type AnswerForm = 'json' | 'ndjson' | 'csv' | 'parquet';

/** What is asked of the process that answers. */
export interface SqlQuestion {
  readonly sql: string;
  /** The values of its parameters. */
  readonly params?: SqlParams | undefined;
  readonly form: AnswerForm;
  /** So many rows are answered at most. */
  readonly rows: number;
  /** Whether more of them are cut off, which only JSON can say; otherwise they are refused. */
  readonly cut: boolean;
}

/** How it ended. */
export interface SqlEnd {
  readonly rows: number;
  /** There were more. */
  readonly truncated: boolean;
}
