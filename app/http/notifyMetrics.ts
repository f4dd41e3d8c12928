import { Counter, Gauge, type Registry } from 'prom-client';
import type { AlarmState } from '../../domain/alarm/acts/life.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import type { NotifyStatus } from '../notify/notifier.ts';

/** How many alarms stand so. */
export interface AlarmCount {
  readonly priority: Priority;
  readonly state: AlarmState;
  readonly count: number;
}

/** Adds what is said of alarms, and of telling of them; `notify` is null where nobody is told. `now`: ms since 1970-01-01T00:00Z. */
export function addNotifyMetrics(
  registers: Registry[],
  { alarms, notify, now }: { readonly alarms: readonly AlarmCount[]; readonly notify: NotifyStatus | null; readonly now: number },
): void {
  const gauge = <const Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames, registers });
  const active = gauge('wellwatch_alarms', 'Alarms that need somebody or are set aside', ['priority', 'state']);
  for (const { priority, state, count } of alarms) active.set({ priority, state }, count);
  if (!notify) return;
  const depth = gauge('wellwatch_outbox_messages', 'Messages that wait for a channel', ['channel']);
  const age = gauge('wellwatch_outbox_age_seconds', 'How long the oldest of these has waited; 0 when none waits', ['channel']);
  const last = gauge('wellwatch_notify_last_success_timestamp_seconds', 'When a channel last took a message, since the job’s start', ['channel']);
  const told = new Counter({
    name: 'wellwatch_notifications_total', help: 'Messages that a channel has taken, or that were given up, since the job’s start',
    labelNames: ['channel', 'result'] as const, registers,
  });
  const waited = new Counter({
    name: 'wellwatch_notification_wait_seconds_total',
    help: 'How long messages that were taken had waited together, since the job’s start: divided by those that were sent, the mean',
    labelNames: ['channel'] as const, registers,
  });
  const longest = gauge('wellwatch_notification_longest_wait_seconds', 'The longest that one of them had waited', ['channel']);
  const dead = gauge('wellwatch_dead_notifications', 'Messages that were given up and are kept, to be sent again', ['channel']);
  gauge('wellwatch_system_alarms', 'Alarms of the site itself that go on', []).set(notify.system.length);
  for (const { name: channel, waiting, oldestAt, lastSentAt, sent, failed, waitedMs, longestWaitMs, dead: kept } of notify.channels) {
    depth.set({ channel }, waiting);
    age.set({ channel }, oldestAt === null ? 0 : Math.max(0, now - oldestAt) / 1000);
    if (lastSentAt !== null) last.set({ channel }, lastSentAt / 1000);
    waited.inc({ channel }, waitedMs / 1000);
    longest.set({ channel }, longestWaitMs / 1000);
    dead.set({ channel }, kept);
    told.inc({ channel, result: 'sent' }, sent);
    told.inc({ channel, result: 'failed' }, failed);
  }
}
