import type { Alarm } from './alarm.ts';
import type { AlarmRule } from './alarmRule.ts';
import type { PumpColumns } from './columns.ts';

/** The last reading: its wall time and when it came. Null before the first. Plain data. */
export interface SilentState {
  last: { time: number; receivedAt: number } | null;
}

/**
 * The times of which no reading is stored, as far as they lie between readings: a gap that late readings fill is none.
 * Whether a pump is silent now is told by receipt, see silence.ts.
 */
export class SilentFold {
  readonly #pump: string;
  readonly #rule: AlarmRule;
  readonly #afterMs: number;
  readonly #state: SilentState;
  readonly #ended: Alarm[] = [];

  /** Goes on from a state, which it takes over and changes. The rule is one of silence. */
  constructor(pump: string, rule: AlarmRule, state: SilentState = { last: null }) {
    this.#pump = pump;
    this.#rule = rule;
    this.#afterMs = rule.condition.kind === 'silent' ? rule.condition.afterMs : Infinity;
    this.#state = state;
  }

  get state(): SilentState {
    return this.#state;
  }

  /** Takes the rows `from` to `to` - 1, which come after all that were taken before. */
  take({ time, receivedAt }: PumpColumns, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const { last } = this.#state;
      if (last !== null && time[row] - last.time > this.#afterMs) {
        this.#ended.push({ ...silenceOf(this.#pump, this.#rule, last), returned: time[row], cleared: time[row] });
      }
      this.#state.last = { time: time[row], receivedAt: receivedAt[row] };
    }
  }

  /** Hands over the alarms that are over, in order of time. */
  takeEnded(): Alarm[] {
    return this.#ended.splice(0);
  }
}

/** The alarm of a pump that has not been heard of since a reading, while it goes on. */
export function silenceOf(pump: string, rule: AlarmRule, last: { readonly time: number; readonly receivedAt: number }): Alarm {
  const raised = last.time + (rule.condition.kind === 'silent' ? rule.condition.afterMs : 0);
  return {
    pump, rule: rule.id, measure: null, priority: rule.priority, levels: [{ priority: rule.priority, raised }], from: last.time, raised,
    returned: null, cleared: null, ruleEnded: false, worst: null, worstAt: null, readings: 0, last: last.time, foundAt: last.receivedAt,
  };
}
