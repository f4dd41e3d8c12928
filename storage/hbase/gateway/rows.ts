import type { Answer } from './gateway.ts';
import { GatewayFailure } from './failure.ts';

/** A cell as the gateway's JSON has it. */
export interface Cell {
  /** Base64 of `family:qualifier`. */
  readonly column: string;
  /** Time of receipt, in ms since 1970-01-01T00:00Z. */
  readonly timestamp: number;
  /** Base64 of the value. */
  readonly $: string;
}

/** A row as the gateway's JSON has it; cells by the bytes of their columns. */
export interface CellRow {
  /** Base64. */
  readonly key: string;
  readonly Cell: readonly Cell[];
}

/** The rows of an answer. Throws GatewayFailure when it has none to speak of: an empty table is an empty list. */
export function rowsOf(answer: Answer): CellRow[] {
  const json = answer.json();
  if (json instanceof Object && 'Row' in json && Array.isArray(json.Row) && json.Row.every(isRow)) return json.Row;
  throw new GatewayFailure('transient', 'the gateway\'s answer has no rows, not even none');
}

function isRow(row: unknown): row is CellRow {
  return (
    row instanceof Object &&
    'key' in row &&
    typeof row.key === 'string' &&
    'Cell' in row &&
    Array.isArray(row.Cell) &&
    row.Cell.every(isCell)
  );
}

function isCell(cell: unknown): cell is Cell {
  return (
    cell instanceof Object &&
    'column' in cell &&
    typeof cell.column === 'string' &&
    'timestamp' in cell &&
    typeof cell.timestamp === 'number' &&
    '$' in cell &&
    typeof cell.$ === 'string'
  );
}

/** A column as the gateway's JSON has it: its UTF-8 in base64. */
export function encodeColumn(column: string): string {
  return Buffer.from(column).toString('base64');
}

/** The name of a column in the gateway's JSON. */
export function decodeColumn(column: string): string {
  return Buffer.from(column, 'base64').toString();
}

/** The bytes of a row's key. */
export function keyOf({ key }: CellRow): Buffer {
  return Buffer.from(key, 'base64');
}
