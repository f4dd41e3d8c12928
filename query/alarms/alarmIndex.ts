import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RuleVersion, spansOf } from '../../domain/alarm/fold/versions.ts';
import { SITE } from '../../domain/alarm/rule.ts';
import type { SiteClock } from '../../domain/reading/siteClock.ts';
import type { PumpDay } from '../../domain/day/pumpDay.ts';
import type { StoredAlarmDays } from '../../storage/table/alarmDays.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { compareTexts } from '../order.ts';
import { Turns } from '../turns.ts';
import { AlarmKinds } from './alarmColumns.ts';
import { type AlarmFacts, type PendingFacts, plainFacts } from './alarmFacts.ts';
import { AlarmRows } from './alarmRows.ts';
import { PumpAlarms } from './pumpAlarms.ts';
import { PumpDays } from './pumpDays.ts';
import { Silences } from './silences.ts';

/** What is known is looked at again when it is this old, in ms; where a look takes long, when it is ten times as old as that. */
const AGE_MS = 500;
const MOST_AGE_MS = 5000;
const COST_SHARE = 10;
/** An answer waits this long for a look, in ms, unless what is known is older than the second figure. */
const PATIENCE_MS = 20;
const STALE_MS = 15_000;
/** What goes on is kept so often, ms. */
const KEEP_MS = 60_000;

/** What alarms are made of, and where they are kept. */
export type AlarmSources = StoredReadings & Pick<StoredDays, 'days'> & StoredAlarmDays;

export interface AlarmIndexOptions {
  readonly table: AlarmSources;
  /** Which rules were in force when; the last are those that are. */
  readonly versions: readonly RuleVersion[];
  /** So long a reading holds. */
  readonly holdMs: number;
  /** An alarm is late that is found when readings of hours so much later had come already. */
  readonly lateMs: number;
  /** The last reading of a pump goes on holding when it came within that of its own time. */
  readonly latenessMs: number;
  readonly clock: SiteClock;
  /** Pumps that should report, each with the wall time from which on; by default only those that have. */
  readonly expected?: (() => ReadonlyMap<string, number>) | undefined;
  /** Only this pump's, where no rule asks for silence; by default those of all. */
  readonly pump?: string | undefined;
  /** Whether {@link AlarmIndex.keep} is called; the table has to be open for that. */
  readonly keeps?: boolean | undefined;
  /** Nobody waits for a look, but for the first one. */
  readonly rests?: boolean | undefined;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

/**
 * The alarms of all pumps, by pump-day and about half a second old. They follow from what is stored, so both stores give the same, and
 * only pump-days that have changed are read again: since the last look, or since somebody has kept them in the table.
 */
export class AlarmIndex {
  readonly #options: AlarmIndexOptions;
  readonly #days: PumpDays;
  readonly #pumps = new Map<string, PumpAlarms>();
  readonly #kinds = new AlarmKinds();
  readonly #silences: Silences;
  readonly #due = new Map<string, Map<number, PumpDay>>();
  #keptAt = -Infinity;
  #looking: Promise<void> | undefined;
  #lookedAt = -Infinity;
  #age = 0;

  constructor(options: AlarmIndexOptions) {
    this.#options = options;
    this.#days = new PumpDays(options.table);
    const { clock, now, expected = () => new Map<string, number>() } = options;
    this.#silences = new Silences({ rules: this.#rules, stored: this.#pumps, clock, now, expected });
  }

