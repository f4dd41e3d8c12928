import type { AlarmState } from '../../domain/alarm/acts/life.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import { dayOf, formatDay } from '../../domain/reading/wallClock.ts';
import type { ActBook, Standing } from '../acts/actBook.ts';
import type { Counted, PageQuestion } from '../facts.ts';
import { idTest } from '../idTest.ts';
import { compareTexts, First } from '../order.ts';
import { type Page, pageOf, placeOf } from '../pages/page.ts';
import { Turns } from '../turns.ts';
import type { ListedFacts } from './alarmFacts.ts';
import type { AlarmIndex } from './alarmIndex.ts';
import { AlarmRows } from './alarmRows.ts';
import { AlarmStates } from './alarmStates.ts';

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
  const placed: Placed[] = [];
  const place = placeIn(question);
  await eachListed(index, book, question, (rows, row, state) => {
    placed.push({ standing: standingOf(book, rows, row), place: place(rows, row, state), rank: 0 });
  });
  return placed.sort(comparePlaced).map(({ standing }) => standing);
}

/** How many alarms of a priority are in a state. */
export interface AlarmCount {
  readonly priority: Priority;
  readonly state: AlarmState;
  readonly count: number;
}

/** How many alarms are in which state, by `priority state`. */
export async function countAlarms(index: AlarmIndex, book: ActBook): Promise<ReadonlyMap<string, AlarmCount>> {
  const counts = new Map<string, AlarmCount>();
  await eachListed(index, book, { all: true }, (rows, row, state) => {
    const priority = rows.priority(row);
    const key = `${priority} ${state}`;
    counts.set(key, { priority, state, count: (counts.get(key)?.count ?? 0) + 1 });
  });
  return counts;
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
  const page = new First<Placed>(limit + 1, comparePlaced);
  let [total, active] = [0, 0];
  const rankOf = rankIn(question);
  let lastRank = Infinity;
  await eachListed(index, book, question, (rows, row, state) => {
    total++;
    if (rows.cleared(row) === Infinity) active++;
    const rank = rankOf(rows, row, state);
    if (rank > lastRank) return;
    const own = placed(rows, row, state);
    if (place && comparePlaces(own, place) <= 0) return;
    const last = page.items.at(limit);
    if (last && comparePlaces(own, last.place) >= 0) return;
    page.add({ standing: standingOf(book, rows, row), place: own, rank });
    lastRank = page.items.at(limit)?.rank ?? Infinity;
  });
  const places = new Map(page.items.map(({ standing, place: own }) => [standing, own]));
  return { ...pageOf(page.items.map(({ standing }) => standing), limit, (standing) => places.get(standing)!), total, active };
}

/** An alarm, and what the list is ordered by. */
interface Placed {
  readonly standing: Standing<ListedFacts>;
  readonly place: Place;
  readonly rank: number;
}

function standingOf(book: ActBook, rows: AlarmRows, row: number): Standing<ListedFacts> {
  return book.standings([rows.at(row)])[0];
}

/** Hands over each alarm that is asked for, with its state: pump by pump, in order, the newest of a pump first. */
async function eachListed(
  index: AlarmIndex, book: ActBook, question: AlarmQuestion, take: (rows: AlarmRows, row: number, state: AlarmState) => void,
): Promise<void> {
  const [turns, isNamed, states] = [new Turns(), idTest(question.q), AlarmStates.of(book)];
  for (const pump of question.pump === undefined ? [...index.pumps].sort(comparePumps) : [question.pump]) {
    if (!isNamed(pump)) continue;
    // What is no alarm yet is asked for by its state alone: it calls nobody.
    const rows = question.state === 'pending' ? AlarmRows.of(pump, index.pendingOf(pump)) : index.rowsOf(pump);
    const stateOf = states.of(rows);
    const first = rows.rowFrom(question.from ?? -Infinity);
    for (let row = rows.length - 1; row >= first; row--) {
      if (!rows.isThere(row) || !isAskedFor(rows, row, question)) continue;
      const state = stateOf(row);
      if (isListed(state, question)) take(rows, row, state);
    }
    await turns.next();
  }
}

type Place = readonly [need: number, priority: number, newest: number, pump: string, rule: string, from: number];

function placeIn(question: AlarmQuestion): (rows: AlarmRows, row: number, state: AlarmState) => Place {
  if (question.newestFirst)
    return (rows, row) => {
      const [from, cleared] = [rows.from(row), rows.cleared(row)];
      return [cleared === Infinity ? 0 : 1, 0, -(cleared === Infinity ? from : cleared), rows.pump, rows.rule(row), -from];
    };
  if (isHistory(question)) return (rows, row) => [0, 0, 0, rows.pump, rows.rule(row), rows.from(row)];
  return (rows, row, state) =>
    [NEEDY.indexOf(state), PRIORITIES.indexOf(rows.priority(row)), -rows.from(row), rows.pump, rows.rule(row), rows.from(row)];
}

/** Room for a time in ms beside small numbers: years of four digits. */
const TIMES = 2 ** 48;

/** A number that is never smaller for an alarm that comes later, as rows come: most are sorted out by it. */
function rankIn(question: AlarmQuestion): (rows: AlarmRows, row: number, state: AlarmState) => number {
  if (question.newestFirst)
    return (rows, row) => (rows.cleared(row) === Infinity ? -rows.from(row) : 2 * TIMES - rows.cleared(row));
  if (!isHistory(question))
    return (rows, row, state) =>
      (NEEDY.indexOf(state) * PRIORITIES.length + PRIORITIES.indexOf(rows.priority(row))) * 2 * TIMES - rows.from(row);
  let [last, rank]: [AlarmRows | undefined, number] = [undefined, 0];
  return (rows) => {
    if (rows !== last) rank++;
    last = rows;
    return rank;
  };
}

function comparePlaced(a: Placed, b: Placed): number {
  return comparePlaces(a.place, b.place);
}

function comparePlaces(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || comparePumps(a[3], b[3]) || compareTexts(a[4], b[4]) || a[5] - b[5];
}

function isHistory({ all, from, to }: AlarmQuestion): boolean {
  return all === true || from !== undefined || to !== undefined;
}

function isListed(state: AlarmState, question: AlarmQuestion): boolean {
  return question.state === undefined ? isHistory(question) || NEEDY.includes(state) : state === question.state;
}

/** Whether what is so of an alarm, without what people did about it, is what is asked for. */
function isAskedFor(
  rows: AlarmRows, row: number, { rule, priority, active, late, isWanted, from = -Infinity, to = Infinity }: AlarmQuestion,
): boolean {
  return (
    (rule === undefined || rows.rule(row) === rule) &&
    (priority === undefined || rows.priority(row) === priority) &&
    (active === undefined || active === (rows.cleared(row) === Infinity)) &&
    rows.from(row) < to && rows.cleared(row) >= from &&
    (late === undefined || late === rows.late(row)) &&
    (isWanted === undefined || isWanted(rows.pump, formatDay(dayOf(rows.from(row)))))
  );
}
