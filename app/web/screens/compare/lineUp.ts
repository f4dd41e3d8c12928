import type { KnownPump } from './loadCompared.ts';

/** A way to let moments of several pumps fall together. */
export interface LineUp {
  readonly key: string;
  readonly text: string;
  /** The moment of each pump, in their order; null for one that has no such. */
  readonly moments: readonly (string | null)[];
}

/** The ways that at least two of the pumps have: kinds of work, the newest of each before the last reading, and the first alarm. */
export function lineUpsOf(pumps: readonly KnownPump[]): LineUp[] {
  const works = new Set(pumps.flatMap(({ detail }) => detail.maintenance.map(({ description }) => description)));
  const ways: LineUp[] = [...works].map((work) => ({
    key: work,
    text: work,
    moments: pumps.map(({ detail: { maintenance, last } }) =>
      maintenance.findLast(({ description, date }) => description === work && (last === null || date <= last.at))?.date ?? null),
  }));
  ways.sort((one, other) => newest(other).localeCompare(newest(one)));
  ways.unshift({ key: 'first alarm', text: 'the first alarm', moments: pumps.map(({ firstAlarm }) => firstAlarm) });
  return ways.filter(({ moments }) => moments.filter((at) => at !== null).length > 1);
}

function newest({ moments }: LineUp): string {
  return moments.map((at) => at ?? '').sort().at(-1) ?? '';
}
