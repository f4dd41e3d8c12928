import { isDeepStrictEqual } from 'node:util';
import type { AlarmNow } from '../../domain/notify/alarmNow.ts';
import { alarmId } from './alarmMessages.ts';
import type { AlarmValues } from './alarmValues.ts';

interface Known {
  /** As it is without values. */
  readonly plain: AlarmNow;
  readonly alarm: AlarmNow;
  /** Wall time of the pump's last reading at that time. */
  readonly last: number | undefined;
  /** Nobody waits for its values any more. */
  readonly isWhole: boolean;
}

/** What has changed since the main thread was told last. */
export interface AlarmChanges {
  readonly changed: readonly AlarmNow[];
  /** By `alarmId`: those that are not among the alarms any more. */
  readonly gone: readonly string[];
}

/**
 * The alarms of each look beside those of the one before: values are looked up, and alarms passed on, only where something has
 * changed. Most alarms of a site are as they were half a second ago.
 */
export class RecentAlarms {
  readonly #values: Pick<AlarmValues, 'withValues' | 'areWanted'>;
  #known = new Map<string, Known>();
  #posted = new Map<string, AlarmNow>();

  constructor(values: Pick<AlarmValues, 'withValues' | 'areWanted'>) {
    this.#values = values;
  }

  /** The stored alarms of a look with their values, in the same order; `lastOf` gives the wall time of a pump's last reading. */
  async withValues(plain: readonly AlarmNow[], lastOf: (pump: string) => number | undefined): Promise<AlarmNow[]> {
    const now = plain.map((alarm): Known => {
      const last = lastOf(alarm.pump);
      const known = this.#known.get(alarmId(alarm));
      const isSame = known !== undefined && known.isWhole && known.last === last && isDeepStrictEqual(known.plain, alarm);
      return isSame ? known : { plain: alarm, alarm, last, isWhole: !this.#values.areWanted(alarm) };
    });
    const open = now.filter(({ isWhole }) => !isWhole).map((one) => one.plain);
    const found = await this.#values.withValues(open);
    const valued = new Map(open.map((alarm, i) => [alarm, found[i]]));
    const whole = now.map((one): Known => {
      const alarm = valued.get(one.plain);
      return alarm === undefined ? one : { ...one, alarm, isWhole: alarm !== one.plain };
    });
    this.#known = new Map(whole.map((one) => [alarmId(one.plain), one]));
    return whole.map(({ alarm }) => alarm);
  }

  /** Alarms were passed on between two looks. */
  passed(alarms: readonly AlarmNow[]): void {
    for (const alarm of alarms) this.#posted.set(alarmId(alarm), alarm);
  }

  /** These are all: what of them is other than what was passed on. */
  changesTo(alarms: readonly AlarmNow[]): AlarmChanges {
    const before = this.#posted;
    this.#posted = new Map(alarms.map((alarm) => [alarmId(alarm), alarm]));
    return {
      changed: alarms.filter((alarm) => !isDeepStrictEqual(before.get(alarmId(alarm)), alarm)),
      gone: [...before.keys()].filter((id) => !this.#posted.has(id)),
    };
  }
}
