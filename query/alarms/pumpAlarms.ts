import { createHash } from 'node:crypto';
import type { Alarm, Pending } from '../../domain/alarm/fold/alarm.ts';
import type { PumpColumns } from '../../domain/alarm/fold/columns.ts';
import { type Heard, laterHeard, timelyIn } from '../../domain/alarm/fold/silence.ts';
import { NO_STATE, PumpFold, type PumpState } from '../../domain/alarm/fold/pumpFold.ts';
import type { RuleSpan } from '../../domain/alarm/fold/versions.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import type { Turns } from '../turns.ts';

/** What is remembered of a day of a pump. */
interface KeptDay {
  /** A digest of the state before it. */
  readonly before: string;
  /** The state after it, as JSON; only of some days. */
  readonly state: string | undefined;
  /** What ended within it, by rule in order of time. */
  readonly ended: readonly Alarm[];
  /** When the first reading of each of its hours came: ms since 1970-01-01T00:00Z; Infinity for one without. */
  readonly firstReceipts: Float64Array;
  /** The last of its readings that came in time, by what `in time` is. */
  readonly timely: ReadonlyMap<number, Heard>;
}

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

/** The newest days keep their state, for readings that come now; of the others each 16th does, for late ones. */
const NEWEST_DAYS = 3;
const EACH_DAYS = 16;

const NOTHING = { alarms: [], pending: [] };

const HOURS = 24;
const HOUR_MS = DAY_MS / HOURS;

/**
 * The alarms of one pump, kept by day. When days have changed, they are folded again, and those after them as long as the
 * state that they begin with is another one.
 */
export class PumpAlarms {
  readonly #pump: string;
  readonly #spans: readonly RuleSpan[];
  readonly #days = new Map<number, KeptDay>();
  readonly #timeliness: Timeliness;
  #tail: Tail | undefined;
  /** Before that nothing can come of the tail's state. */
  #quietUntil = -Infinity;

  constructor(pump: string, spans: readonly RuleSpan[], timeliness: Timeliness) {
    this.#pump = pump;
    this.#spans = spans;
    this.#timeliness = timeliness;
  }

