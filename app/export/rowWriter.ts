import type { Row } from './exportedTables.ts';

/** Takes an exported table's rows into a file of some format. */
export interface RowWriter {
  /** Takes a page; waits while what is behind it has enough. */
  write(page: readonly Row[]): Promise<void>;
  /** All rows have come: what is left is written. */
  finish(): Promise<void>;
}
