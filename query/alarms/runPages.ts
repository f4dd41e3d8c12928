import type { Occurrence } from '../../domain/alarm/occurrence.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import type { AlertIndex } from './alertIndex.ts';
import type { AlertQuestion, Counted, PageQuestion, RankedOccurrence } from '../facts.ts';
import { idTest } from '../idTest.ts';
import { compareTexts, First } from '../order.ts';
import { type Page, pageOf, placeOf } from '../pages/page.ts';
import { Turns } from '../turns.ts';

/** Which occurrences: those that touch the range, and those that go on, whatever the range, unless `active` is false. */
export interface RunQuestion extends AlertQuestion {
  /** Part of the pump's id, in any case. */
  readonly q?: string | undefined;
  readonly active?: boolean | undefined;
}

/** A page of occurrences; `active` is how many of all go on. */
export type RunPage = Page<RankedOccurrence> & Counted & { readonly active: number };

type RunPlace = readonly [ended: number, time: number, pump: string, rule: string, from: number];

/**
 * Occurrences, the newest first: those that go on by their beginning, then the others by their end. Sorted by its end, one
 * that goes on would move with each reading, and the pages with it.
 */
export async function runPage(
  index: AlertIndex,
  rules: readonly Rule[],
  { after, limit, ...question }: RunQuestion & PageQuestion,
): Promise<RunPage> {
  const place = after === undefined ? undefined : placeOf<RunPlace>(after, ['number', 'number', 'string', 'string', 'number']);
  const first = new First<Occurrence>(limit + 1, (a, b) => comparePlaces(placeOfRun(a), placeOfRun(b)));
  const turns = new Turns();
  let total = 0;
  let active = 0;
  for (const pump of pumpsAskedFor(index, question)) {
    for (const run of index.runsOf(pump)) {
      if (!isRunAskedFor(run, question)) continue;
      total++;
      if (run.active) active++;
      if (!place || comparePlaces(placeOfRun(run), place) > 0) first.add(run);
    }
    await turns.next();
  }
  const { items, next } = pageOf(first.items, limit, placeOfRun);
  return { items: items.map((run) => ranked(run, rules)), next, total, active };
}

/** An occurrence with the priority that its rule has now. */
export function ranked(occurrence: Occurrence, rules: readonly Rule[]): RankedOccurrence {
  return { ...occurrence, priority: rules.find(({ id }) => id === occurrence.rule)?.priority ?? null };
}

function pumpsAskedFor({ alerts }: AlertIndex, { pump, q }: RunQuestion): string[] {
  return [...(pump === undefined ? alerts.pumps() : [pump])].filter(idTest(q));
}

function isRunAskedFor(run: Occurrence, { rule, from = -Infinity, to = Infinity, active }: RunQuestion): boolean {
  if (rule !== undefined && run.rule !== rule) return false;
  if (active !== undefined && run.active !== active) return false;
  return run.active || (run.to >= from && run.from < to);
}

function placeOfRun({ active, from, to, pump, rule }: Occurrence): RunPlace {
  return [active ? 0 : 1, active ? from : to, pump, rule, from];
}

function comparePlaces(a: RunPlace, b: RunPlace): number {
  return a[0] - b[0] || b[1] - a[1] || comparePumps(a[2], b[2]) || compareTexts(a[3], b[3]) || b[4] - a[4];
}