  /** The pumps that have readings, in the order of the table, and what else has alarms: pumps that never spoke, and SITE. */
  get pumps(): readonly string[] {
    return [...this.#days.pumps, ...this.#silences.neverHeard, ...(this.#silences.site.length > 0 ? [SITE] : [])];
  }

  /** When the last fresh reading of any pump came: ms since 1970-01-01T00:00Z; -Infinity before the first. */
  get newestHeard(): number {
    return this.#silences.newestHeard;
  }

  /** Brings it up to date, or answers from what is known when that is young and a look is slow. Throws STORE_UNAVAILABLE. */
  async refresh(): Promise<void> {
    const age = Math.abs(this.#options.now() - this.#lookedAt);
    if (!this.#looking && age < this.#age) return;
    const looking = this.#begin();
    await (age < STALE_MS ? Promise.race([looking, sleep(PATIENCE_MS)]) : looking);
  }

  /** Resolves when everything is known that had changed before the call. Throws STORE_UNAVAILABLE. */
  async catchUp(): Promise<void> {
    await this.#looking?.catch(() => undefined); // its own failure is told to who asked for it
    await this.#begin();
  }

  /**
   * Keeps in the table what has been found of pump-days, for whoever asks next: those that are over, and those that go on `now and
   * then`, `too`, or `never`. Throws STORE_UNAVAILABLE, also where this user may not write.
   */
  async keep(goingOn: 'now and then' | 'too' | 'never' = 'now and then'): Promise<void> {
    const { now, table } = this.#options;
    const all = goingOn === 'too' || (goingOn === 'now and then' && Math.abs(now() - this.#keptAt) >= KEEP_MS);
    if (all) this.#keptAt = now();
    const kept = [...this.#pumps].flatMap(([pump, alarms]) => alarms.keep({ all }).map((one) => ({ pump, ...one })));
    if (kept.length > 0) await table.keepAlarmDays(kept);
  }

  /** Wall time of a pump's last reading; undefined while none is known. */
  lastOf(pump: string): number | undefined {
    return this.#pumps.get(pump)?.tail?.last;
  }

  /** A pump's alarms, or those of SITE, by rule, then time; without those that were over before `endedFrom`. */
  alarmsOf(pump: string, { endedFrom = -Infinity }: { readonly endedFrom?: number } = {}): AlarmFacts[] {
    const rows = this.rowsOf(pump);
    const alarms: AlarmFacts[] = [];
    for (let row = rows.rowFrom(endedFrom); row < rows.length; row++)
      if (rows.cleared(row) >= endedFrom && rows.isThere(row)) alarms.push(rows.at(row) as AlarmFacts);
    return alarms.sort((a, b) => compareTexts(a.rule, b.rule) || a.from - b.from);
  }

  /** A pump's alarms, or those of SITE, as they are now, without an object for each. */
  rowsOf(pump: string): AlarmRows {
    if (pump === SITE && this.#silences.site.length > 0)
      return AlarmRows.of(pump, this.#silences.site.map((alarm) => ({ ...alarm, ...plainFacts(alarm) })));
    const known = this.#pumps.get(pump);
    const silent = this.#silences.of(pump);
    const { until, stale } = known?.tail ? this.#knownUntil(known.tail) : { until: -Infinity, stale: false };
    const rows = new AlarmRows({ pump, known, silent, rules: this.#rules, suppressions: (alarm) => this.#silences.suppressions(alarm) });
    const wallNow = this.#options.clock.wallTimeAt(this.#options.now());
    rows.add([...(known?.closeAt(until).alarms ?? []), ...silent], (alarm) => {
      const isSilence = silent.includes(alarm);
      return {
        ...alarm,
        ...plainFacts(alarm),
        stale: alarm.cleared === null && stale && !isSilence,
        late: !isSilence && alarm.foundAt > known!.firstReceiptAfter(alarm.raised + this.#options.lateMs),
        suppressed: rows.isSuppressed(alarm, isSilence ? wallNow : until),
      };
    });
    return rows;
  }

  /** What may become an alarm at a pump, by rule. */
  pendingOf(pump: string): PendingFacts[] {
    const known = this.#pumps.get(pump);
    if (!known?.tail) return [];
    const { until, stale } = this.#knownUntil(known.tail);
    return known.closeAt(until).pending.map((one) => ({
      ...one, level: one.priority, levels: [], to: one.last, returned: null, cleared: null, ruleEnded: false, foundAt: known.tail!.receivedAt,
      stale, late: false, suppressed: false,
    }));
  }

  /** Whether any alarm of a pump goes on. */
  isGoingOn(pump: string): boolean {
    const known = this.#pumps.get(pump);
    if (this.#silences.of(pump).length > 0) return true;
    return known?.tail !== undefined && known.closeAt(this.#knownUntil(known.tail).until).alarms.some(({ cleared }) => cleared === null);
  }

  /** The rules in force. */
  get #rules() {
    const { versions } = this.#options;
    return versions[versions.length - 1].rules;
  }

  /** Up to which wall time anything is known of a pump, and whether that is long ago: what holds on came just now. */
  #knownUntil({ last, receivedAt }: { readonly last: number; readonly receivedAt: number }): { until: number; stale: boolean } {
    const { clock, now, holdMs, latenessMs } = this.#options;
    const passed = Math.max(0, now() - receivedAt);
    const isLive = Math.abs(clock.wallTimeAt(receivedAt) - last) <= latenessMs;
    return { until: isLive ? last + Math.min(passed, holdMs) : last, stale: !isLive || passed > holdMs };
  }

  #begin(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => { this.#looking = undefined; }));
  }

  async #look(): Promise<void> {
    const { table, versions, now, keeps = false, rests = false } = this.#options;
    const startedAt = performance.now();
    const turns = new Turns({ rests: rests && this.#lookedAt > -Infinity });
    await this.#days.look(turns, (mark) => {
      const { pump, day } = mark;
      if (this.#options.pump !== undefined && this.#options.pump !== pump && !this.#silences.areWanted) return;
      const due = this.#due.get(pump) ?? new Map<number, PumpDay>();
      this.#due.set(pump, due.set(day, mark));
    });
    for (const [pump, due] of this.#due) {
      for (const [day, { changedAt }] of due) this.#days.set(pump, day, changedAt);
      const { days } = this.#days.of(pump)!;
      const alarms = this.#pumps.get(pump) ?? new PumpAlarms(pump, spansOf(versions, pump), {
        timeliness: { limits: this.#silences.limitsOf(pump), wallTimeAt: (instant) => this.#options.clock.wallTimeAt(instant) },
        lateMs: this.#options.lateMs, kinds: this.#kinds, keeps, kept: await table.alarmDays(pump), days,
      });
      await alarms.read(table, { days, changed: due, turns });
      await turns.next();
      this.#pumps.set(pump, alarms);
      this.#due.delete(pump);
    }
    this.#silences.forget();
    this.#lookedAt = now();
    this.#age = Math.min(MOST_AGE_MS, Math.max(AGE_MS, COST_SHARE * (performance.now() - startedAt)));
  }
}
