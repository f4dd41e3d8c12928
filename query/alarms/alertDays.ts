/** Alerts of one rule that are close to each other in time. */
export interface AlertSpan {
  readonly rule: string;
  /** Wall times of the first and the last. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Numbers of a span: rule, first, last, count. */
const WIDTH = 4;

/**
 * What is remembered of a pump-day's alerts. There are many of them, so that they are kept as a list of plain numbers, which takes a
 * quarter of what objects do:
 *
 *     place of the rule in `rules` │ wall time of the first │ of the last │ how many │ …      a span each, in order of beginning
 */
export class DayAlerts {
  readonly pump: string;
  readonly day: number;
  /** When the oldest of them came. */
  readonly oldest: number;
  readonly #rules: readonly string[];
  readonly #numbers: readonly number[];

  constructor({ pump, day, oldest, spans }:
  { readonly pump: string; readonly day: number; readonly oldest: number; readonly spans: readonly AlertSpan[] }) {
    this.pump = pump;
    this.day = day;
    this.oldest = oldest;
    this.#rules = [...new Set(spans.map(({ rule }) => rule))];
    this.#numbers = spans.flatMap(({ rule, from, to, count }) => [this.#rules.indexOf(rule), from, to, count]).slice(); // no room to grow
  }

  get count(): number {
    let count = 0;
    for (let i = WIDTH - 1; i < this.#numbers.length; i += WIDTH) count += this.#numbers[i];
    return count;
  }

  /** How many are of a rule. */
  countOf(rule: string): number {
    const place = this.#rules.indexOf(rule);
    let count = 0;
    if (place >= 0) for (let i = 0; i < this.#numbers.length; i += WIDTH) if (this.#numbers[i] === place) count += this.#numbers[i + 3];
    return count;
  }

  /** Where in the day they are, in order of beginning. */
  get spans(): AlertSpan[] {
    return Array.from({ length: this.#numbers.length / WIDTH }, (_, i) => {
      const [place, from, to, count] = this.#numbers.slice(i * WIDTH, (i + 1) * WIDTH);
      return { rule: this.#rules[place], from, to, count };
    });
  }
}

/** The pump-days with alerts, by day and by pump. */
export class AlertDays {
  readonly #byDay = new Map<number, Map<string, DayAlerts>>();
  readonly #byPump = new Map<string, Map<number, DayAlerts>>();

  get(pump: string, day: number): DayAlerts | undefined {
    return this.#byPump.get(pump)?.get(day);
  }

  set(alerts: DayAlerts): void {
    put(this.#byDay, alerts.day, alerts.pump, alerts);
    put(this.#byPump, alerts.pump, alerts.day, alerts);
  }

  remove(pump: string, day: number): void {
    drop(this.#byDay, day, pump);
    drop(this.#byPump, pump, day);
  }

  /** The pumps that have alerts. */
  pumps(): IterableIterator<string> {
    return this.#byPump.keys();
  }

  /** A pump's days with alerts, rising. */
  of(pump: string): DayAlerts[] {
    return [...(this.#byPump.get(pump)?.values() ?? [])].sort((a, b) => a.day - b.day);
  }

  /** The days with alerts from `first` to `last`, falling, each with those of one pump or of all. */
  *falling(first: number, last: number, pump?: string): Generator<{ readonly day: number; readonly alerts: readonly DayAlerts[] }> {
    const all = pump === undefined ? this.#byDay : this.#byPump.get(pump);
    const days = [...(all?.keys() ?? [])].filter((day) => day >= first && day <= last).sort((a, b) => b - a);
    for (const day of days) {
      const alerts = pump === undefined ? [...(this.#byDay.get(day)?.values() ?? [])] : [this.get(pump, day)!];
      yield { day, alerts };
    }
  }

  *all(): Generator<DayAlerts> {
    for (const days of this.#byPump.values()) yield* days.values();
  }
}

function put<A, B>(map: Map<A, Map<B, DayAlerts>>, a: A, b: B, alerts: DayAlerts): void {
  const inner = map.get(a) ?? new Map<B, DayAlerts>();
  map.set(a, inner.set(b, alerts));
}

function drop<A, B>(map: Map<A, Map<B, DayAlerts>>, a: A, b: B): void {
  const inner = map.get(a);
  inner?.delete(b);
  if (inner?.size === 0) map.delete(a);
}
