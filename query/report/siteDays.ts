import type { Act } from '../../domain/alarm/acts/act.ts';
import type { Kpi } from '../../domain/alarm/kpis/kpi.ts';
import { comparePriorities, type Priority, SITE } from '../../domain/alarm/rule.ts';
import { contactsOf, type PumpContact } from '../../domain/pump/contacts.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import type { Maintenance, Pump, Reference } from '../../domain/pump/reference.ts';
import { DAY_MS, formatDay, instantOf } from '../../domain/reading/wallClock.ts';
import type { Delivery } from '../../domain/notify/deliveries.ts';
import type { Table } from '../../storage/table/table.ts';
import type { ActBook, Standing } from '../acts/actBook.ts';
import { siteReport } from '../acts/siteReport.ts';
import type { ListedFacts } from '../alarms/alarmFacts.ts';
import type { AlarmIndex } from '../alarms/alarmIndex.ts';
import { listAlarms, NEEDY } from '../alarms/alarmList.ts';
import { Turns } from '../turns.ts';
import { type MeanChange, meanChanges, together } from './changes.ts';
import { type PumpScan, scanPump } from './pumpScan.ts';
import { type RejectGroup, rejectGroups } from './rejectGroups.ts';

/** What a report of a site's days is made of. */
export interface SiteDaysSources {
  readonly table: Table;
  readonly reference: Reference;
  /** Over the readings up to the last day's end, as they stood then. */
  readonly index: AlarmIndex;
  readonly book: ActBook;
  readonly deliveries: readonly Delivery[];
  readonly holdMs: number;
  readonly latenessMs: number;
}

/** A pump in the days of a report. */
export interface PumpDays {
  readonly pump: string;
  /** Null for one that the vendor file does not list. */
  readonly vendor: Pump | null;
  /** All of it up to the last day, the oldest first. */
  readonly maintenance: readonly Maintenance[];
  readonly contacts: readonly PumpContact[];
  readonly scan: PumpScan;
  /** Its alarms that touch the days, the worst first. */
  readonly alarms: readonly Standing<ListedFacts>[];
  /** Those among them that need somebody. */
  readonly needs: readonly Standing<ListedFacts>[];
  readonly changes: readonly MeanChange[];
  /** Whether it reported in as many days before. */
  readonly reportedBefore: boolean;
  /** Days whose statistics are not computed, or older than their readings. */
  readonly notSummarised: number;
}

/** A site's days: all that the report says. */
export interface SiteDays {
  readonly fromDay: number;
  readonly toDay: number;
  /** Wall times: the days, and how far they have come. */
  readonly from: number;
  readonly to: number;
  readonly knownTo: number;
  /** The worst first. */
  readonly pumps: readonly PumpDays[];
  /** Alarms that touch the days, those of the site as a whole among them, in order of their beginning. */
  readonly alarms: readonly Standing<ListedFacts>[];
  readonly rejects: readonly RejectGroup[];
  /** What people did in the days, and about their alarms since. */
  readonly acts: readonly Act[];
  readonly kpis: readonly Kpi[];
  /** The same over the thirty days up to the last one. */
  readonly monthKpis: readonly Kpi[];
}

/** A pump is looked for when it reported in so many days before. */
const LOOKED_FOR_DAYS = 7;
const MONTH_DAYS = 30;

/** Reads a site's days, both included. Throws STORE_UNAVAILABLE. */
export async function siteDays(sources: SiteDaysSources, days: { readonly fromDay: number; readonly toDay: number }): Promise<SiteDays> {
  const { table, index, book } = sources;
  const [from, to] = [days.fromDay * DAY_MS, (days.toDay + 1) * DAY_MS];
  const knownTo = Math.min(to, Math.max(from, book.clock.wallTimeAt(book.now())));
  await index.catchUp();
  const alarms = await listAlarms(index, book, { from, to });
  const pumps: PumpDays[] = [];
  const turns = new Turns();
  for (const [pump, known] of await lookedFor(sources, days))
    pumps.push(await pumpDays(pump, sources, { ...days, from, to, knownTo, turns, known, standings: alarms.filter(({ alarm }) => alarm.pump === pump) }));
  const kpisOf = (fromDay: number) => siteReport(
    { book, deliveries: sources.deliveries, source: { alarmsOf: async (pump) => index.alarmsOf(pump), pumps: async () => index.pumps } },
    { fromDay, toDay: days.toDay },
  );
  const zone = book.clock.zone;
  return {
    ...days, from, to, knownTo,
    pumps: pumps.sort(compareWorst),
    alarms: [...alarms].sort((a, b) => a.alarm.from - b.alarm.from || comparePumps(a.alarm.pump, b.alarm.pump)),
    rejects: await rejectGroups(table, instantOf(from, zone), instantOf(to, zone)),
    acts: actsOf(book, alarms, { from, to }),
    kpis: await kpisOf(days.fromDay),
    monthKpis: await kpisOf(days.toDay - MONTH_DAYS + 1),
  };
}

