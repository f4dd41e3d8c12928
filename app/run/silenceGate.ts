import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import type { AlarmNow } from '../../domain/notify/alarmNow.ts';
import type { JobStatus } from './statusFile.ts';

/** Rows that waited longer for their step make what is stored say less than what has come, ms. */
const BEHIND_MS = 10_000;
/** That is so of a batch for that long. */
const RECENT_MS = 60_000;

/** What is looked at to tell whether silence is sure; `now` and `newestHeard` in ms since 1970-01-01T00:00Z. */
export interface GateView {
  readonly now: number;
  /** When the last fresh reading of any pump came. */
  readonly newestHeard: number;
  /** Whether somebody was told of this one already. */
  readonly isOpen: (alarm: AlarmNow) => boolean;
}

/**
 * Holds up the word that a pump is silent as long as it may not be the pump: for the rule's own time after a start and after rows
 * had to wait, as until then they had no time to come, and while no pump at all has been heard for half of that time, as then
 * the whole site may have fallen silent. What was told before stays.
 */
export class SilenceGate {
  readonly #afterMs: ReadonlyMap<string, number>;
  #since: number;

  constructor(rules: readonly AlarmRule[], startedAt: number) {
    this.#afterMs = new Map(rules.flatMap(({ id, condition }) => (condition.kind === 'silent' ? [[id, condition.afterMs]] : [])));
    this.#since = startedAt;
  }

  /** Takes a look at the job. */
  see({ store, recovered, batches }: Pick<JobStatus, 'store' | 'recovered' | 'batches'>, now: number): void {
    const last = batches.at(-1);
    const waited = last !== undefined && last.schedulingDelay > BEHIND_MS && now - last.time < RECENT_MS;
    if (store.state === 'away' || !recovered || waited || now < this.#since) this.#since = now;
  }

  /** The alarms without those whose time has not come. */
  through(alarms: readonly AlarmNow[], { now, newestHeard, isOpen }: GateView): AlarmNow[] {
    return alarms.filter((alarm) => {
      const afterMs = this.#afterMs.get(alarm.rule);
      if (afterMs === undefined || alarm.cleared !== null || isOpen(alarm)) return true;
      return now - this.#since > afterMs && now - newestHeard <= afterMs / 2;
    });
  }

  /** Whether the silence of the whole site is sure. */
  letsSite(rule: string, now: number): boolean {
    return now - this.#since > (this.#afterMs.get(rule) ?? 0);
  }
}
