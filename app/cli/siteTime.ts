/** An instant on the site's wall clock, `2026-11-21 04:55:51`, with `.250` after it when there are milliseconds. `zone` is an IANA name. */
export function siteTime(instant: number | string, zone: string): string {
  const date = new Date(instant);
  const ms = date.getUTCMilliseconds();
  // Sweden writes dates as ISO 8601 does.
  const text = date.toLocaleString('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return ms === 0 ? text : `${text}.${String(ms).padStart(3, '0')}`;
}
