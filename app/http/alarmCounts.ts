import { isStoreUnavailable } from '../../domain/errors.ts';
import type { ActBook } from '../../query/acts/actBook.ts';
import type { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import { countAlarms } from '../../query/alarms/alarmList.ts';
import type { AlarmCount } from './notifyMetrics.ts';

/** How many alarms stand how, but for those that are over and need nobody. None is known while the store is away. */
export async function alarmCounts(index: AlarmIndex, book: ActBook): Promise<AlarmCount[]> {
  try {
    await index.refresh();
  } catch (error) {
    if (isStoreUnavailable(error)) return [];
    throw error;
  }
  const counts = await countAlarms(index, book);
  return [...counts.values()].filter(({ state }) => state !== 'normal' && state !== 'pending');
}
