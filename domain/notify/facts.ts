import type { Priority } from '../alarm/rule.ts';
import type { PumpContact } from '../pump/contacts.ts';
import type { MaintenanceEvent, PumpDetails } from '../pump/reference.ts';
import type { AlarmNow } from './alarmNow.ts';

/** What a message says of a rule. */
export interface RuleFacts {
  /** What its values are of, such as `psi`; undefined for a rule without a measure. */
  readonly measure: string | undefined;
  /** `psi 0 < 5`, or whatever makes it an alarm, in a few words; of the worst value, where there is one. */
  what(worst: number | null): string;
  /** Its readings count by the medians of spans of time. */
  readonly isOfMedians: boolean;
  /** What to do. */
  readonly guidance: string | undefined;
  /** Within which time, ms. */
  readonly respondWithinMs: number | undefined;
  /** Whether somebody has to acknowledge it. */
  readonly acknowledge: boolean;
}

/** What a message says of a pump. */
export interface PumpFacts {
  readonly id: string;
  /** Whether the vendor file lists it. */
  readonly known: boolean;
  readonly vendor: PumpDetails | null;
  /** Oldest first. */
  readonly maintenance: readonly MaintenanceEvent[];
  /** Whom to call. */
  readonly contacts: readonly PumpContact[];
}

/** All that a message may tell beside the alarm. */
export interface Facts {
  readonly site: string;
  /** IANA name. */
  readonly timezone: string;
  /** Where the page is; undefined when there is none. */
  readonly page: string | undefined;
  /** Undefined for a rule that is in force no more. */
  rule(id: string, priority: Priority): RuleFacts | undefined;
  pump(id: string): PumpFacts | undefined;
  /** All alarms that go on. */
  active(): readonly AlarmNow[];
  /** Who is told next when nobody acknowledges, and at which wall time; undefined when nobody is. */
  next(alarm: AlarmNow): { readonly at: number; readonly channels: readonly string[] } | undefined;
}
