import type { AlarmState } from '../../domain/alarm/acts/life.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import type { ActBook, Standing } from '../acts/actBook.ts';
import type { Counted, PageQuestion } from '../facts.ts';
import { compareTexts } from '../order.ts';
import { type Page, pageOf, placeOf } from '../pages/page.ts';
import type { AlarmFacts, AlarmIndex } from './alarmIndex.ts';

/** Which alarms. */
export interface AlarmQuestion {
  readonly state?: AlarmState | undefined;
  readonly pump?: string | undefined;
  readonly rule?: string | undefined;
  /** Those that touch a half-open range of wall times; with one of the two, or with `all`, those that are over are there too. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly all?: boolean | undefined;
}

/** In the order in which they need somebody. What is set aside, or means nothing, is asked for by its state. */
const NEEDY: readonly AlarmState[] = ['active-unacknowledged', 'active-acknowledged', 'returned-unacknowledged', 'latched'];
const PRIORITIES: readonly Priority[] = ['high', 'medium', 'low'];

/**
 * The alarms of an index as they stand: those that need somebody, unacknowledged ones first, then by priority, the newest
 * first; the history in order of pump, rule and time.
 */
export function listAlarms(index: AlarmIndex, book: ActBook, question: AlarmQuestion): Standing<AlarmFacts>[] {
  const pumps = question.pump === undefined ? index.pumps : [question.pump];
  const found = pumps.flatMap((pump) => book.standings(index.alarmsOf(pump).filter((alarm) => isAskedFor(alarm, question))));
  const listed = found.filter(({ life: { state } }) =>
    question.state === undefined ? isHistory(question) || NEEDY.includes(state) : state === question.state);
  const placed = listed.map((standing) => ({ standing, place: placeIn(question)(standing) }));
  return placed.sort((a, b) => comparePlaces(a.place, b.place)).map(({ standing }) => standing);
}

/** A page of them. Throws USAGE for a cursor that no page gave out. */
export function alarmPage(
  index: AlarmIndex,
  book: ActBook,
  { after, limit, ...question }: AlarmQuestion & PageQuestion,
): Page<Standing<AlarmFacts>> & Counted {
  const placed = placeIn(question);
  const place = after === undefined ? undefined : placeOf<Place>(after, ['number', 'number', 'number', 'string', 'string', 'number']);
  const all = listAlarms(index, book, question);
  const found = place ? all.filter((standing) => comparePlaces(placed(standing), place) > 0) : all;
  return { ...pageOf(found.slice(0, limit + 1), limit, placed), total: all.length };
}

type Place = readonly [need: number, priority: number, newest: number, pump: string, rule: string, from: number];

function placeIn(question: AlarmQuestion): (standing: Standing<AlarmFacts>) => Place {
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

function isAskedFor({ rule, from, cleared }: AlarmFacts, { rule: asked, from: start = -Infinity, to = Infinity }: AlarmQuestion): boolean {
  return (asked === undefined || rule === asked) && from < to && (cleared ?? Infinity) >= start;
}
