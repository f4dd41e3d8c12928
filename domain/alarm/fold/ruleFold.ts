import { isUnknown, measureIndex } from '../../reading/measures.ts';
import { type Alarm, mostSevere, type Pending } from './alarm.ts';
import type { AlarmRule, Condition } from './alarmRule.ts';
import { machineRuleOf } from './bounds.ts';
import { changeAt, type ChangeState } from './change.ts';
import type { PumpColumns } from './columns.ts';
import { Deviation, type DeviationState, noDeviation } from './deviation.ts';
import { Machine, type MachineState, type Outcome } from './machine.ts';
import { isStuckAt, notStuck, type StuckState } from './stuck.ts';
import { holdsAt } from './when.ts';

/** For how long `when` has held. */
interface Armed {
  last: number | null;
  holds: boolean;
  /** Known time only. */
  timer: number;
}

/** What has to be remembered of a pump and rule between two readings. Plain data: it can be written as JSON and read again. */
export interface RuleState {
  readonly machine: MachineState;
  readonly armed: Armed | null;
  readonly change: ChangeState | null;
  readonly stuck: StuckState | null;
  readonly deviation: DeviationState | null;
}

/**
 * Folds the readings of one pump, in order of time, into the alarms of one rule. A reading that lacks the rule's measure,
 * or one that `when` needs, says nothing: the one before it goes on holding.
 */
export class RuleFold {
  readonly #pump: string;
  readonly #rule: AlarmRule;
  readonly #machine: Machine;
  readonly #state: RuleState;
  readonly #deviation: Deviation | null;

  /** Goes on from a state, which it takes over and changes. The rule is none of silence. */
  constructor(pump: string, rule: AlarmRule, state?: RuleState) {
    this.#pump = pump;
    this.#rule = rule;
    this.#machine = new Machine(machineRuleOf(rule), state?.machine);
    const { condition } = rule;
    this.#state = state ?? {
      machine: this.#machine.state,
      armed: rule.when === null ? null : { last: null, holds: false, timer: 0 },
      change: condition.kind === 'change' ? [] : null,
      stuck: condition.kind === 'stuck' ? notStuck() : null,
      deviation: condition.kind === 'deviates' ? noDeviation() : null,
    };
    this.#deviation = condition.kind === 'deviates' ? new Deviation(condition, this.#state.deviation!, this.#machine) : null;
  }

  /** The state after all that was taken; it changes with what is taken next. */
  get state(): RuleState {
    return this.#state;
  }

  /** Takes the rows `from` to `to` - 1, which come after all that were taken before. */
  take(columns: PumpColumns, from: number, to: number): void {
    const { time, receivedAt, values } = columns;
    const column = values[measureIndex[this.#rule.measure!]];
    // Months of medians are tried in seconds.
    if (this.#deviation && this.#rule.when === null) return this.#deviation.takeColumn(columns, column, from, to);
    for (let row = from; row < to; row++) {
      const value = column[row];
      if (isUnknown(value)) continue;
      const counts = this.#rule.when === null ? true : this.#isArmed(time[row], holdsAt(this.#rule.when, values, row));
      if (counts === undefined) continue;
      if (this.#deviation) {
        if (counts) this.#deviation.take(time[row], value, receivedAt[row]);
        else this.#deviation.pass(time[row]);
      } else if (counts) {
        const x = this.#distance(time[row], value);
        this.#machine.judge(time[row], x, this.#rule.condition.kind === 'change' ? x : value, receivedAt[row]);
      } else {
        this.#forget();
        this.#machine.judge(time[row], -Infinity, value, receivedAt[row]);
      }
    }
  }

  /** Lets known time pass up to a moment, without a reading. */
  pass(time: number): void {
    this.#deviation?.pass(time);
    this.#machine.elapse(time);
  }

  /** Hands over the alarms that are over, in order of time. */
  takeEnded(): Alarm[] {
    return this.#machine.takeEnded().map((outcome) => this.#alarmOf(outcome));
  }

  /** The rule is no longer in force from a moment on: what goes on ends there, and what was to become an alarm is none. */
  end(moment: number): Alarm[] {
    const { open } = this;
    this.#machine.reset();
    return open === null ? [] : [{ ...open, cleared: moment, ruleEnded: true }];
  }

  /** The alarm that goes on, if there is one. */
  get open(): Alarm | null {
    const { open } = this.#machine;
    return open && this.#alarmOf(open);
  }

  /** What may become an alarm, if there is something. */
  get pending(): Pending | null {
    const { pending } = this.#machine;
    const facts = pending?.facts ?? this.#state.deviation?.row?.facts;
    if (!facts) return null;
    const { from, worst, worstAt, readings, last } = facts;
    const priority = pending?.level ?? this.#rule.priority;
    return { pump: this.#pump, rule: this.#rule.id, measure: this.#rule.measure, priority, from, raised: null, worst, worstAt, readings, last };
  }

  /** Whether the rule counts at a reading; undefined when a missing cell decides. */
  #isArmed(time: number, holds: boolean | undefined): boolean | undefined {
    if (holds === undefined) return undefined;
    const armed = this.#state.armed!;
    armed.timer = holds && armed.holds ? armed.timer + Math.min(time - armed.last!, this.#rule.holdMs) : 0;
    armed.holds = holds;
    armed.last = time;
    return holds && armed.timer >= this.#rule.afterMs;
  }

  /** A value's place on the axis of {@link machineRuleOf}. */
  #distance(time: number, value: number): number {
    const condition: Condition = this.#rule.condition;
    switch (condition.kind) {
      case 'limit': return condition.side === 'above' ? value : -value;
      case 'range': return Math.max(condition.low - value, value - condition.high);
      case 'change': return changeAt(condition, this.#state.change!, [time, value]);
      case 'stuck': return isStuckAt(condition, this.#state.stuck!, { point: [time, value], holdMs: this.#rule.holdMs }) ? 1 : -1;
      case 'deviates':
      case 'silent': return -Infinity;
    }
  }

  /** What a pump did while the rule did not count is nothing to compare with. */
  #forget(): void {
    if (this.#state.change) this.#state.change.length = 0;
    if (this.#state.stuck) Object.assign(this.#state.stuck, notStuck());
  }

  #alarmOf({ facts, cleared, level }: Outcome): Alarm {
    const { from, returned, levels, worst, worstAt, readings, last, foundAt } = facts;
    return {
      pump: this.#pump, rule: this.#rule.id, measure: this.#rule.measure,
      priority: level ?? mostSevere(levels.map(({ priority }) => priority)),
      levels: [...levels], from, raised: facts.raised!, returned, cleared, ruleEnded: false, worst, worstAt, readings, last, foundAt,
    };
  }
}
