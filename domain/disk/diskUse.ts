/** What takes room, by where it lies; `inbox` with done/ and failed/. */
export const DISK_PARTS = ['table', 'journal', 'inbox', 'parquet', 'other'] as const;
export type DiskPart = (typeof DISK_PARTS)[number];

/** What lay on the disk when it was looked at last on a day of the site. Sizes in bytes, as the file system allocates them. */
export interface DiskDay {
  /** `2026-11-29`, by the site's clock. */
  readonly date: string;
  /** When it was measured, ms since 1970-01-01T00:00Z. */
  readonly at: number;
  /** Ours, on the disk of the data directory. */
  readonly parts: Readonly<Record<DiskPart, number>>;
  /** All that is used of that disk, whoever wrote it, and how large it is. */
  readonly used: number;
  readonly total: number;
}

/** The room on the disk of the data directory just now, in bytes. */
export interface Room {
  readonly free: number;
  /** How much of it is to be ours at most, `limits.disk`; Infinity when that is not limited. */
  readonly limit: number;
}

/** What lies on the disk, what each day added, and when the disk is full. Sizes in bytes. */
export interface DiskUse {
  /** When it was measured, ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  readonly parts: Readonly<Record<DiskPart, number>>;
  readonly free: number;
  /** null when it is not limited. */
  readonly limit: number | null;
  /** The newest days, oldest first; `added` is null where the day before is not known. */
  readonly days: readonly { readonly date: string; readonly bytes: number; readonly added: number | null }[];
  readonly forecast: Forecast;
}

/**
 * When the disk, or `limits.disk`, is full. `unknown`: too few days to tell; `steady`: it does not grow; `full`: it will be, at the
 * pace of the last days; `over`: it is.
 */
export type Forecast =
  | { readonly state: 'unknown'; readonly knownDays: number; readonly neededDays: number }
  | { readonly state: 'steady' }
  | { readonly state: 'full'; readonly of: 'disk' | 'limit'; readonly perDay: number; readonly days: number; readonly at: string }
  | { readonly state: 'over'; readonly of: 'disk' | 'limit' };

/** All of ours, in bytes. */
export function bytesOf({ parts }: Pick<DiskDay, 'parts'>): number {
  return DISK_PARTS.reduce((sum, part) => sum + parts[part], 0);
}
