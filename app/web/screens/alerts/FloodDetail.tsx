import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { alarmKey } from '../../activeAlarms.ts';
import { counted } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { href, query } from '../../route.ts';
import { visible } from '../../visible.ts';
import { AcknowledgeAll } from './AcknowledgeAll.tsx';

/** A flood opened: all of its pumps, the first that began first, as that may be the cause; acknowledged together. */
export function FloodDetail({ alarms }: { readonly alarms: readonly AlarmItem[] }) {
  const others = Object.fromEntries(query.value);
  const inOrder = alarms.toSorted((one, other) => (one.from < other.from ? -1 : 1));
  return (
    <div class="stack">
      <p>
        {counted(alarms.length, 'pump')} within ten minutes: look for one cause. <b>{visible(inOrder[0].pump)}</b> was the first.
      </p>
      <AcknowledgeAll alarms={alarms} />
      <ul class="pump-strip" aria-label="Pumps of this flood, in the order in which they began">
        {inOrder.map((alarm) => (
          <li key={alarm.pump} class={alarm.active ? alarm.priority : ''}>
            <Link to={href([], { ...others, open: alarmKey(alarm) })}>{visible(alarm.pump)}</Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
