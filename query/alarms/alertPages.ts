import type { Alert } from '../../domain/alarm/alert.ts';
import type { Selection } from '../../domain/reading/selection.ts';
import type { StoredAlerts } from '../../storage/table/alerts.ts';
import type { StoredPumps } from '../../storage/table/pumps.ts';

/** A page holds at least this many alerts, unless it is the last of its pump. */
const PAGE_ALERTS = 8192;

/** Alerts by pump, then time, then rule, in pages of one pump each; each from a snapshot of its own, as with `readingPages`. */
export async function* alertPages(table: StoredPumps & StoredAlerts, { pump, from, to }: Selection): AsyncGenerator<Alert[], void> {
  for (const each of pump === undefined ? await table.pumps() : [pump]) {
    let next = from;
    for (;;) {
      const page: Alert[] = [];
      for await (const piece of table.alerts({ pump: each, from: next, to })) {
        page.push(...piece);
        if (page.length >= PAGE_ALERTS) break;
      }
      const full = page.length >= PAGE_ALERTS;
      // Several rules may alarm at one time: what shares the last time is left to the next page.
      next = page.at(-1)?.time;
      const whole = full ? page.filter((alert) => alert.time !== next) : page;
      if (whole.length > 0) yield whole;
      if (!full) break;
    }
  }
}
