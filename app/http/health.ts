import { formatDuration } from '../../domain/duration.ts';
import type { Config } from '../config/types.ts';
import type { LiveState } from './liveState.ts';

/** The job says how it is each second. */
const OLD_STATUS_MS = 10_000;
const DEAD_STATUS_MS = 60_000;
/** A backlog is one of this many batch intervals. */
const BACKLOG_INTERVALS = 10;
const GROWTH_MS = 30_000;

/** Why the process should be started again: nothing was heard of the job for a minute. Undefined while it lives. */
export function whyDead(live: LiveState): string | undefined {
  return live.statusAge > DEAD_STATUS_MS ? `the job has said nothing for ${seconds(live.statusAge)}` : undefined;
}

/**
 * Why rows that come now won't be in the table soon; empty when they will. `now` is in ms since 1970-01-01T00:00Z.
 */
export function whyNotReady(live: LiveState, { batchInterval, limits }: Pick<Config, 'batchInterval' | 'limits'>, now: number): string[] {
  const { store, journal, state, recovered, receivers } = live.status;
  return [
    ...(live.statusAge > OLD_STATUS_MS ? [`the job has said nothing for ${seconds(live.statusAge)}`] : []),
    ...(state === 'running' ? [] : [`the job is ${state}`]),
    ...(recovered ? [] : ['the job is not ready: it still brings the table in order, or waits for its store']),
    ...(store.state === 'away' ? [`the store has been away since ${store.since}: ${store.reason}`] : []),
    ...(journal.full ? [`the journal has reached limits.journal (${limits.journal} bytes): nothing more is acknowledged`] : []),
    ...(receivers.mqtt?.state === 'deaf' ? [`the broker brings nothing: ${receivers.mqtt.lastError}`] : []),
    ...(receivers.kafka?.state === 'refused' ? [`Kafka refuses us: ${receivers.kafka.lastError}`] : []),
    ...growth(live, batchInterval, now),
  ];
}

/** A backlog that is worked off is none to worry about: only one that is large and grows. */
function growth(live: LiveState, batchInterval: number, now: number): string[] {
  const lately = live.history.last(Infinity).filter(({ time }) => time >= now - GROWTH_MS);
  const [first, last] = [lately.at(0), lately.at(-1)];
  if (!first || !last || last.schedulingDelay <= BACKLOG_INTERVALS * batchInterval || last.schedulingDelay <= first.schedulingDelay)
    return [];
  return [
    `the backlog grows: rows wait ${seconds(last.schedulingDelay)} before a step takes them, ${seconds(first.schedulingDelay)} ` +
    'half a minute ago',
  ];
}

function seconds(ms: number): string {
  return formatDuration(Math.round(ms / 1000) * 1000);
}
