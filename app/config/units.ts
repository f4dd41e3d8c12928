import { DURATION_UNITS } from '../../domain/duration.ts';

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12,
  KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40,
};

/** Whole milliseconds of `500ms`, `2s`, `1.5h`, `30d` or `0`, or undefined when that is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = /^(\d+(?:\.\d+)?)\s?(ms|s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  const ms = Math.round(Number(match[1]) * DURATION_UNITS[match[2]]);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** Bytes of `10GB`, `512 MB` or `64KiB`, or undefined when that is no size. KB, MB and GB count in thousands, KiB, MiB and GiB in 1024s. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s?([KMGT]?i?B)$/i.exec(text);
  const unit = match && SIZE_UNITS[match[2].toUpperCase()];
  if (!match || unit === undefined || unit === null) return undefined;
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
