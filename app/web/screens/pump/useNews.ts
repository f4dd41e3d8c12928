import { useEffect, useRef } from 'preact/hooks';
import { useLive } from '../../live.ts';

const PAUSE_MS = 5000;

/** Calls when the stream told something that may concern a pump: at once, then at most every five seconds. */
export function useNews(pump: string, tell: () => void): void {
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(0);
  const latest = useRef(tell);
  latest.current = tell;
  const soon = () => {
    due.current ??= setTimeout(() => {
      due.current = undefined;
      told.current = Date.now();
      latest.current();
    }, Math.max(0, told.current + PAUSE_MS - Date.now()));
  };
  useLive('window', ({ rows }) => { if (rows.some((row) => row.pump === pump)) soon(); });
  useLive('batch', ({ outcome }) => { if (outcome.stored > 0) soon(); });
  useLive('alerts', ({ runs }) => { if (runs.some((run) => run.pump === pump)) soon(); });
  useLive('withdrawn', ({ alerts }) => { if (alerts.some((alert) => alert.pump === pump)) soon(); });
  useEffect(() => () => clearTimeout(due.current), []);
}
