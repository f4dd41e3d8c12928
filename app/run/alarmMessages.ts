import type { NewRun } from '../../domain/alarm/alertRun.ts';
import type { StoredRuns } from '../../domain/alarm/liveRuns.ts';
import type { AlarmNow } from '../../domain/notify/alarmNow.ts';
import type { Config } from '../config/types.ts';
import type { OwnPartitions } from './alarmTeller.ts';

/** What the alarms' thread is started with. */
export interface AlarmThreadData {
  readonly config: Config;
  /** Somebody is told of alarms; otherwise only terminal and live stream tell of alerts. */
  readonly told: boolean;
}

/** From the main thread to the alarms'. */
export type ToAlarms =
  /** Keys of what somebody was told of, and of a worker the partitions for which these are all. */
  | { readonly kind: 'open'; readonly keys: readonly string[]; readonly ready: readonly number[] }
  /** Alerts that have come. */
  | { readonly kind: 'runs'; readonly runs: readonly NewRun[] }
  | { readonly kind: 'stop' };

/** From the alarms' thread to the main thread. */
export type FromAlarms =
  /**
   * A look is over. With what was passed on before, and without what is `gone` (by {@link alarmId}), these are all alarms that go on,
   * those that were over lately, and those of what is open. `newestHeard` is when the last fresh reading of any pump came (ms since
   * 1970-01-01T00:00Z), `site` the alarm that all pumps are silent, while it goes on.
   */
  | { readonly kind: 'looked'; readonly changed: readonly AlarmNow[]; readonly gone: readonly string[]; readonly newestHeard: number;
    readonly site: AlarmNow | null; readonly own?: OwnPartitions | undefined }
  /** Between two looks. */
  | { readonly kind: 'changed'; readonly alarms: readonly AlarmNow[]; readonly own?: OwnPartitions | undefined }
  /** Of pumps and rules with alerts: what has changed since the last look, also when that is nothing. */
  | { readonly kind: 'stored'; readonly stored: StoredRuns }
  /** The store does not answer: nothing new is known. */
  | { readonly kind: 'away'; readonly problem: string };

/** What tells an alarm from all others: pump, rule and beginning. */
export function alarmId({ pump, rule, from }: Pick<AlarmNow, 'pump' | 'rule' | 'from'>): string {
  return `${pump}\n${rule}\n${from}`;
}
