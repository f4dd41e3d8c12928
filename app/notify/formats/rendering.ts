import type { Facts } from '../../../domain/notify/facts.ts';
import type { DailyReport } from '../../../domain/notify/report.ts';
import type { Text } from '../../../domain/notify/text.ts';
import type { Notice } from '../../../domain/notify/told.ts';

/** A daily report before it has a form. */
export interface ReportRendering {
  readonly id: string;
  readonly report: DailyReport;
  readonly text: Text;
  readonly site: string;
  readonly url: string | null;
  /** When it was made, ISO 8601, UTC. */
  readonly timestamp: string;
}

/** A message before it has a form. */
export interface Rendering {
  readonly id: string;
  readonly notice: Notice;
  readonly text: Text;
  readonly facts: Facts;
  /** Where to look at it; null when there is no page. */
  readonly url: string | null;
  /** When it was made, ISO 8601, UTC. */
  readonly timestamp: string;
}