/** What the table says of a pump's days: those that have readings, and those of them that are not summarised. */
interface KnownDays {
  reportedBefore: boolean;
  notSummarised: number;
}

/** The pumps of the vendor file that are in service, and those that reported lately. */
async function lookedFor(
  { table, reference }: SiteDaysSources, { fromDay, toDay }: { readonly fromDay: number; readonly toDay: number },
): Promise<Map<string, KnownDays>> {
  const found = new Map<string, KnownDays>();
  const knownOf = (pump: string) => found.get(pump) ?? found.set(pump, { reportedBefore: false, notSummarised: 0 }).get(pump)!;
  const [firstBefore, lastDay] = [2 * fromDay - toDay - 1, formatDay(toDay)];
  for await (const piece of table.days({ fromDay: Math.min(firstBefore, fromDay - LOOKED_FOR_DAYS), toDay }))
    for (const { pump, day, changedAt, computedAt } of piece) {
      const known = knownOf(pump);
      if (day >= fromDay) known.notSummarised += changedAt === computedAt ? 0 : 1;
      else if (day >= firstBefore) known.reportedBefore = true;
    }
  for (const { id, inService } of reference.pumps.values()) if (inService <= lastDay) knownOf(id);
  return new Map([...found].sort(([a], [b]) => comparePumps(a, b)));
}

interface PumpQuestion {
  readonly fromDay: number;
  readonly toDay: number;
  readonly from: number;
  readonly to: number;
  readonly knownTo: number;
  readonly turns: Turns;
  readonly known: KnownDays;
  readonly standings: readonly Standing<ListedFacts>[];
}

async function pumpDays(pump: string, sources: SiteDaysSources, question: PumpQuestion): Promise<PumpDays> {
  const { table, reference, book: { clock } } = sources;
  const { fromDay, toDay, standings, known } = question;
  const scan = await scanPump(pump, { ...sources, ...question, clock });
  const before = await statsOf(table, pump, 2 * fromDay - toDay - 1, fromDay - 1);
  const maintenance = (reference.maintenance.get(pump) ?? []).filter(({ date }) => date <= formatDay(toDay));
  const alarms = [...standings].sort(compareStandings);
  return {
    pump, scan, alarms, ...known,
    vendor: reference.pumps.get(pump) ?? null,
    maintenance,
    contacts: contactsOf(pump, { ...reference, maintenance: new Map([[pump, maintenance]]) }),
    needs: alarms.filter(({ life }) => NEEDY.includes(life.state)),
    changes: meanChanges(scan.stats, together(before)),
  };
}

async function statsOf(table: Table, pump: string, fromDay: number, toDay: number) {
  const stats = [];
  for await (const piece of table.stats({ pump, fromDay, toDay })) stats.push(...piece);
  return stats;
}

/** What people did within the days, and whatever they did about alarms of these later. In the order of the log. */
function actsOf(book: ActBook, alarms: readonly Standing<ListedFacts>[], { from, to }: { readonly from: number; readonly to: number }): Act[] {
  const about = new Set(alarms.flatMap(({ life: { acknowledged } }) => (acknowledged ? [acknowledged.number] : [])));
  return book.all().filter((act) => {
    const at = book.clock.wallTimeAt(act.at);
    return (from <= at && at < to) || about.has(act.number);
  });
}

/** Pumps that need somebody first, then those with alarms, then those of which most is unknown. */
function compareWorst(a: PumpDays, b: PumpDays): number {
  return (
    rankOf(a.needs) - rankOf(b.needs) || rankOf(a.alarms) - rankOf(b.alarms) || Math.sign(b.scan.unknownMs - a.scan.unknownMs) ||
    comparePumps(a.pump, b.pump)
  );
}

const PRIORITIES: readonly Priority[] = ['high', 'medium', 'low'];

function rankOf(standings: readonly Standing<ListedFacts>[]): number {
  const ranks = standings.map(({ alarm }) => PRIORITIES.indexOf(alarm.level));
  return Math.min(PRIORITIES.length, ...ranks);
}

/** Those that need somebody first, then by level, then by beginning. */
function compareStandings(a: Standing<ListedFacts>, b: Standing<ListedFacts>): number {
  const need = ({ life }: Standing<ListedFacts>) => (NEEDY.includes(life.state) ? 0 : 1);
  return need(a) - need(b) || comparePriorities(a.alarm.level, b.alarm.level) || a.alarm.from - b.alarm.from;
}

/** Whether an alarm is that of all pumps together. */
export function isOfSite({ alarm: { pump } }: Standing<ListedFacts>): boolean {
  return pump === SITE;
}

/** Whether an alarm needs somebody. */
export function needsSomebody({ life: { state } }: Standing<ListedFacts>): boolean {
  return NEEDY.includes(state);
}
