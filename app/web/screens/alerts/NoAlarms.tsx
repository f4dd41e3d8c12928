import { Empty } from '../../parts/Loaded.tsx';
import { Link } from '../../parts/Link.tsx';
import { href } from '../../route.ts';
import { lastReadings, pumpsThat } from '../../lastReadings.ts';
import { STORE_AWAY, storeAway } from '../../store.ts';
import { me } from '../../session.ts';
import type { Filters } from './filters.ts';

/** Why there is no alarm to show, and what would make one. */
export function NoAlarms({ chosen: { all, rule, q, range } }: { readonly chosen: Filters }) {
  if (rule !== '' || q !== '' || (all && range !== '')) {
    return <Empty title="No alarm fits these filters."><Link to={href([], { show: 'all' })}>Show all alarms</Link></Empty>;
  }
  const limits = me.value.rules.map(({ measure, comparison, threshold }) => `${measure} ${comparison} ${threshold}`);
  if (storeAway.value) return <Empty title={STORE_AWAY}>Alerts of messages are told all the same, above.</Empty>;
  if (lastReadings.value?.every(({ at }) => at === null))
    return (
      <Empty title="No reading has come yet.">
        Drop a CSV file into the inbox, or publish to the broker: <Link to={href(['quality'])}>what has come</Link>, and what could not be taken.
      </Empty>
    );
  return all ? (
    <Empty title="No alarm has begun yet.">
      {limits.length === 0 ? 'No rule is configured.' : `A reading with ${limits.join(', or ')} begins an alarm.`}
    </Empty>
  ) : (
    <Empty title={pumpsThat('silent').length > 0 ? 'No alarm is active. Silent pumps may have one that nobody knows of.' : 'Nothing is wrong now.'}>
      <Link to={href([], { show: 'all' })}>Show the alarms that ended</Link>
    </Empty>
  );
}