  /** What ended within the readings, by rule in order of time, day by day. */
  get ended(): Alarm[] {
    return [...this.#days].sort(([a], [b]) => a - b).flatMap(([, { ended }]) => ended);
  }

  /** Undefined while no reading is known. */
  get tail(): Tail | undefined {
    return this.#tail;
  }

  /** The first day with readings. */
  get firstDay(): number | undefined {
    return this.#days.size === 0 ? undefined : Math.min(...this.#days.keys());
  }

  /** The last reading that came within so many ms of its own time; these have to be among the limits. */
  timely(withinMs: number): Heard | undefined {
    let last: Heard | undefined;
    for (const { timely } of this.#days.values()) last = laterHeard(last, timely.get(withinMs));
    return last;
  }

  /** When the first of the readings came that are of hours after a wall time; Infinity when there are none. */
  firstReceiptAfter(time: number): number {
    let first = Infinity;
    for (const [day, { firstReceipts }] of this.#days) {
      if ((day + 1) * DAY_MS <= time) continue;
      for (let hour = 0; hour < HOURS; hour++) if (day * DAY_MS + hour * HOUR_MS >= time) first = Math.min(first, firstReceipts[hour]);
    }
    return first;
  }

  /** Goes on with what goes on at the end, when known time has passed up to a moment: alarms, and what may become one. */
  closeAt(moment: number): { readonly alarms: readonly Alarm[]; readonly pending: readonly Pending[] } {
    if (!this.#tail || moment < this.#quietUntil) return NOTHING;
    const fold = new PumpFold(this.#pump, this.#spans, this.#tail.state);
    return { alarms: fold.closeAt(moment), pending: fold.pending() };
  }

  /** Reads the days that have changed; `days` are all that have readings, rising. Throws STORE_UNAVAILABLE: all has to be done again. */
  async read(table: StoredReadings, { days, changed, turns }: { days: readonly number[]; changed: ReadonlySet<number>; turns: Turns }) {
    let state: PumpState | undefined;
    for (let i = 0; i < days.length; i++) {
      const day = days[i];
      const known = this.#days.get(day);
      if (known && !changed.has(day) && (state === undefined || known.before === digestOf(state))) {
        state = undefined;
        continue;
      }
      state ??= await this.#stateBefore(table, days, i);
      const keeps = i >= days.length - NEWEST_DAYS || day % EACH_DAYS === 0;
      state = await this.#readDay(table, { day, state, keeps, turns });
    }
    for (const day of days.slice(0, -NEWEST_DAYS).slice(-NEWEST_DAYS)) this.#forgetState(day);
  }

  /** The state before the `i`th of the days: that of the last day that keeps its own, and the days since folded again. */
  async #stateBefore(table: StoredReadings, days: readonly number[], i: number): Promise<PumpState> {
    let first = i;
    while (first > 0 && this.#days.get(days[first - 1])?.state === undefined) first--;
    const kept = first > 0 ? this.#days.get(days[first - 1])!.state! : undefined;
    const fold = new PumpFold(this.#pump, this.#spans, kept === undefined ? NO_STATE : (JSON.parse(kept) as PumpState));
    if (first < i) {
      const range = { from: days[first] * DAY_MS, to: (days[i - 1] + 1) * DAY_MS };
      for await (const piece of table.readings(this.#pump, range)) fold.take(piece);
    }
    return fold.state();
  }

  async #readDay(
    table: StoredReadings,
    { day, state, keeps, turns }: { day: number; state: PumpState; keeps: boolean; turns: Turns },
  ): Promise<PumpState> {
    const fold = new PumpFold(this.#pump, this.#spans, state);
    const firstReceipts = new Float64Array(HOURS).fill(Infinity);
    const timely = new Map<number, Heard>();
    let last: { readonly time: number; readonly receivedAt: number } | undefined;
    for await (const piece of table.readings(this.#pump, { from: day * DAY_MS, to: (day + 1) * DAY_MS })) {
      fold.take(piece);
      for (let row = 0; row < piece.length; row++) {
        const hour = Math.floor((piece.time[row] - day * DAY_MS) / HOUR_MS);
        if (piece.receivedAt[row] < firstReceipts[hour]) firstReceipts[hour] = piece.receivedAt[row];
      }
      this.#takeTimely(timely, piece);
      if (piece.length > 0) last = { time: piece.time[piece.length - 1], receivedAt: piece.receivedAt[piece.length - 1] };
      await turns.next();
    }
    const after = fold.state();
    const json = JSON.stringify(after);
    this.#days.set(day, { before: digestOf(state), state: keeps ? json : undefined, ended: fold.takeEnded(), firstReceipts, timely });
    if (last && last.time >= (this.#tail?.last ?? -Infinity)) {
      this.#tail = { state: after, last: last.time, receivedAt: last.receivedAt };
      this.#quietUntil = quietUntil(after, this.#spans);
    }
    return after;
  }

  #takeTimely(timely: Map<number, Heard>, piece: PumpColumns): void {
    const { limits, wallTimeAt } = this.#timeliness;
    for (const withinMs of limits) {
      const last = laterHeard(timely.get(withinMs), timelyIn(piece, { wallTimeAt, withinMs }));
      if (last) timely.set(withinMs, last);
    }
  }

  /** A day that is among the newest no longer. */
  #forgetState(day: number): void {
    const known = this.#days.get(day);
    if (known?.state !== undefined && day % EACH_DAYS !== 0) this.#days.set(day, { ...known, state: undefined });
  }
}

function digestOf(state: PumpState): string {
  return createHash('sha1').update(JSON.stringify(state)).digest('base64');
}

/** Up to when a state makes no alarm by time alone: a pump in limits is asked about again and again. */
function quietUntil(state: PumpState, spans: readonly RuleSpan[]): number {
  let until = Infinity;
  for (const { key, rule: { condition }, to } of spans) {
    const known = Object.hasOwn(state, key) ? state[key] : undefined;
    if (!known || !('machine' in known)) continue;
    if (known.machine.facts !== null || known.deviation?.row || to < Infinity) return -Infinity;
    if (known.deviation?.span && condition.kind === 'deviates') until = Math.min(until, known.deviation.span.start + condition.overMs);
  }
  return until;
}
