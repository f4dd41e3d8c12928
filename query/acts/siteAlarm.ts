import type { Lived } from '../../domain/alarm/acts/life.ts';
import type { Priority } from '../../domain/alarm/rule.ts';

/** An alarm as people are told of it. */
export interface SiteAlarm extends Lived {
  readonly priority: Priority;
  /** The first reading that is back inside; null while there is none. */
  readonly returned: number | null;
  readonly worst: number | null;
  readonly worstAt: number | null;
  /** How many readings were beyond the limit. */
  readonly readings: number;
}
