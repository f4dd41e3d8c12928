import { measureFacts } from '../../domain/reading/measures.ts';
import type { AlarmItem } from '../http/schemas/alarms.ts';
import type { AlertRunItem, UnstoredAnswer } from '../http/schemas/alerts.ts';
import { limitWords } from './format.ts';

type Shown = 'pump' | 'rule' | 'measure' | 'condition' | 'from' | 'to' | 'active' | 'readings' | 'worst' | 'known' | 'vendor' | 'lastMaintenance';

/** What stands in a row: an alarm, or what was told and is not stored yet, which has no state. */
export type ShownAlarm = Pick<AlarmItem, Shown> & Pick<AlertRunItem, 'priority'> & { readonly state?: AlarmItem['state']; readonly since?: AlarmItem['since']; readonly others?: readonly AlarmItem[]; readonly flood?: readonly AlarmItem[]; readonly floodKey?: string };

/** What was told and is not stored yet, as it is shown: whether it goes on is not known. */
export function shownOf(unstored: UnstoredAnswer['items'][number]): ShownAlarm {
  const { unit, label } = measureFacts[unstored.measure];
  const condition = `${limitWords(unstored)}${unit === '' ? ` ${label.toLowerCase()}` : ''}`;
  return { ...unstored, active: true, readings: unstored.count, condition };
}
