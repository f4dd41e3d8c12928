import { AlarmDesk } from '../../query/acts/desk.ts';
import type { SiteAlarm } from '../../query/acts/siteAlarm.ts';
import type { TableQueries } from '../../query/tableQueries.ts';
import type { Config } from '../config/types.ts';
import { openActBook } from '../store/actBook.ts';

/** Where people do something about the alarms of a site that is served. */
export function openDesk(config: Config, queries: TableQueries, now?: () => number): AlarmDesk<SiteAlarm> {
  return new AlarmDesk(openActBook(config, now), { alarmsOf: (pump) => queries.alarmsOf(pump), pumps: () => queries.pumpIds() });
}
