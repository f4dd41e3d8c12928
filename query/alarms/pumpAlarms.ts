import type { Alarm, Pending } from '../../domain/alarm/fold/alarm.ts';
import { type Heard, laterHeard, timelyIn } from '../../domain/alarm/fold/silence.ts';
import { NO_STATE, PumpFold, type PumpState } from '../../domain/alarm/fold/pumpFold.ts';
import type { RuleSpan } from '../../domain/alarm/fold/versions.ts';
import type { PumpDay } from '../../domain/day/pumpDay.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { insertionPoint } from '../order.ts';
import type { Turns } from '../turns.ts';
import { type AlarmDay, dayOfText, digestOf, HOURS, type LastReading, NO_ALARMS, NOT_HEARD, textOfDay } from './alarmDay.ts';
import { DayRules } from './dayRules.ts';

/** What `in time` is: within so many ms of the reading's own time; only of pumps whose silence matters. */
export interface Timeliness {
  readonly limits: readonly number[];
  readonly wallTimeAt: (instant: number) => number;
}

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
const HOUR_MS = DAY_MS / HOURS;

/**
 * The alarms of one pump, kept by day. When days have changed, they are folded again, and those after them as long as the
 * state that they begin with is another one. Readings that come in order go on where the last ones ended.
 */
export class PumpAlarms {
  readonly #pump: string;
  readonly #spans: readonly RuleSpan[];
  readonly #timeliness: Timeliness;
  readonly #rules: DayRules;
  readonly #days = new Map<number, AlarmDay>();
  /** Days that are other than what is kept of them; undefined where somebody else keeps them. */
  readonly #unkept: Set<number> | undefined;
  /** The days, rising; for each when the first reading of it or a later one came; and what ended within all. */
  #order: readonly number[] = [];
  #firstFrom = new Float64Array(0);
  #ended: readonly Alarm[] = [];
  #tail: Tail | undefined;
  /** Before that nothing comes of the tail's state by time alone, and what goes on is what it was when it was asked for last. */
  #steadyUntil = -Infinity;
  #goingOn: GoingOn | undefined;

  /** `kept` is what {@link keep} gave at another time, by day. */
  constructor(
    pump: string,
    spans: readonly RuleSpan[],
    { timeliness, kept = new Map(), keeps = false }:
    { readonly timeliness: Timeliness; readonly kept?: ReadonlyMap<number, string>; readonly keeps?: boolean },
  ) {
    this.#unkept = keeps ? new Set() : undefined;
    this.#pump = pump;
    this.#spans = spans;
    this.#timeliness = timeliness;
    this.#rules = new DayRules(spans, timeliness.limits);
    let before: string | undefined;
    for (const [number, text] of [...kept].sort(([a], [b]) => a - b)) {
      const day = dayOfText(text);
      // What was not kept whole, of a day and those after it, is found again.
      if (day && (before === undefined || day.before === before)) this.#days.set(number, day);
      before = day?.after;
    }
  }

  /** What ended within the readings, by rule in order of time, day by day. */
  get ended(): readonly Alarm[] {
    return this.#ended;
  }

  /** Undefined while no reading is known. */
  get tail(): Tail | undefined {
    return this.#tail;
  }

  /** The first day with readings. */
  get firstDay(): number | undefined {
    return this.#order[0];
  }

