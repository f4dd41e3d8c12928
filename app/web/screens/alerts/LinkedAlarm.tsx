import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { alarmKey } from '../../activeAlarms.ts';
import { ApiError, get } from '../../api.ts';
import { alertNews } from '../../news.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { Table } from '../../parts/Table.tsx';
import { setQuery } from '../../route.ts';
import { useResource } from '../../resource.ts';
import { wallMs, wallText } from '../../times.ts';
import { AlarmDetail } from './AlarmDetail.tsx';
import { ALARM_COLUMNS } from './alarmColumns.tsx';

/** The alarm that a link opens and the list does not have: it ended, or other filters are chosen. One that is nowhere is missed in words. */
export function LinkedAlarm({ name }: { readonly name: string }) {
  const alarm = useResource(`${name} ${alertNews.value}`, (signal) => alarmNamed(name, signal));
  return (
    <Loaded resource={alarm} lines={2}>
      {(found) =>
        found === null ? (
          <p role="status">
            <strong>The alarm that this link opens is not there:</strong> a correction took it back, or the link is not whole.{' '}
            <button type="button" onClick={() => setQuery({ open: null })}>
              Close
            </button>
          </p>
        ) : (
          <div class="alarm-table stack linked">
            <p class="showing" role="status">
              The alarm that this link opens{found.active ? '' : ' has ended: it'} is not among those below.
            </p>
            <Table
              caption="The alarm that this link opens"
              columns={ALARM_COLUMNS}
              rows={[found]}
              rowKey={alarmKey}
              rowClass={({ active }) => (active ? undefined : 'ended')}
              phone="cards"
              openRow={alarmKey(found)}
              onOpen={() => setQuery({ open: null })}
              detail={(opened) => <AlarmDetail alarm={opened} />}
            />
          </div>
        )
      }
    </Loaded>
  );
}

/** An alarm as it is now; null when there is none of that beginning. */
export async function findAlarm(
  { pump, rule, from }: Pick<AlarmItem, 'pump' | 'rule' | 'from'>,
  signal: AbortSignal,
): Promise<AlarmItem | null> {
  const { items } = await get<{ items: AlarmItem[] }>(
    '/alarms',
    { pump, rule, from, to: wallText(wallMs(from) + 1), limit: 10 },
    signal,
  );
  return items.find((other) => alarmKey(other) === alarmKey({ pump, rule, from })) ?? null;
}

/** By what {@link alarmKey} made of it. */
async function alarmNamed(name: string, signal: AbortSignal): Promise<AlarmItem | null> {
  const [, from, rule, pump] = /^(\S+) (\S+) (.+)$/.exec(name) ?? [];
  if (from === undefined || Number.isNaN(wallMs(from))) return null;
  try {
    return await findAlarm({ pump, rule, from }, signal);
  } catch (cause) {
    // What the API does not take for an alarm's name is none.
    if (cause instanceof ApiError && cause.status === 400) return null;
    throw cause;
  }
}
