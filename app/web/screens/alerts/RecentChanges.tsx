import { useMemo, useRef } from 'preact/hooks';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { alarmKey } from '../../activeAlarms.ts';
import { get } from '../../api.ts';
import { counted } from '../../format.ts';
import { useUnmoved } from '../../heldRows.ts';
import { alertNews } from '../../news.ts';
import { Link } from '../../parts/Link.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { WallTime } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { STORE_AWAY, storeAway } from '../../store.ts';
import { visible } from '../../visible.ts';
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
            <Changes alarms={items} />
          )
        }
      </Loaded>
    </section>
  );
}

/** Lines of one height, as many as there were before: a new one moves nothing. */
function Changes({ alarms }: { readonly alarms: readonly AlarmItem[] }) {
  const place = useRef<HTMLOListElement>(null);
  const lines = useUnmoved(useMemo(() => grouped(changesOf(alarms)).slice(0, SHOWN), [alarms]), place);
  const most = useRef(0);
  most.current = Math.max(most.current, lines.length);
  return (
    <ol ref={place}>
      {Array.from({ length: most.current }, (_, i) => (lines[i] ? <Line key={i} {...lines[i]} /> : <li key={i} aria-hidden="true" />))}
    </ol>
  );
}

function Line({ what, first, at, pumps, times }: Grouped) {
  const { pump, rule } = first;
  const link = pumps > 1
    ? <Link to={href([], { show: 'all', rule })}>{counted(pumps, 'pump')}</Link>
    : <Link to={href([], { show: 'all', q: pump, open: times > 1 ? undefined : alarmKey(first) })}>{visible(pump)}</Link>;
  return (
    <li>
      <span title={`${visible(pump)} ${rule}`}>{link} {rule}</span>{' '}
      <span><strong>{times > 1 ? `came and went ${times} times` : what}</strong> <span class="muted"><WallTime at={at} /></span></span>
    </li>
  );
}
