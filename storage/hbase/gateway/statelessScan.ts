import { pathOf } from './gateway.ts';

/** A scan in a single request: for a few rows only, as the gateway fetches ten of them at a time. */
export interface StatelessScan {
  /** Where it starts (inclusive) and ends (exclusive): row keys, which the gateway takes as UTF-8; empty ones are no bounds. */
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly columns: readonly string[];
  readonly limit: number;
  /** Only cells with this timestamp or a later one. */
  readonly since?: number | undefined;
  /** Goes from high keys to low ones: then `start` is the high one. */
  readonly reversed?: boolean | undefined;
}

/** The path of a stateless scan. */
export function scanPath(table: string, { start, end, columns, limit, since, reversed = false }: StatelessScan): string {
  const parameters = [
    ...(start.length > 0 ? [`startrow=${encoded(start)}`] : []),
    ...(end.length > 0 ? [`endrow=${encoded(end)}`] : []),
    ...columns.map((column) => `column=${encodeURIComponent(column)}`),
    ...(since === undefined ? [] : [`starttime=${since}`]),
    ...(reversed ? ['reversed=true'] : []),
    `limit=${limit}`,
  ];
  return `${pathOf(table)}/*?${parameters.join('&')}`;
}

function encoded(key: Uint8Array): string {
  return encodeURIComponent(Buffer.from(key).toString());
}
