import type { Alarm, Pending } from '../../domain/alarm/fold/alarm.ts';
import { type Heard, laterHeard, type SilentTime } from '../../domain/alarm/fold/silence.ts';
import { NO_STATE, PumpFold, type PumpState } from '../../domain/alarm/fold/pumpFold.ts';
import type { RuleSpan } from '../../domain/alarm/fold/versions.ts';
import type { PumpDay } from '../../domain/day/pumpDay.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { insertionPoint } from '../order.ts';
import type { Turns } from '../turns.ts';
import { type AlarmColumns, type AlarmKinds, grown } from './alarmColumns.ts';
import { type AlarmDay, bytesOfDay, dayOfBytes, digestOf, NO_ALARMS } from './alarmDay.ts';
import { DayColumns } from './dayColumns.ts';
import { DayRules } from './dayRules.ts';
import { DaySeen, HOUR_MS, type Timeliness } from './daySeen.ts';

/** The end of what is known: what the fold goes on with, and the last reading. */
export interface Tail {
  readonly state: PumpState;
  /** Wall time, and when it came. */
  readonly last: number;
  readonly receivedAt: number;
}

export interface ReadOptions {
  /** All days that have, or had, readings, rising. */
  readonly days: readonly number[];
  /** Those that may have changed since the last time. */
  readonly changed: ReadonlyMap<number, Omit<PumpDay, 'pump' | 'computedAt'>>;
  readonly turns: Turns;
}

/** The newest days keep their state, for readings that come now; of the others each 16th does, for late ones. */
const NEWEST_DAYS = 3;
const EACH_DAYS = 16;
/** What goes on: alarms, and what may become one. */
interface GoingOn {
  readonly alarms: readonly Alarm[];
  readonly pending: readonly Pending[];
}

const NOTHING: GoingOn = { alarms: [], pending: [] };

export interface PumpAlarmsOptions {
  readonly timeliness: Timeliness;
  /** An alarm is late that was found when readings of hours so much later had come already. */
  readonly lateMs: number;
  readonly kinds: AlarmKinds;
  /** What {@link PumpAlarms.keep} gave at another time, by day; only what is among `days` counts. */
  readonly kept?: ReadonlyMap<number, Uint8Array>;
  readonly days: readonly number[];
  readonly keeps?: boolean;
}

/**
 * The alarms of one pump, kept by day. When days have changed, they are folded again, and those after them as long as the
 * state that they begin with is another one. Readings that come in order go on where the last ones ended.
 */
export class PumpAlarms {
  readonly #pump: string;
  readonly #spans: readonly RuleSpan[];
  readonly #timeliness: Timeliness;
  readonly #rules: DayRules;
  readonly #days: DayColumns;
  /** Days that are other than what is kept of them; undefined where somebody else keeps them. */
  readonly #unkept: Set<number> | undefined;
  /** What a look has found so far. */
  readonly #found = new Map<number, AlarmDay>();
  /** For each day when the first reading of it or a later one came. */
  #firstFrom: Float64Array = new Float64Array(0);
  /** Of a row, whether it was found late: 0 not known, 1 no, 2 yes. */
  #late: Uint8Array = new Uint8Array(0);
  readonly #lateMs: number;
  readonly #silentTimes = new Map<string, readonly SilentTime[]>();
  #tail: Tail | undefined;
  /** Before that nothing comes of the tail's state by time alone, and what goes on is what it was when it was asked for last. */
  #steadyUntil = -Infinity;
  #goingOn: GoingOn | undefined;

