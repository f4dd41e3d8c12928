import type { Alarm } from '../../domain/alarm/fold/alarm.ts';
import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import { causesOf, isSuppressed, type Suppression, suppressionsOf } from '../../domain/alarm/fold/suppression.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import type { AlarmColumns } from './alarmColumns.ts';
import { type AlarmFacts, type ListedFacts, plainFacts } from './alarmFacts.ts';
import type { PumpAlarms } from './pumpAlarms.ts';

export interface AlarmRowsOptions {
  readonly pump: string;
  /** What is known of the pump's readings; its alarms that are over come first. */
  readonly known: PumpAlarms | undefined;
  /** Silence that goes on, which takes the place of what is stored of the same silence. */
  readonly silent: readonly Alarm[];
  /** The rules in force. */
  readonly rules: readonly AlarmRule[];
  /** Other reasons why an alarm means nothing. */
  readonly suppressions: (alarm: Pick<Alarm, 'rule' | 'measure'>) => readonly Suppression[];
}

type Span = Pick<Alarm, 'rule' | 'from' | 'cleared'>;

/**
 * The alarms of a pump at a moment by number: first those that are over, in columns, in order of the days in which they ended; then the
 * others, which are few. Objects are made of those that somebody asks for. To be used without a pause.
 */
export class AlarmRows {
  readonly pump: string;
  readonly over: AlarmColumns | undefined;
  readonly #options: AlarmRowsOptions;
  readonly #overLength: number;
  #others: readonly ListedFacts[] = [];
  #goingOn: readonly Span[] = [];
  readonly #spans = new Map<string, readonly Span[]>();
  readonly #suppressible = new Map<number, boolean>();

  constructor(options: AlarmRowsOptions) {
    this.#options = options;
    this.pump = options.pump;
    this.over = options.known?.ended;
    this.#overLength = this.over?.length ?? 0;
  }

  /** Rows of alarms that are all there is of a pump. */
  static of(pump: string, alarms: readonly ListedFacts[]): AlarmRows {
    const rows = new AlarmRows({ pump, known: undefined, silent: [], rules: [], suppressions: () => [] });
    rows.#others = alarms;
    return rows;
  }

  /** Adds those that are not over, and silences, of which `factsOf` tells the rest. */
  add(alarms: readonly Alarm[], factsOf: (alarm: Alarm) => AlarmFacts): void {
    this.#goingOn = alarms;
    this.#others = alarms.map(factsOf);
  }

  get length(): number {
    return this.#overLength + this.#others.length;
  }

  /** The first row that may have been cleared at a wall time or later. */
  rowFrom(time: number): number {
    return this.#options.known?.rowFrom(time) ?? 0;
  }

  /** Whether a row counts: a silence that goes on as nothing is heard, though a reading of the future ended it, is another row. */
  isThere(row: number): boolean {
    const { silent } = this.#options;
    if (silent.length === 0 || row >= this.#overLength) return true;
    return !silent.some(({ rule, from }) => this.from(row) === from && this.rule(row) === rule);
  }

  rule(row: number): string {
    return row < this.#overLength ? this.over!.kindOf(row).rule : this.#other(row).rule;
  }

  priority(row: number): Priority {
    return row < this.#overLength ? this.over!.priority(row) : this.#other(row).priority;
  }

  from(row: number): number {
    return row < this.#overLength ? this.over!.from(row) : this.#other(row).from;
  }

  /** Infinity for one that goes on. */
  cleared(row: number): number {
    return row < this.#overLength ? this.over!.cleared(row) : this.#other(row).cleared ?? Infinity;
  }

  late(row: number): boolean {
    return row < this.#overLength ? this.#options.known!.isLate(row) : this.#other(row).late;
  }

  /** Whether a row is one of an alarm that is over in `over`. */
  isOver(row: number): boolean {
    return row < this.#overLength;
  }

  suppressed(row: number): boolean {
    if (row >= this.#overLength) return this.#other(row).suppressed;
    const { rule, measure } = this.over!.kindOf(row);
    if (!this.#mayBeSuppressed(this.over!.kind(row))) return false;
    const [from, raised, cleared] = [this.from(row), this.over!.raised(row), this.cleared(row)];
    return this.isSuppressed({ rule, measure, from, raised, cleared: cleared === Infinity ? null : cleared }, cleared);
  }

  /** Whether other alarms say at a moment that one means nothing. */
  isSuppressed(alarm: Pick<Alarm, 'rule' | 'measure' | 'from' | 'raised' | 'cleared'>, moment: number): boolean {
    const { rules, suppressions } = this.#options;
    const more = suppressions(alarm);
    const causes = causesOf(alarm, rules);
    if (causes.length === 0 && more.length === 0) return false;
    const all = [...suppressionsOf(alarm, causes.flatMap((rule) => this.#spansOf(rule)), rules), ...more];
    return isSuppressed(alarm, all.sort((a, b) => a.from - b.from), moment);
  }

  at(row: number): ListedFacts {
    if (row >= this.#overLength) return this.#other(row);
    const alarm = this.over!.at(row);
    return { ...alarm, ...plainFacts(alarm), late: this.late(row), suppressed: this.suppressed(row) };
  }

  #other(row: number): ListedFacts {
    return this.#others[row - this.#overLength];
  }

  /** Most rules have nothing that suppresses their alarms, and most pumps no alarms that do. */
  #mayBeSuppressed(kind: number): boolean {
    const known = this.#suppressible.get(kind);
    if (known !== undefined) return known;
    const { rules, suppressions } = this.#options;
    const { rule, measure } = this.over!.kindAt(kind);
    const may = suppressions({ rule, measure }).length > 0 ||
      causesOf({ rule, measure }, rules).some((cause) => this.#spansOf(cause).length > 0);
    this.#suppressible.set(kind, may);
    return may;
  }

  /** When a rule's alarms were there. */
  #spansOf(rule: string): readonly Span[] {
    const known = this.#spans.get(rule);
    if (known) return known;
    const spans: Span[] = [];
    if (this.over?.hasRule(rule))
      for (let row = 0; row < this.#overLength; row++)
        if (this.rule(row) === rule && this.isThere(row)) spans.push({ rule, from: this.from(row), cleared: this.cleared(row) });
    for (const one of this.#goingOn) if (one.rule === rule) spans.push(one);
    this.#spans.set(rule, spans);
    return spans;
  }
}
