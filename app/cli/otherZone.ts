import { readStatus } from '../run/statusFile.ts';
import type { Context } from './context.ts';

/** Says when the job on the data directory has another zone than this command: then "today", and times of this machine, are others. */
export function sayOtherZone({ config: { dataDir, site: { timezone } }, notes }: Context): void {
  const { state, timezone: itsZone = timezone } = readStatus(dataDir) ?? { state: 'stopped' };
  if (state === 'stopped' || itsZone === timezone) return;
  notes.say(`The job on ${dataDir} has the zone ${itsZone}, this command ${timezone} (site.timezone): it was started with other settings. ` +
    'Name its configuration with --config, or set WELLWATCH_SITE_TIMEZONE.');
}
