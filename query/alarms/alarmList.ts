import type { AlarmState } from '../../domain/alarm/acts/life.ts';
import { comparePriorities } from '../../domain/alarm/rule.ts';
import type { ActBook, Standing } from '../acts/actBook.ts';
import { compareTexts } from '../order.ts';
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

/**
 * The alarms of an index as they stand: those that need somebody, unacknowledged ones first, then by priority, the newest
 * first; the history in order of pump, rule and time.
 */
export function listAlarms(index: AlarmIndex, book: ActBook, question: AlarmQuestion): Standing<AlarmFacts>[] {
  const pumps = question.pump === undefined ? index.pumps : [question.pump];
  const found = pumps.flatMap((pump) => book.standings(index.alarmsOf(pump).filter((alarm) => isAskedFor(alarm, question))));
  const isHistory = question.all === true || question.from !== undefined || question.to !== undefined;
  const listed = found.filter(({ life: { state } }) =>
    question.state === undefined ? isHistory || NEEDY.includes(state) : state === question.state);
  return isHistory ? listed : listed.sort(compareNeed);
}

function isAskedFor({ rule, from, cleared }: AlarmFacts, { rule: asked, from: start = -Infinity, to = Infinity }: AlarmQuestion): boolean {
  return (asked === undefined || rule === asked) && from < to && (cleared ?? Infinity) >= start;
}

function compareNeed({ alarm: a, life: lifeA }: Standing<AlarmFacts>, { alarm: b, life: lifeB }: Standing<AlarmFacts>): number {
  return (
    NEEDY.indexOf(lifeA.state) - NEEDY.indexOf(lifeB.state) || comparePriorities(a.priority, b.priority) || b.from - a.from ||
    compareTexts(a.pump, b.pump) || compareTexts(a.rule, b.rule)
  );
}
