import { isUnknown } from './measures.ts';
import type { Readings } from './readings.ts';
import { formatTime } from './wallClock.ts';

/** A row as a line of CSV in the plain form, without a line end; a missing cell is an empty field. */
export function plainLine({ names, pump, time, values }: Readings, row: number, prefix = ''): string {
  const [date, clock] = formatTime(time[row]).split('T');
  let line = `${field(prefix + names[pump[row]])},${date},${clock}`;
  for (const column of values) line += `,${numberText(column[row])}`;
  return line;
}

function numberText(value: number): string {
  if (isUnknown(value)) return '';
  return Object.is(value, -0) ? '-0' : String(value);
}

function field(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
