import { byteText } from '../byteText.ts';
import { counted } from '../counted.ts';
import { DISK_PARTS, type DiskUse } from './diskUse.ts';

const MONTH = 30.4;
const YEAR = 365.25;

/** What to do about a disk that is full soon. */
export const SOON_FULL_FIX = 'Make room or take a larger disk: done/ of the inbox may be emptied, and store.ttl lets old readings go';

/** Whether the disk, or limits.disk, is full within so many days. Where that can't be told, nobody is alarmed. */
export function isSoonFull({ forecast }: DiskUse, days: number): boolean {
  return forecast.state === 'over' || (forecast.state === 'full' && forecast.days < days);
}

/** `1.2 GB on disk (table 900 MB, inbox 300 MB), 74.0 GB free`: what lies on the disk. */
export function diskText({ bytes, parts, free, limit }: DiskUse): string {
  const named = DISK_PARTS.filter((part) => parts[part] > 0).map((part) => `${part} ${byteText(parts[part])}`);
  const most = limit === null ? '' : ` of ${byteText(limit)} (limits.disk)`;
  return `${byteText(bytes)}${most} on disk${named.length === 0 ? '' : ` (${named.join(', ')})`}, ${byteText(free)} free`;
}

/** `full in about 3 months, on 2027-02-27, at 800 MB a day`: when it is full, or why nobody knows. */
export function forecastText({ forecast }: DiskUse): string {
  switch (forecast.state) {
    case 'unknown':
      return `when it is full can't be told yet: ${counted(forecast.knownDays, 'day is', 'days are')} known, ${forecast.neededDays} are needed`;
    case 'steady': return 'not growing';
    case 'over': return forecast.of === 'disk' ? 'full' : 'above limits.disk';
    case 'full': return fullText(forecast);
  }
}

function fullText({ of, perDay, days, at }: Extract<DiskUse['forecast'], { state: 'full' }>): string {
  const what = of === 'limit' ? 'limits.disk is reached' : 'the disk is full';
  const paceText = `at ${byteText(perDay)} a day`;
  if (days > 10 * YEAR) return `${what} in more than ten years, ${paceText}`;
  return `${what} in about ${aboutText(days)}, on ${at.slice(0, 10)}, ${paceText}`;
}

function aboutText(days: number): string {
  if (days < 2) return counted(Math.max(1, Math.round(days * 24)), 'hour');
  if (days < 60) return counted(Math.round(days), 'day');
  return days < 2 * YEAR ? counted(Math.round(days / MONTH), 'month') : counted(Math.round(days / YEAR), 'year');
}
