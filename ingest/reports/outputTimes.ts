/** What one part of a step's work, or of all steps of a batch, was and took. */
export interface OutputTime {
  /** `take`, `raise` (alerts, joined), `table`, `tell`, `keep` (what is kept beside the table), `settle` (files moved, journal trimmed). */
  readonly name: string;
  /** Rows, or alerts where it is about alerts. */
  readonly rows: number;
  /** How often it was done. */
  readonly times: number;
  readonly ms: number;
}

/** Takes the time of a step's outputs, one after the other: together they are the step's processing time. */
export class OutputTimes {
  readonly #now: () => number;
  readonly #reports: OutputTime[] = [];
  #since: number;

  constructor(startedAt: number, now: () => number) {
    this.#since = startedAt;
    this.#now = now;
  }

  /** What was done since the last output, or the step's beginning, was this. */
  done(name: string, rows: number): void {
    const now = this.#now();
    this.#reports.push({ name, rows, times: 1, ms: now - this.#since });
    this.#since = now;
  }

  get reports(): readonly OutputTime[] {
    return this.#reports;
  }

  /** When the last output was done. */
  get endedAt(): number {
    return this.#since;
  }
}

/** Adds outputs up by name, in the order in which they first came. */
export function addOutputs(a: readonly OutputTime[], b: readonly OutputTime[]): OutputTime[] {
  const sums = new Map<string, OutputTime>();
  for (const { name, rows, times, ms } of [...a, ...b]) {
    const sum = sums.get(name);
    sums.set(name, { name, rows: rows + (sum?.rows ?? 0), times: times + (sum?.times ?? 0), ms: ms + (sum?.ms ?? 0) });
  }
  return [...sums.values()];
}
