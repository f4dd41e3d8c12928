import type { WrittenFormat } from './formatSchema.ts';

const WINTER = Date.UTC(2026, 0, 1);
const SUMMER = Date.UTC(2026, 6, 1);

/** Formats whose times are instants, at a site whose clock is set back in autumn: two hours of theirs become one. */
export function zoneWarnings(formats: Readonly<Record<string, WrittenFormat>>, siteZone: string): string[] {
  if (Object.keys(formats).length === 0 || !changesClocks(siteZone)) return [];
  return Object.entries(formats).flatMap(([name, { time }]) => {
    if (!time || ((time.unit === undefined || time.unit === 'excel') && (time.zone === 'site' || time.zone === siteZone))) return [];
    return [
      `formats.${name}.time: its times are turned into those of ${siteZone}, whose clocks are set back in autumn: readings of the hour that ` +
        'comes twice replace each other. Where that matters set site.timezone to UTC or to a zone of standard time',
    ];
  });
}

function changesClocks(zone: string): boolean {
  const hour = (at: number) => new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).format(at).split('GMT')[1];
  return hour(WINTER) !== hour(SUMMER);
}