  constructor(
    pump: string,
    spans: readonly RuleSpan[],
    { timeliness, lateMs, kinds, kept = new Map(), days, keeps = false }: PumpAlarmsOptions,
  ) {
    this.#days = new DayColumns(pump, kinds);
    this.#lateMs = lateMs;
    this.#unkept = keeps ? new Set() : undefined;
    this.#pump = pump;
    this.#spans = spans;
    this.#timeliness = timeliness;
    this.#rules = new DayRules(spans, timeliness.limits);
    let before: string | undefined;
    const newest = days.at(-NEWEST_DAYS) ?? -Infinity;
    for (const number of days) {
      const bytes = kept.get(number);
      const withState = number >= newest || number % EACH_DAYS === 0;
      const day = bytes === undefined ? undefined : dayOfBytes(bytes, { withState });
      // What was not kept whole, of a day and those after it, is found again.
      if (day && (before === undefined || day.before === before)) this.#days.set(number, day);
      before = day?.after;
    }
  }

  /** What ended within the readings, in order of the days in which it ended. */
  get ended(): AlarmColumns {
    return this.#days.alarms;
  }

  /** The first row of {@link ended} that may have been cleared at a wall time or later. */
  rowFrom(time: number): number {
    return Number.isFinite(time) ? this.#days.rowOf(dayOf(time)) : time < 0 ? 0 : this.ended.length;
  }

  /** Undefined while no reading is known. */
  get tail(): Tail | undefined {
    return this.#tail;
  }

  /** The first day with readings. */
  get firstDay(): number | undefined {
    return this.#days.days.at(0);
  }

