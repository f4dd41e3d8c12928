import type { DayStats } from '../../domain/day/dayStats.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import type { DaySelection, PumpDay } from '../../domain/day/pumpDay.ts';
import { formatDay } from '../../domain/reading/wallClock.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import type { StoredPumps } from '../../storage/table/pumps.ts';
import type { AlertDays } from '../alarms/alertDays.ts';
import type { DayFacts, PageQuestion } from '../facts.ts';
import { type Page, pageOf, placeOf } from '../pages/page.ts';
import { Turns } from '../turns.ts';

/** Which pump-days. */
export interface DayQuestion extends DaySelection {
  /** Only such days, `YYYY-MM-DD`, of a pump: by vendor, technician, kind of work. */
  readonly isWanted?: ((pump: string, day: string) => boolean) | undefined;
}

type DayPlace = readonly [pump: string, day: number];

/** Pump-days by pump, then day: those with readings, and those of which only the statistics are left. */
export async function dayPage(
  table: StoredPumps & StoredDays,
  alerts: AlertDays,
  { after, limit, isWanted, ...selection }: DayQuestion & PageQuestion,
): Promise<Page<DayFacts>> {
  const place = after === undefined ? undefined : placeOf<DayPlace>(after, ['string', 'day']);
  const turns = new Turns();
  const found: DayFacts[] = [];
  for (const pump of selection.pump === undefined ? await table.pumps() : [selection.pump]) {
    const order = place ? comparePumps(pump, place[0]) : 1;
    if (order < 0) continue;
    const fromDay = order === 0 && place ? Math.max(place[1] + 1, selection.fromDay ?? -Infinity) : selection.fromDay;
    const most = isWanted ? Infinity : limit + 1 - found.length;
    const days = await daysOfPump(table, alerts, { ...selection, pump, fromDay }, most);
    found.push(...days.filter(({ day }) => isWanted?.(pump, formatDay(day)) ?? true).slice(0, limit + 1 - found.length));
    if (found.length > limit) break;
    await turns.next();
  }
  return pageOf(found, limit, ({ pump, day }) => [pump, day]);
}

/** A pump's days of a selection, rising; the first `most` of them. */
export async function daysOfPump(table: StoredDays, alerts: AlertDays, selection: DaySelection, most = Infinity): Promise<DayFacts[]> {
  const [days, stats] = await Promise.all([firstOf(table.days(selection), most), firstOf(table.stats(selection), most)]);
  return joined(days, stats).slice(0, most).map((day) => factsOf(day, alerts));
}

/** The first items of pieces, at most so many. */
async function firstOf<T>(pieces: AsyncIterable<readonly T[]>, most: number): Promise<T[]> {
  const items: T[] = [];
  for await (const piece of pieces) {
    items.push(...piece);
    if (items.length >= most) break;
  }
  return items.slice(0, most);
}

interface JoinedDay {
  readonly pump: string;
  readonly day: number;
  readonly mark: PumpDay | undefined;
  readonly stats: DayStats | undefined;
}

/** Full outer join of one pump's days with its statistics. */
function joined(marks: readonly PumpDay[], stats: readonly DayStats[]): JoinedDay[] {
  const byDay = new Map<number, JoinedDay>(marks.map((mark) => [mark.day, { pump: mark.pump, day: mark.day, mark, stats: undefined }]));
  for (const each of stats) byDay.set(each.day, { pump: each.pump, day: each.day, mark: byDay.get(each.day)?.mark, stats: each });
  return [...byDay.values()].sort((a, b) => a.day - b.day);
}

function factsOf({ pump, day, mark, stats = undefined }: JoinedDay, alerts: AlertDays): DayFacts {
  const isCurrent = !mark || mark.computedAt === mark.changedAt;
  return {
    pump,
    day,
    stats: stats ?? null,
    state: !stats ? 'missing' : isCurrent ? 'current' : 'late',
    alerts: alerts.get(pump, day)?.count ?? 0,
  };
}
