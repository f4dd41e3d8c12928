import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreUnavailable } from '../../domain/errors.ts';
import { alarmKey, type AlarmNow, type ValueAt, wantsSomebody } from '../../domain/notify/alarmNow.ts';
import { type Measure, MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { formatTime, parseTime } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';

/** What a pump showed before is looked for in the hour before the alarm, ms. */
const BEFORE_MS = 3_600_000;
/** So many alarms of a look get their values, and nobody waits longer for them than that, ms: who is to be told, is told without. */
const MOST = 20;
const PATIENCE_MS = 10;
/** What is remembered of alarms that were looked up. */
const MOST_KNOWN = 2000;

/** What pumps showed just before their alarms, and what they show now: what people ask first. */
export class AlarmValues {
  readonly #table: Pick<StoredReadings, 'readings' | 'lastReading'>;
  readonly #measureOf: (rule: string) => Measure | null;
  readonly #before = new Map<string, ValueAt>();

  constructor(table: Pick<StoredReadings, 'readings' | 'lastReading'>, measureOf: (rule: string) => Measure | null) {
    this.#table = table;
    this.#measureOf = measureOf;
  }

  /** Whether somebody may be told of an alarm that has a measure. */
  areWanted(alarm: AlarmNow): boolean {
    return wantsSomebody(alarm) && this.#measureOf(alarm.rule) !== null;
  }

  /** The alarms, in the same order; those that want values with them, as far as they are known in time; the others are the same objects. */
  async withValues(alarms: readonly AlarmNow[]): Promise<AlarmNow[]> {
    const found = new Map<AlarmNow, AlarmNow>();
    const stop = new AbortController();
    const looking = this.#lookUp(alarms.filter((alarm) => this.areWanted(alarm)).slice(0, MOST), found, stop.signal);
    await Promise.race([looking, sleep(PATIENCE_MS, undefined, { signal: stop.signal }).catch(() => undefined)]);
    stop.abort();
    return alarms.map((alarm) => found.get(alarm) ?? alarm);
  }

  async #lookUp(alarms: readonly AlarmNow[], found: Map<AlarmNow, AlarmNow>, signal: AbortSignal): Promise<void> {
    try {
      for (const alarm of alarms) {
        const measure = this.#measureOf(alarm.rule)!;
        const before = await this.#beforeOf(alarm, measure);
        const last = valueOf(await this.#table.lastReading(alarm.pump), measure);
        if (signal.aborted) return;
        const isNow = last !== undefined && last.at >= alarm.from; // an alarm may be known before its readings are in the table
        found.set(alarm, { ...alarm, ...(before ? { before } : {}), ...(isNow ? { last } : {}) });
      }
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error; // the next look says so
    }
  }

  async #beforeOf(alarm: AlarmNow, measure: Measure): Promise<ValueAt | undefined> {
    const key = `${alarmKey(alarm)}\n${alarm.from}`;
    const known = this.#before.get(key);
    if (known !== undefined) return known;
    const to = parseTime(alarm.from)!;
    let before: ValueAt | undefined;
    for await (const piece of this.#table.readings(alarm.pump, { from: to - BEFORE_MS, to })) before = valueOf(piece, measure) ?? before;
    if (this.#before.size >= MOST_KNOWN) this.#before.clear();
    if (before) this.#before.set(key, before);
    return before;
  }
}

/** The last value of a measure in a piece. */
function valueOf(piece: Readings | undefined, measure: Measure): ValueAt | undefined {
  if (!piece) return undefined;
  const values = piece.values[MEASURES.indexOf(measure)];
  for (let row = piece.length - 1; row >= 0; row--)
    if (!Number.isNaN(values[row])) return { at: formatTime(piece.time[row]), value: values[row] };
  return undefined;
}