  /** The last reading that came within so many ms of its own time; these have to be among the limits. */
  timely(withinMs: number): Heard | undefined {
    let last: Heard | undefined;
    for (const timely of this.#days.timely) last = laterHeard(last, timely.get(withinMs));
    return last;
  }

  /** When the first of the readings came that are of hours after a wall time; Infinity when there are none. */
  firstReceiptAfter(time: number): number {
    const { days } = this.#days;
    const at = insertionPoint(days, (day) => (day + 1) * DAY_MS - time - 1);
    if (at >= days.length) return Infinity;
    const day = days[at];
    if (day * DAY_MS >= time) return this.#firstFrom[at];
    const firstReceipts = this.#days.firstReceiptsOf(day);
    return Math.min(...firstReceipts.slice(Math.ceil((time - day * DAY_MS) / HOUR_MS)), this.#firstFrom[at + 1] ?? Infinity);
  }

  /** Whether the alarm of a row of {@link ended} was found late. */
  isLate(row: number): boolean {
    if (this.#late[row] === 0)
      this.#late[row] = this.ended.foundAt(row) > this.firstReceiptAfter(this.ended.raised(row) + this.#lateMs) ? 2 : 1;
    return this.#late[row] === 2;
  }

  /** The times of a rule of silence that are over, in order. */
  silentTimes(rule: string): readonly SilentTime[] {
    const known = this.#silentTimes.get(rule);
    if (known) return known;
    const { ended } = this;
    const times: SilentTime[] = [];
    for (let row = 0; row < ended.length; row++) {
      const kind = ended.kindOf(row);
      if (kind.rule === rule && kind.measure === null)
        times.push({ from: ended.from(row), raised: ended.raised(row), cleared: ended.cleared(row) });
    }
    this.#silentTimes.set(rule, times);
    return times;
  }

  /** Goes on with what goes on at the end, when known time has passed up to a moment: alarms, and what may become one. */
  closeAt(moment: number): GoingOn {
    if (!this.#tail) return NOTHING;
    const isSteady = moment < this.#steadyUntil;
    if (isSteady && this.#goingOn) return this.#goingOn;
    const fold = new PumpFold(this.#pump, this.#spans, this.#tail.state);
    const goingOn = { alarms: fold.closeAt(moment), pending: fold.pending() };
    if (isSteady) this.#goingOn = goingOn;
    return goingOn;
  }

  /** What is to be kept of days that have changed; of the newest one, which goes on, only with `all`. */
  keep({ all }: { readonly all: boolean }): { readonly day: number; readonly bytes: Uint8Array }[] {
    const newest = this.#days.days.at(-1);
    return [...(this.#unkept ?? [])].filter((day) => all || day !== newest).map((day) => {
      this.#unkept!.delete(day);
      const known = this.#days.get(day)!;
      return { day, bytes: bytesOfDay(known.state === undefined ? known : { ...known, after: digestOf(known.state) }) };
    });
  }

  /** Reads the days that have changed, and takes all of it over at once. Throws STORE_UNAVAILABLE: all has to be done again. */
  async read(table: StoredReadings, options: ReadOptions): Promise<void> {
    const { days, changed, turns } = options;
    this.#found.clear();
    let state: PumpState | undefined;
    const first = this.#days.days.length === 0 || !this.#tail ? -Infinity : Math.min(...changed.keys());
    for (let i = insertionPoint(days, (day) => day - first); i < days.length; i++) {
      const day = days[i];
      const known = this.#days.markOf(day);
      const mark = changed.get(day) ?? { day, changedAt: known?.changedAt ?? 0, expired: false };
      const rules = this.#rules.of(day);
      const goesOn = known?.rules === rules && (state === undefined || known.before === digestOf(state));
      if (known && (mark.expired || (goesOn && mark.changedAt === known.changedAt))) {
        state = undefined; // of readings that have expired stays what was
        continue;
      }
      if (known && goesOn && i === days.length - 1 && this.#days.hasState(day) && (mark.disorderedAt ?? Infinity) <= known.changedAt) {
        await this.#goOn(table, { mark, turns });
        break;
      }
      state ??= await this.#stateBefore(table, days, i);
      const keeps = i >= days.length - NEWEST_DAYS || day % EACH_DAYS === 0;
      state = await this.#readDay(table, { mark, rules, state, keeps, turns });
    }
    const tail = await this.#tailOf(table, days);
    // Without a pause, so that nobody who asks sees half of it.
    this.#takeOver();
    this.#tail = tail;
    this.#steadyUntil = tail ? steadyUntil(tail.state, this.#spans) : -Infinity;
    this.#goingOn = undefined;
  }

  async #tailOf(table: StoredReadings, days: readonly number[]): Promise<Tail | undefined> {
    const lastOf = (day: number) => (this.#found.get(day) ?? { last: this.#days.lastOf(day) }).last;
    const at = days.findLastIndex((day) => lastOf(day) !== undefined);
    if (at < 0) return undefined;
    const { time: last, receivedAt } = lastOf(days[at])!;
    return { state: this.#stateOf(days[at]) ?? (await this.#stateBefore(table, days, at + 1)), last, receivedAt };
  }

  /** What was found of days, and what follows from it. */
  #takeOver(): void {
    if (this.#found.size === 0 && this.#firstFrom.length === this.#days.days.length) return;
    for (const [day, known] of this.#found) {
      this.#days.set(day, known);
      this.#unkept?.add(day);
    }
    this.#settleReceipts(Math.min(...this.#found.keys()));
    this.#silentTimes.clear();
    this.#found.clear();
    // Of old days some states stay.
    const newest = this.#days.days.at(-NEWEST_DAYS) ?? -Infinity;
    for (const day of [...this.#days.daysWithState])
      if (day < newest && !this.#unkept?.has(day)) this.#days.settleState(day, { keeps: day % EACH_DAYS === 0 });
  }

  /** When first readings came, and who was late: for days from one that has changed on, and those before that it says something of. */
  #settleReceipts(changedFrom: number): void {
    const { days } = this.#days;
    const changed = this.#firstFrom.length === 0 ? 0 : this.#days.placeOf(changedFrom);
    const firstFrom = grown(this.#firstFrom.subarray(0, changed), new Float64Array(days.length));
    let first = Infinity;
    let lowest = days.length - 1;
    for (; lowest >= 0; lowest--) {
      first = Math.min(first, this.#days.firstReceiptAt(lowest));
      if (lowest < changed && firstFrom[lowest] === first) break;
      firstFrom[lowest] = first;
    }
    this.#firstFrom = firstFrom;
    // A row asks for the day after it, and for the one after that.
    const row = lowest < 1 ? 0 : this.rowFrom(days[lowest - 1] * DAY_MS - this.#lateMs);
    this.#late = grown(this.#late.subarray(0, row), new Uint8Array(this.ended.length));
  }

  #stateOf(day: number): PumpState | undefined {
    const found = this.#found.get(day);
    return found ? found.state : this.#days.stateOf(day);
  }

  #hasState(day: number): boolean {
    const found = this.#found.get(day);
    return found ? found.state !== undefined : this.#days.hasState(day);
  }

  /** The state before the `i`th of the days: that of the last day that keeps its own, and the days since folded again. */
  async #stateBefore(table: StoredReadings, days: readonly number[], i: number): Promise<PumpState> {
    let first = i;
    while (first > 0 && !this.#hasState(days[first - 1])) first--;
    const kept = first > 0 ? this.#stateOf(days[first - 1])! : NO_STATE;
    if (first === i) return kept;
    const fold = new PumpFold(this.#pump, this.#spans, kept);
    const range = { from: days[first] * DAY_MS, to: (days[i - 1] + 1) * DAY_MS };
    for await (const piece of table.readings(this.#pump, range)) fold.take(piece);
    return fold.state();
  }

  async #readDay(
    table: StoredReadings,
    { mark: { day, changedAt }, rules, state, keeps, turns }:
    { readonly mark: { readonly day: number; readonly changedAt: number }; readonly rules: string; readonly state: PumpState; readonly keeps: boolean; readonly turns: Turns },
  ): Promise<PumpState> {
    const fold = new PumpFold(this.#pump, this.#spans, state);
    const seen = new DaySeen(day, this.#timeliness);
    for await (const piece of table.readings(this.#pump, { from: day * DAY_MS, to: (day + 1) * DAY_MS })) {
      fold.take(piece);
      seen.take(piece);
      await turns.next();
    }
    const after = fold.state();
    const ended = fold.takeEnded();
    this.#found.set(day, {
      changedAt, rules, before: digestOf(state), after: digestOf(after), state: keeps ? after : undefined,
      ended: ended.length === 0 ? NO_ALARMS : ended, ...seen.facts(),
    });
    return after;
  }

  /** Only later readings than all of the day have come. */
  async #goOn(
    table: StoredReadings,
    { mark: { day, changedAt }, turns }: { readonly mark: { readonly day: number; readonly changedAt: number }; readonly turns: Turns },
  ): Promise<void> {
    const known = this.#days.get(day)!;
    const fold = new PumpFold(this.#pump, this.#spans, known.state);
    const seen = new DaySeen(day, this.#timeliness, known);
    const from = known.last === undefined ? day * DAY_MS : known.last.time + 1;
    for await (const piece of table.readings(this.#pump, { from, to: (day + 1) * DAY_MS })) {
      fold.take(piece);
      seen.take(piece);
      await turns.next();
    }
    const ended = fold.takeEnded();
    this.#found.set(day, { ...known, changedAt, state: fold.state(), ended: inOrder([...known.ended, ...ended]), ...seen.facts() });
  }
}

/** Alarms by rule, in the order in which the rules come first, then time. */
function inOrder(alarms: readonly Alarm[]): readonly Alarm[] {
  const rules = [...new Set(alarms.map(({ rule }) => rule))];
  return rules.flatMap((rule) => alarms.filter((alarm) => alarm.rule === rule));
}

/** Up to when nothing changes by time alone: no delay runs, no span of time ends, no rule does. Pumps are asked about again and again. */
function steadyUntil(state: PumpState, spans: readonly RuleSpan[]): number {
  let until = Infinity;
  for (const { key, rule: { condition }, to } of spans) {
    const known = Object.hasOwn(state, key) ? state[key] : undefined;
    if (!known || !('machine' in known)) continue;
    if (to < Infinity || known.machine.levels.some(({ breach, active }) => breach !== active)) return -Infinity;
    if (known.deviation?.span && condition.kind === 'deviates') until = Math.min(until, known.deviation.span.start + condition.overMs);
  }
  return until;
}
