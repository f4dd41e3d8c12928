import type { Alert } from '../../domain/alarm/alert.ts';
import type { Enriched, EnrichedAlert } from '../../domain/alarm/enriched.ts';
import type { AlertRun, NewRun } from '../../domain/alarm/alertRun.ts';
import type { BatchSample } from '../../ingest/job/batchSample.ts';
import type { WindowReport } from '../../ingest/pumpState/windowReport.ts';
import type { StreamingListener } from '../../ingest/reports/streamingListener.ts';

/** Who looks on while a site runs. What is left out is not listened to. */
export interface SiteListener extends StreamingListener {
  /** Each new alert, joined; only when the site was made to tell each. */
  onAlerts?(alerts: readonly EnrichedAlert[]): void;
  /** So many new alerts came while `unread` of the site's options was set. */
  onUnread?(alerts: number): void;
  /**
   * Alarms, or what may become one, that have new alerts, each as a whole as it is now; only when the site was made to tell these. What
   * turns out to be something else half a second later is told anew.
   */
  onRuns?(runs: readonly Enriched<AlertRun>[]): void;
  /** The new alerts of a step, before anything is known of what they belong to. */
  onNewRuns?(runs: readonly NewRun[]): void;
  /** Alerts that hold no longer: a later receipt corrected their reading. */
  onWithdrawn?(alerts: readonly Alert[]): void;
  /** After each batch that had readings, when the site was made to give samples; `time` is when its interval ended. */
  onSample?(time: number, sample: BatchSample): void;
  /** A window that is complete. */
  onWindow?(window: WindowReport): void;
}
