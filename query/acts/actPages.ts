import type { Act, ActKind } from '../../domain/alarm/acts/act.ts';
import type { SiteClock } from '../../domain/reading/siteClock.ts';
import { type Page, pageOf, placeOf } from '../pages/page.ts';
import type { Counted, PageQuestion } from '../facts.ts';

/** Which acts. An act about a whole pump is one about each of its rules. */
export interface ActQuestion {
  readonly pump?: string | undefined;
  readonly rule?: string | undefined;
  readonly by?: string | undefined;
  readonly kind?: ActKind | undefined;
  /** On the site's wall clock, half open. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Whether an act is asked for. */
export function isActAskedFor(act: Act, { pump, rule, by, kind, from = -Infinity, to = Infinity }: ActQuestion, clock: SiteClock): boolean {
  if (kind !== undefined && act.kind !== kind) return false;
  if (by !== undefined && act.by !== by) return false;
  if (pump !== undefined && (act.kind === 'settings' || act.pump !== pump)) return false;
  if (rule !== undefined && !isAboutRule(act, rule)) return false;
  const time = clock.wallTimeAt(act.at);
  return from <= time && time < to;
}

function isAboutRule(act: Act, rule: string): boolean {
  switch (act.kind) {
    case 'settings': return act.changes.some(({ path }) => path === `rules.${rule}`);
    case 'out-of-service': case 'return': return true;
    case 'retract': return false;
    default: return act.rule === rule || act.rule === null;
  }
}

/** A page of acts, the newest first. */
export function actPage(
  acts: readonly Act[],
  { after, limit, ...question }: ActQuestion & PageQuestion,
  clock: SiteClock,
): Page<Act> & Counted {
  const [before = Infinity] = after === undefined ? [] : placeOf<readonly [number: number]>(after, ['number']);
  const asked = acts.filter((act) => isActAskedFor(act, question, clock));
  const found = asked.filter(({ number }) => number < before).slice(-limit - 1).reverse();
  return { ...pageOf(found, limit, ({ number }): readonly [number] => [number]), total: asked.length };
}
