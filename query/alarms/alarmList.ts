import type { AlarmState } from '../../domain/alarm/acts/life.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import { dayOf, formatDay } from '../../domain/reading/wallClock.ts';
import type { ActBook, Standing } from '../acts/actBook.ts';
import type { Counted, PageQuestion } from '../facts.ts';
import { idTest } from '../idTest.ts';
import { compareTexts } from '../order.ts';
import { type Page, pageOf, placeOf } from '../pages/page.ts';
import { Turns } from '../turns.ts';
import type { AlarmIndex, ListedFacts } from './alarmIndex.ts';

/** Which alarms, in which order. */
export interface AlarmQuestion {
  readonly state?: AlarmState | undefined;
  readonly pump?: string | undefined;
  readonly rule?: string | undefined;
  readonly priority?: Priority | undefined;
  /** Those that touch a half-open range of wall times; with one of the two, or with `all`, those that are over are there too. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly all?: boolean | undefined;
  /** Part of the pump's id, in any case. */
  readonly q?: string | undefined;
  /** Only those of a pump that began on such a day, `YYYY-MM-DD`: by vendor, technician, kind of work. */
  readonly isWanted?: ((pump: string, day: string) => boolean) | undefined;
  /** Only those that go on, or only those that are over. */
  readonly active?: boolean | undefined;
  /** Only those that were found late, or only the others. */
  readonly late?: boolean | undefined;
  /** Those that go on first, by their beginning, then the others by their end, the newest first. */
  readonly newestFirst?: boolean | undefined;
}

/** The states that need somebody, in the order in which they do. What is set aside, or means nothing, is asked for by its state. */
export const NEEDY: readonly AlarmState[] = ['active-unacknowledged', 'active-acknowledged', 'returned-unacknowledged', 'latched'];
const PRIORITIES: readonly Priority[] = ['high', 'medium', 'low'];

/**
 * The alarms of an index as they stand: those that need somebody, unacknowledged ones first, then by priority, the newest
 * first; the history in order of pump, rule and time.
 */
export async function listAlarms(index: AlarmIndex, book: ActBook, question: AlarmQuestion): Promise<Standing<ListedFacts>[]> {
  const turns = new Turns();
  const isNamed = idTest(question.q);
  const placed: { readonly standing: Standing<ListedFacts>; readonly place: Place }[] = [];
  for (const pump of question.pump === undefined ? index.pumps : [question.pump]) {
    if (!isNamed(pump)) continue;
    // What is no alarm yet is asked for by its state alone: it calls nobody.
    const found: readonly ListedFacts[] = question.state === 'pending' ? index.pendingOf(pump) : index.alarmsOf(pump);
    for (const standing of book.standings(found.filter((alarm) => isAskedFor(alarm, question))))
      if (isListed(standing, question)) placed.push({ standing, place: placeIn(question)(standing) });
    await turns.next();
  }
  return placed.sort((a, b) => comparePlaces(a.place, b.place)).map(({ standing }) => standing);
}

/** A page of alarms; `active` is how many of all go on. */
export type AlarmPage = Page<Standing<ListedFacts>> & Counted & { readonly active: number };

/** A page of them. Throws USAGE for a cursor that no page gave out. */
export async function alarmPage(
  index: AlarmIndex,
  book: ActBook,
  { after, limit, ...question }: AlarmQuestion & PageQuestion,
): Promise<AlarmPage> {
  const placed = placeIn(question);
  const place = after === undefined ? undefined : placeOf<Place>(after, ['number', 'number', 'number', 'string', 'string', 'number']);
  const all = await listAlarms(index, book, question);
  const found = place ? all.filter((standing) => comparePlaces(placed(standing), place) > 0) : all;
  const active = all.filter(({ alarm }) => alarm.cleared === null).length;
  return { ...pageOf(found.slice(0, limit + 1), limit, placed), total: all.length, active };
}

type Place = readonly [need: number, priority: number, newest: number, pump: string, rule: string, from: number];

function placeIn(question: AlarmQuestion): (standing: Standing<ListedFacts>) => Place {
  if (question.newestFirst)
    return ({ alarm: { pump, rule, from, cleared } }) => [cleared === null ? 0 : 1, 0, -(cleared ?? from), pump, rule, -from];
  if (isHistory(question)) return ({ alarm: { pump, rule, from } }) => [0, 0, 0, pump, rule, from];
  return ({ alarm: { pump, rule, priority, from }, life: { state } }) =>
    [NEEDY.indexOf(state), PRIORITIES.indexOf(priority), -from, pump, rule, from];
}

function comparePlaces(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || comparePumps(a[3], b[3]) || compareTexts(a[4], b[4]) || a[5] - b[5];
}

function isHistory({ all, from, to }: AlarmQuestion): boolean {
  return all === true || from !== undefined || to !== undefined;
}

function isListed({ life: { state } }: Standing<ListedFacts>, question: AlarmQuestion): boolean {
  return question.state === undefined ? isHistory(question) || NEEDY.includes(state) : state === question.state;
}

/** Whether what is so of an alarm, without what people did about it, is what is asked for. */
function isAskedFor(alarm: ListedFacts, { rule, priority, active, late, isWanted, from = -Infinity, to = Infinity }: AlarmQuestion): boolean {
  return (
    (rule === undefined || alarm.rule === rule) &&
    (priority === undefined || alarm.priority === priority) &&
    (active === undefined || active === (alarm.cleared === null)) &&
    (late === undefined || late === alarm.late) &&
    alarm.from < to && (alarm.cleared ?? Infinity) >= from &&
    (isWanted === undefined || isWanted(alarm.pump, formatDay(dayOf(alarm.from))))
  );
}
