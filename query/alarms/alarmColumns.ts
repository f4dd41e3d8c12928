import type { Alarm, Reached } from '../../domain/alarm/fold/alarm.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import type { Measure } from '../../domain/reading/measures.ts';

/** A rule, and what it measures: what many alarms have in common. */
export interface AlarmKind {
  readonly rule: string;
  readonly measure: Measure | null;
}

/** Kinds of alarms by small numbers; there are no more of them than rules that ever were in force. */
export class AlarmKinds {
  readonly #all: AlarmKind[] = [];
  readonly #numbers = new Map<string, number>();

  at(number: number): AlarmKind {
    return this.#all[number];
  }

  numberOf({ rule, measure }: AlarmKind): number {
    const key = `${measure ?? ''} ${rule}`; // no measure has a space in its name
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#all.length);
    return this.#all.push({ rule, measure }) - 1;
  }
}

const PRIORITIES: readonly Priority[] = ['high', 'medium', 'low'];

/* A row of numbers: */
const [FROM, RAISED, RETURNED, CLEARED, WORST, WORST_AT, READINGS, LAST, FOUND_AT] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const WIDTH = 9;
/* Its code, from the lowest bit on: 2 priority │ 1 rule ended │ 4 what is null │ 1 levels are not the plain one │ kind. */
const RULE_ENDED = 1 << 2;
const [NO_RETURN, GOES_ON, NO_WORST, NO_WORST_AT] = [1 << 3, 1 << 4, 1 << 5, 1 << 6];
const OTHER_LEVELS = 1 << 7;
const KIND_SHIFT = 8;

/**
 * Alarms of one pump in columns, 85 bytes each where objects take 800: a site has tens of thousands a year, and nearly all are over.
 * An object is made of what somebody asks for.
 */
export class AlarmColumns {
  readonly #pump: string;
  readonly #kinds: AlarmKinds;
  #length = 0;
  #numbers: Float64Array = new Float64Array(0);
  #codes: Uint32Array = new Uint32Array(0);
  #serials: Uint32Array = new Uint32Array(0);
  /** How many there are of each kind. */
  readonly #counts: number[] = [];
  #lastSerial = 0;
  /** Of those that reached several levels, or one at another time, by serial. */
  readonly #levels = new Map<number, readonly Reached[]>();

  constructor(pump: string, kinds: AlarmKinds) {
    this.#pump = pump;
    this.#kinds = kinds;
  }

  get length(): number {
    return this.#length;
  }

