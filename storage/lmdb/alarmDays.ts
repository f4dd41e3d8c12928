import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { KeptAlarmDay } from '../table/alarmDays.ts';
import { pumpDays } from './days.ts';
import type { Snapshot, Store } from './environment.ts';
import { dayPrefix, dayRecordKey } from './keys.ts';

/** Months of medians repeat themselves: less work would save half as much. */
const LEVEL = 6;

/** Bytes of a text are taken out so many at a time: most are shorter, and by default each would take 16 kB of memory. */
const CHUNK = 2048;

/** What is kept of the alarms of pump-days: a text each, deflated. */
export class AlarmDays {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Of a pump, in order of days. */
  of(pump: string, snapshot: Snapshot): Map<number, string> {
    const kept = new Map<number, string>();
    for (const { day, value } of pumpDays(this.#store, { pump }, snapshot)) kept.set(day, inflateRawSync(value, { chunkSize: CHUNK }).toString());
    return kept;
  }

  /** Only within a transaction. */
  put({ pump, day, text }: KeptAlarmDay): void {
    this.#store.put(dayRecordKey(dayPrefix(pump), day), deflateRawSync(text, { level: LEVEL }));
  }
}

/** What is wrong with a record, or undefined. */
export function alarmDayProblem(value: Uint8Array): string | undefined {
  JSON.parse(inflateRawSync(value).toString());
  return undefined;
}
