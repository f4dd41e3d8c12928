import type { Alert } from '../domain/alarm/alert.ts';
import type { Alarm } from '../domain/alarm/fold/alarm.ts';
import type { DayStats } from '../domain/day/dayStats.ts';
import type { Maintenance, Pump } from '../domain/pump/reference.ts';

/** A reading of which the pump is known. */
export interface PumpReading {
  /** Wall time. */
  readonly time: number;
  readonly receivedAt: number;
  /** In the order of MEASURES. */
  readonly values: readonly number[];
}

/** What is known of a pump. */
export interface PumpFacts {
  readonly pump: string;
  /** Whether the vendor file lists it; then `vendor` is what it says. */
  readonly known: boolean;
  readonly vendor: Pump | null;
  /** Oldest first. */
  readonly maintenance: readonly Maintenance[];
  /** The reading with the latest time; null when there is none, or while the store is away. */
  readonly last: PumpReading | null;
  /** What goes on, the newest beginning first. */
  readonly active: readonly Alarm[];
  /** How many alarms go on, or touch the 24 h and the 7 days before the pump's newest reading. */
  readonly alarms: { readonly day: number; readonly week: number };
}

/** One pump, with what is not worth asking for in a list. */
export interface PumpDetail extends PumpFacts {
  /** Wall time of the first reading; null as with `last`. */
  readonly first: number | null;
}

/** The statistics of a pump-day and what became of it since. */
export interface DayFacts {
  readonly pump: string;
  /** Day number, see wallClock.ts. */
  readonly day: number;
  /** Null when it was never summarised. */
  readonly stats: DayStats | null;
  /** late: readings came after it was summarised; missing: it was not summarised yet. */
  readonly state: 'current' | 'late' | 'missing';
  readonly alerts: number;
}

/** Alerts that are told in pages, and how many there are of all. */
export interface Counted {
  readonly total: number;
}

/** What is asked of alerts: of which pump and rule, in which half-open range of wall times. */
export interface AlertQuestion {
  readonly pump?: string | undefined;
  readonly rule?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Whether an alert is one of those that are asked for. */
export function isAskedFor(
  { pump, rule, from = -Infinity, to = Infinity }: AlertQuestion,
  alert: Pick<Alert, 'pump' | 'rule' | 'time'>,
): boolean {
  return (
    (pump === undefined || alert.pump === pump) && (rule === undefined || alert.rule === rule) && alert.time >= from && alert.time < to
  );
}

/** Where a page begins, and how many items it may have. */
export interface PageQuestion {
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}
