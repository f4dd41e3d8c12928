import type { Priority } from '../rule.ts';
import { add, begun, type Facts, merged, type Seen } from './facts.ts';

/** A limit as the machine sees it: on an axis that grows outwards. */
export interface Bound {
  readonly priority: Priority;
  /** What is greater is beyond. */
  readonly beyond: number;
  /** What is not greater is back inside; between the two it stays as it is. */
  readonly back: number;
}

/** What the machine goes by. Delays in ms. */
export interface MachineRule {
  /** The outermost first: what is beyond a later one is beyond all before it. */
  readonly bounds: readonly Bound[];
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  readonly holdMs: number;
  readonly repeated: { readonly times: number; readonly withinMs: number } | null;
}

/**
 * One level.
 *
 *            breach          onDelay            back              offDelay
 *   normal ─────────► pending ─────► active ─────────► returned ─────────► normal
 *          ◄───────── back           ▲     breach again     │
 *                                    └──────────────────────┘
 *   breach     F         T             T                  F
 *   active     F         F             T                  T
 */
interface LevelState {
  breach: boolean;
  active: boolean;
  /** For how long it has been pending or returned, known time only. */
  timer: number;
}

/** What has to be remembered between two readings. Plain data: it can be written as JSON and read again. */
export interface MachineState {
  /** Wall time of the last reading; null before the first. */
  last: number | null;
  levels: LevelState[];
  /** What goes on: pending, active or returned; null when all is normal. */
  facts: Facts | null;
  /** Breaches that ended within the on-delay, for rules that count them; the oldest first. */
  short: Facts[];
}

/** An alarm that is over, or one that goes on as far as is known. */
export interface Outcome {
  readonly facts: Facts;
  readonly cleared: number | null;
  /** The priority of the most severe level that is active; null when none is. */
  readonly level: Priority | null;
}

/**
 * Follows a condition of one pump, reading by reading in order of time. Delays count known time only: a reading holds until
 * the next one, at most `holdMs`. A delay that is reached at the very moment of the next reading is reached.
 */
export class Machine {
  readonly #rule: MachineRule;
  readonly #state: MachineState;
  readonly #ended: Outcome[] = [];

  /** Goes on from a state, which it changes. */
  constructor(rule: MachineRule, state: MachineState = normalState(rule.bounds.length)) {
    this.#rule = rule;
    this.#state = state;
  }

  get state(): MachineState {
    return this.#state;
  }

  /** Whether the last reading was beyond the outermost limit, or is not back yet. */
  get isBreach(): boolean {
    return this.#state.levels[0].breach;
  }

