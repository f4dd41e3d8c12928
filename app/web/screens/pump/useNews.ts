import { useLive } from '../../live.ts';
import { useSoon } from '../../useSoon.ts';

/** Calls when the stream told something that may concern a pump: at once, then at most every five seconds. */
export function useNews(pump: string, tell: () => void): void {
  const soon = useSoon(tell, 5000);
  useLive('window', ({ rows }) => { if (rows.some((row) => row.pump === pump)) soon(); });
  useLive('batch', ({ outcome }) => { if (outcome.stored > 0) soon(); });
  useLive('alerts', ({ runs }) => { if (runs.some((run) => run.pump === pump)) soon(); });
  useLive('withdrawn', ({ alerts }) => { if (alerts.some((alert) => alert.pump === pump)) soon(); });
}