  /** Puts alarms in the place of `count` rows from `start` on. */
  splice(start: number, count: number, alarms: readonly Alarm[]): void {
    if (count === alarms.length && alarms.every((alarm, i) => this.#isSame(start + i, alarm))) return;
    for (let row = start; row < start + count; row++) {
      this.#levels.delete(this.#serials[row]);
      this.#counts[this.kind(row)]--;
    }
    const length = this.#length + alarms.length - count;
    this.#reserve(length);
    if (count !== alarms.length) {
      this.#numbers.copyWithin((start + alarms.length) * WIDTH, (start + count) * WIDTH, this.#length * WIDTH);
      this.#codes.copyWithin(start + alarms.length, start + count, this.#length);
      this.#serials.copyWithin(start + alarms.length, start + count, this.#length);
    }
    this.#length = length;
    alarms.forEach((alarm, i) => this.#set(start + i, alarm));
  }

  /** Whether any alarm is one of a rule. */
  hasRule(rule: string): boolean {
    return this.#counts.some((count, kind) => count > 0 && this.#kinds.at(kind).rule === rule);
  }

  /** The alarm of a row. */
  at(row: number): Alarm {
    const code = this.#codes[row];
    const priority = PRIORITIES[code & 3];
    const number = (place: number, missing = 0): number | null => ((code & missing) !== 0 ? null : this.#numbers[row * WIDTH + place]);
    const raised = this.#numbers[row * WIDTH + RAISED];
    return {
      pump: this.#pump, rule: this.kindOf(row).rule, measure: this.kindOf(row).measure, priority,
      levels: (code & OTHER_LEVELS) === 0 ? [{ priority, raised }] : this.#levels.get(this.#serials[row])!,
      from: this.from(row), raised, returned: number(RETURNED, NO_RETURN), cleared: number(CLEARED, GOES_ON),
      ruleEnded: (code & RULE_ENDED) !== 0, worst: number(WORST, NO_WORST), worstAt: number(WORST_AT, NO_WORST_AT),
      readings: this.#numbers[row * WIDTH + READINGS], last: this.#numbers[row * WIDTH + LAST], foundAt: this.foundAt(row),
    };
  }

  from(row: number): number {
    return this.#numbers[row * WIDTH + FROM];
  }

  raised(row: number): number {
    return this.#numbers[row * WIDTH + RAISED];
  }

  /** Infinity for one that goes on. */
  cleared(row: number): number {
    return (this.#codes[row] & GOES_ON) !== 0 ? Infinity : this.#numbers[row * WIDTH + CLEARED];
  }

  foundAt(row: number): number {
    return this.#numbers[row * WIDTH + FOUND_AT];
  }

  priority(row: number): Priority {
    return PRIORITIES[this.#codes[row] & 3];
  }

  kind(row: number): number {
    return this.#codes[row] >>> KIND_SHIFT;
  }

  kindOf(row: number): AlarmKind {
    return this.#kinds.at(this.kind(row));
  }

  kindAt(number: number): AlarmKind {
    return this.#kinds.at(number);
  }

  /** Another number for each alarm that was ever put in: what was found of a row holds as long as it has the same. */
  serial(row: number): number {
    return this.#serials[row];
  }

  #set(row: number, alarm: Alarm): void {
    const serial = ++this.#lastSerial;
    const code = this.#codeOf(alarm);
    if ((code & OTHER_LEVELS) !== 0) this.#levels.set(serial, alarm.levels);
    this.#serials[row] = serial;
    this.#codes[row] = code;
    this.#counts[code >>> KIND_SHIFT] = (this.#counts[code >>> KIND_SHIFT] ?? 0) + 1;
    this.#numbers.set(numbersOf(alarm), row * WIDTH);
  }

  /** Then what was found of the row goes on holding. */
  #isSame(row: number, alarm: Alarm): boolean {
    const code = this.#codes[row];
    return code === this.#codeOf(alarm) && (code & OTHER_LEVELS) === 0 &&
      numbersOf(alarm).every((number, place) => Object.is(number, this.#numbers[row * WIDTH + place]));
  }

  #codeOf(alarm: Alarm): number {
    const { priority, levels, raised, ruleEnded, returned, cleared, worst, worstAt } = alarm;
    const isPlain = levels.length === 1 && levels[0].priority === priority && levels[0].raised === raised;
    return PRIORITIES.indexOf(priority) | (ruleEnded ? RULE_ENDED : 0) | (returned === null ? NO_RETURN : 0) |
      (cleared === null ? GOES_ON : 0) | (worst === null ? NO_WORST : 0) | (worstAt === null ? NO_WORST_AT : 0) |
      (isPlain ? 0 : OTHER_LEVELS) | (this.#kinds.numberOf(alarm) << KIND_SHIFT);
  }

  /** Grows by an eighth at least, as most of it stays as it is for ever. */
  #reserve(length: number): void {
    if (length <= this.#codes.length) return;
    const room = Math.max(length, this.#length + (this.#length >> 3));
    this.#numbers = grown(this.#numbers, new Float64Array(room * WIDTH));
    this.#codes = grown(this.#codes, new Uint32Array(room));
    this.#serials = grown(this.#serials, new Uint32Array(room));
  }
}

function numbersOf({ from, raised, returned, cleared, worst, worstAt, readings, last, foundAt }: Alarm): number[] {
  return [from, raised, returned ?? 0, cleared ?? 0, worst ?? 0, worstAt ?? 0, readings, last, foundAt];
}

/** What is in one array, at the beginning of a longer one. */
export function grown<T extends Float64Array | Uint32Array | Uint8Array>(before: T, after: T): T {
  after.set(before);
  return after;
}