  /** What goes on, and the level that it is at. Null when nothing does, or when it is not an alarm yet. */
  get open(): Outcome | null {
    const { facts } = this.#state;
    return facts === null || facts.raised === null ? null : { facts, cleared: null, level: this.#level() };
  }

  /** What goes on and is not an alarm yet, and the level that it would be at; null when there is nothing of that kind. */
  get pending(): { readonly facts: Facts; readonly level: Priority } | null {
    const { facts, levels } = this.#state;
    if (facts === null || facts.raised !== null) return null;
    return { facts, level: this.#rule.bounds[Math.max(0, levels.findLastIndex(({ breach }) => breach))].priority };
  }

  /** Hands over alarms that are over, in order of time. */
  takeEnded(): Outcome[] {
    return this.#ended.splice(0);
  }

  /** Takes the next reading; {@link Seen} says what the parts are. */
  judge(time: number, x: number, value: number, receivedAt: number, weight = 1): void {
    const state = this.#state;
    const outermost = this.#rule.bounds[0].beyond;
    if (state.facts !== null) this.elapse(time, receivedAt);
    state.last = time;
    // Nearly all readings of a healthy pump end here.
    if (state.facts === null && !(x > outermost)) return;
    const seen: Seen = { time, x, value, weight, receivedAt };
    const began = state.facts === null;
    if (began) state.facts = this.#begin(seen);
    else if (x > outermost) add(state.facts!, seen);
    this.#turn(time, x);
  }

  /** Lets known time pass up to a moment, without a reading. */
  elapse(time: number, receivedAt = -Infinity): void {
    const { last, levels, facts } = this.#state;
    if (last === null || facts === null) return;
    const { onDelayMs, offDelayMs, holdMs } = this.#rule;
    const known = Math.min(time - last, holdMs);
    let cleared: number | null = null;
    for (let k = 0; k < levels.length; k++) {
      const level = levels[k];
      if (level.breach === level.active) continue;
      const left = (level.active ? offDelayMs : onDelayMs) - level.timer;
      if (known < left) level.timer += known;
      else if (level.breach) this.#raise(k, last + left, receivedAt);
      else {
        level.active = false;
        if (k === 0) cleared = last + left;
      }
    }
    if (cleared !== null) this.#clear(cleared);
  }

  /** Takes in what led to this reading: what the reading began, began with that. */
  includeBefore(before: Facts): void {
    const { facts } = this.#state;
    if (facts === null) return;
    const { raised, returned, levels, last } = facts;
    const inOrder = before.from < facts.from ? [before, facts] : [facts, before];
    this.#state.facts = { ...merged(inOrder), raised, returned, levels, last };
  }

  /** Sets each level right after a reading; those that wait for nothing are raised or cleared by it. */
  #turn(time: number, x: number): void {
    const { levels, facts } = this.#state;
    const { bounds, onDelayMs, offDelayMs } = this.#rule;
    for (let k = 0; k < levels.length; k++) {
      const level = levels[k];
      const breach = x > bounds[k].beyond || (x > bounds[k].back && level.breach);
      if (breach === level.breach) continue;
      level.breach = breach;
      level.timer = 0;
      if (breach && !level.active && onDelayMs === 0) this.#raise(k, time, -Infinity);
      else if (!breach && level.active && offDelayMs === 0) level.active = false;
      if (k === 0) facts!.returned = breach ? null : time;
    }
    this.#settle(time);
  }

  /** Whether what goes on has come to an end with a reading. */
  #settle(time: number): void {
    const state = this.#state;
    const [outer] = state.levels;
    if (state.facts === null || outer.breach || outer.active) return;
    if (state.facts.raised !== null) this.#clear(time);
    else {
      if (this.#rule.repeated) state.short.push({ ...state.facts, returned: null });
      state.facts = null;
    }
  }

  #begin(seen: Seen): Facts {
    const { repeated } = this.#rule;
    const facts = begun(seen);
    if (!repeated) return facts;
    const { short } = this.#state;
    while (short.length > 0 && short[0].from < seen.time - repeated.withinMs) short.shift();
    if (short.length + 1 < repeated.times) return facts;
    this.#state.facts = merged([...short.splice(0), facts]);
    this.#raise(0, seen.time, -Infinity);
    return this.#state.facts;
  }

  #raise(k: number, at: number, receivedAt: number): void {
    const { levels, facts } = this.#state;
    const { priority } = this.#rule.bounds[k];
    levels[k].active = true;
    if (facts!.raised === null) {
      facts!.raised = at;
      facts!.foundAt = Math.max(facts!.foundAt, receivedAt);
      this.#state.short = [];
    }
    if (!facts!.levels.some((reached) => reached.priority === priority)) facts!.levels.push({ priority, raised: at });
  }

  #clear(cleared: number): void {
    this.#ended.push({ facts: this.#state.facts!, cleared, level: null });
    this.reset();
  }

  /** Forgets what goes on. */
  reset(): void {
    this.#state.facts = null;
    for (const level of this.#state.levels) Object.assign(level, { breach: false, active: false, timer: 0 });
  }

  #level(): Priority | null {
    const { levels } = this.#state;
    for (let k = levels.length - 1; k >= 0; k--) if (levels[k].active) return this.#rule.bounds[k].priority;
    return null;
  }
}

function normalState(levels: number): MachineState {
  return { last: null, levels: Array.from({ length: levels }, () => ({ breach: false, active: false, timer: 0 })), facts: null, short: [] };
}