  /** The last reading that came within so many ms of its own time; these have to be among the limits. */
  timely(withinMs: number): Heard | undefined {
    let last: Heard | undefined;
    for (const { timely } of this.#days.values()) last = laterHeard(last, timely.get(withinMs));
    return last;
  }

  /** When the first of the readings came that are of hours after a wall time; Infinity when there are none. */
  firstReceiptAfter(time: number): number {
    const at = insertionPoint(this.#order, (day) => (day + 1) * DAY_MS - time - 1);
    if (at >= this.#order.length) return Infinity;
    const day = this.#order[at];
    if (day * DAY_MS >= time) return this.#firstFrom[at];
    const { firstReceipts } = this.#days.get(day)!;
    return Math.min(...firstReceipts.slice(Math.ceil((time - day * DAY_MS) / HOUR_MS)), this.#firstFrom[at + 1] ?? Infinity);
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
  keep({ all }: { readonly all: boolean }): { readonly day: number; readonly text: string }[] {
    const newest = this.#order[this.#order.length - 1];
    return [...(this.#unkept ?? [])].filter((day) => all || day !== newest).map((day) => {
      this.#unkept!.delete(day);
      const known = this.#days.get(day)!;
      return { day, text: textOfDay(known.state === undefined ? known : { ...known, after: digestOf(known.state) }) };
    });
  }

  /** Reads the days that have changed. Throws STORE_UNAVAILABLE: all has to be done again. */
  async read(table: StoredReadings, options: ReadOptions): Promise<void> {
    const { days, changed, turns } = options;
    let state: PumpState | undefined;
    for (let i = 0; i < days.length; i++) {
      const day = days[i];
      const known = this.#days.get(day);
      const mark = changed.get(day) ?? { day, changedAt: known?.changedAt ?? 0, expired: false };
      const rules = this.#rules.of(day);
      const goesOn = known && known.rules === rules && (state === undefined || known.before === digestOf(state));
      if (known && (mark.expired || (goesOn && mark.changedAt === known.changedAt))) {
        state = undefined; // of readings that have expired stays what was
        continue;
      }
      if (goesOn && i === days.length - 1 && known.state && (mark.disorderedAt ?? Infinity) <= known.changedAt) {
        await this.#goOn(table, { mark, known: { ...known, state: known.state }, turns });
        break;
      }
      state ??= await this.#stateBefore(table, days, i);
      const keeps = i >= days.length - NEWEST_DAYS || day % EACH_DAYS === 0;
      state = await this.#readDay(table, { mark, rules, state, keeps, turns });
    }
    await this.#settle(table, days);
  }

  /** What follows from all days. */
  async #settle(table: StoredReadings, days: readonly number[]): Promise<void> {
    this.#order = days;
    this.#forget();
    this.#ended = days.flatMap((day) => this.#days.get(day)!.ended);
    this.#firstFrom = new Float64Array(days.length);
    for (let i = days.length - 1, first = Infinity; i >= 0; i--)
      this.#firstFrom[i] = first = Math.min(first, ...this.#days.get(days[i])!.firstReceipts);
    const at = days.findLastIndex((day) => this.#days.get(day)!.last !== undefined);
    const newest = at < 0 ? undefined : this.#days.get(days[at])!;
    this.#tail = newest && {
      state: newest.state ?? (await this.#stateBefore(table, days, at + 1)), last: newest.last!.time, receivedAt: newest.last!.receivedAt,
    };
    this.#steadyUntil = this.#tail ? steadyUntil(this.#tail.state, this.#spans) : -Infinity;
    this.#goingOn = undefined;
  }

  /** The state before the `i`th of the days: that of the last day that keeps its own, and the days since folded again. */
  async #stateBefore(table: StoredReadings, days: readonly number[], i: number): Promise<PumpState> {
    let first = i;
    while (first > 0 && this.#days.get(days[first - 1])?.state === undefined) first--;
    const kept = first > 0 ? this.#days.get(days[first - 1])!.state! : NO_STATE;
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
    this.#set(day, {
      changedAt, rules, before: digestOf(state), after: digestOf(after), state: keeps ? after : undefined,
      ended: ended.length === 0 ? NO_ALARMS : ended, ...seen.facts(),
    });
    return after;
  }

  /** Only later readings than all of the day have come. */
  async #goOn(
    table: StoredReadings,
    { mark: { day, changedAt }, known, turns }:
    { readonly mark: { readonly day: number; readonly changedAt: number }; readonly known: AlarmDay & { readonly state: PumpState }; readonly turns: Turns },
  ): Promise<void> {
    const fold = new PumpFold(this.#pump, this.#spans, known.state);
    const seen = new DaySeen(day, this.#timeliness, known);
    const from = known.last === undefined ? day * DAY_MS : known.last.time + 1;
    for await (const piece of table.readings(this.#pump, { from, to: (day + 1) * DAY_MS })) {
      fold.take(piece);
      seen.take(piece);
      await turns.next();
    }
    const ended = fold.takeEnded();
    this.#set(day, { ...known, changedAt, state: fold.state(), ended: inOrder([...known.ended, ...ended]), ...seen.facts() });
  }

  #set(day: number, known: AlarmDay): void {
    this.#days.set(day, known);
    this.#unkept?.add(day);
  }

  /** Of old days some states stay. */
  #forget(): void {
    for (const day of this.#order.slice(0, -NEWEST_DAYS)) {
      const known = this.#days.get(day)!;
      if (known.state !== undefined && day % EACH_DAYS !== 0 && !this.#unkept?.has(day)) this.#days.set(day, { ...known, state: undefined });
    }
  }
}

/** What is noted of the readings of a day besides alarms. */
class DaySeen {
  readonly #day: number;
  readonly #timeliness: Timeliness;
  readonly #firstReceipts: number[];
  readonly #timely: Map<number, Heard>;
  #last: LastReading | undefined;

  /** Goes on with what was noted before. */
  constructor(day: number, timeliness: Timeliness, before?: Pick<AlarmDay, 'firstReceipts' | 'timely' | 'last'>) {
    this.#day = day;
    this.#timeliness = timeliness;
    this.#firstReceipts = before ? [...before.firstReceipts] : new Array<number>(HOURS).fill(Infinity);
    this.#timely = new Map(before?.timely);
    this.#last = before?.last;
  }

  take(piece: Readings): void {
    const { length, time, receivedAt } = piece;
    if (length === 0) return;
    for (let row = 0; row < length; row++) {
      const hour = Math.floor((time[row] - this.#day * DAY_MS) / HOUR_MS);
      if (receivedAt[row] < this.#firstReceipts[hour]) this.#firstReceipts[hour] = receivedAt[row];
    }
    const { limits, wallTimeAt } = this.#timeliness;
    for (const withinMs of limits) {
      const last = laterHeard(this.#timely.get(withinMs), timelyIn(piece, { wallTimeAt, withinMs }));
      if (last) this.#timely.set(withinMs, last);
    }
    this.#last = { time: time[length - 1], receivedAt: receivedAt[length - 1] };
  }

  facts(): Pick<AlarmDay, 'firstReceipts' | 'timely' | 'last'> {
    return { firstReceipts: this.#firstReceipts, timely: this.#timely.size === 0 ? NOT_HEARD : this.#timely, last: this.#last };
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
