import { visible } from '../../visible.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { alarmKey } from '../../activeAlarms.ts';
import { get } from '../../api.ts';
import { alertNews } from '../../news.ts';
import { Link } from '../../parts/Link.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { WallTime } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { STORE_AWAY, storeAway } from '../../store.ts';

const SHOWN = 12;

interface Change {
  readonly alarm: AlarmItem;
  readonly what: 'began' | 'ended';
  readonly at: string;
}

/** What began and what ended lately, the newest first. */
export function RecentChanges() {
  const alarms = useResource(`recent ${alertNews.value}`, (signal) => get<{ items: AlarmItem[] }>('/alarms', { all: true, order: 'newest', limit: 100 }, signal));
  return (
    <section class="panel recent" aria-labelledby="recent">
      <h2 id="recent">Recent changes</h2>
      <Loaded resource={alarms}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="muted">{storeAway.value ? STORE_AWAY : 'Nothing has begun or ended yet.'}</p>
          ) : (
            <ol>
              {changes(items).map(({ alarm, what, at }) => (
                <li key={`${what} ${alarmKey(alarm)}`}>
                  <span>
                    <Link to={href([], { show: 'all', q: alarm.pump, open: alarmKey(alarm) })}>{visible(alarm.pump)}</Link> {alarm.rule}{' '}
                    <strong>{what}</strong>
                  </span>
                  <span class="muted">
                    <WallTime at={at} />
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
}

function changes(alarms: readonly AlarmItem[]): Change[] {
  const all = alarms.flatMap((alarm): Change[] => [
    ...(alarm.active ? [] : [{ alarm, what: 'ended', at: alarm.to } as const]),
    { alarm, what: 'began', at: alarm.from },
  ]);
  return all.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1)).slice(0, SHOWN);
}
