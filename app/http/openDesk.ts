import { AlarmDesk } from '../../query/acts/desk.ts';
import type { AlarmFacts } from '../../query/alarms/alarmFacts.ts';
import type { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import type { TableQueries } from '../../query/tableQueries.ts';
import type { Config } from '../config/types.ts';
import { openUnreadBook } from '../store/actBook.ts';

/** Where people do something about the alarms of a site that is served. */
export async function openDesk(
  config: Config,
  { queries, alarms }: { readonly queries: TableQueries; readonly alarms: AlarmIndex },
  now?: () => number,
): Promise<AlarmDesk<AlarmFacts>> {
  const alarmsOf = async (pump: string) => {
    await alarms.catchUp();
    return alarms.alarmsOf(pump);
  };
  return new AlarmDesk(await openUnreadBook(config, now), { alarmsOf, pumps: () => queries.pumpIds() });
}
