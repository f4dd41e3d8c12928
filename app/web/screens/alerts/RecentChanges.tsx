import { visible } from '../../visible.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { alarmKey } from '../../activeAlarms.ts';
import { get } from '../../api.ts';
import { counted } from '../../format.ts';
import { alertNews } from '../../news.ts';
import { Link } from '../../parts/Link.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { WallTime } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { STORE_AWAY, storeAway } from '../../store.ts';
import { changesOf, grouped, type Grouped } from './changes.ts';

const ASKED = 100;
const SHOWN = 12;

/** What began and what ended lately, the newest first; what happened together, or again and again, in one line. */
export function RecentChanges() {
  const alarms = useResource(`recent ${alertNews.value}`, (signal) => get<{ items: AlarmItem[] }>('/alarms', { all: true, order: 'newest', limit: ASKED }, signal));
  return (
    <section class="panel recent" aria-labelledby="recent">
      <h2 id="recent">Recent changes</h2>
      <Loaded resource={alarms}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="muted">{storeAway.value ? STORE_AWAY : 'Nothing has begun or ended yet.'}</p>
          ) : (
            <ol>
              {grouped(changesOf(items)).slice(0, SHOWN).map((group) => (
                <li key={`${group.what} ${alarmKey(group.first)} ${group.pumps}`}>
                  <span><What {...group} /></span>
                  <span class="muted">
                    <WallTime at={group.at} />
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

function What({ what, first, pumps, times }: Grouped) {
  const { pump, rule } = first;
  if (pumps > 1) return <><Link to={href([], { show: 'all', rule })}>{counted(pumps, 'pump')}</Link> {rule} <strong>{what}</strong></>;
  const link = <Link to={href([], { show: 'all', q: pump, open: times > 1 ? undefined : alarmKey(first) })}>{visible(pump)}</Link>;
  return <>{link} {rule} <strong>{times > 1 ? `came and went ${times} times` : what}</strong></>;
}
