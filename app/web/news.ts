import { type Signal, signal } from '@preact/signals';
import { on } from './live.ts';

/** What comes together is asked for together. */
const SOON_MS = 200;
/** The server’s own knowledge of runs is half a second old as a rule: by then it has what a batch changed. */
const USUALLY_SETTLED_MS = 1500;
/**
 * Where looking takes long it is five seconds old, and an answer does not wait for the look that it asks for: it has
 * looked by itself by then.
 */
const SETTLED_MS = 12_000;
/** Nothing is asked for more often than this on account of alerts, and of rows. */
const ALERTS_MS = 500;
const ROWS_MS = 5000;
const DAYS_MS = 60_000;
/** What time alone does to alarms is looked at so often. */
const TIME_MS = 30_000;

/** Rises when runs of alerts may have changed: at once for new alerts, now and then for what other rows may have ended. */
export const alertNews = signal(0);
/** Rises when readings have come, every few seconds at most. */
export const readingNews = signal(0);
/** The same for what is much to ask for: once a minute at most. */
export const dayNews = signal(0);

const alertsSoon = atMostEvery(alertNews);
const endsSoon = atMostEvery(alertNews, USUALLY_SETTLED_MS);
const endsLater = atMostEvery(alertNews, SETTLED_MS);
// An answer that comes sooner may be of before the batch, and no other batch need follow it.
const readingsSoon = atMostEvery(readingNews, USUALLY_SETTLED_MS);
const daysSoon = atMostEvery(dayNews);

// What the page is told first may be as old.
endsSoon(0);
endsLater(0);
// Silence, delays and shelves need nothing to come: time alone makes or ends alarms.
setInterval(() => {
  endsSoon(ROWS_MS);
  readingsSoon(ROWS_MS);
}, TIME_MS);
on('alerts', () => alertsSoon(ALERTS_MS));
on('withdrawn', () => alertsSoon(ALERTS_MS));
on('act', () => alertsSoon(ALERTS_MS));
on('batch', ({ inputSize }) => {
  if (inputSize === 0) return;
  endsSoon(ROWS_MS);
  endsLater(ROWS_MS);
  readingsSoon(ROWS_MS);
  daysSoon(DAYS_MS);
});

/** Raises a signal soon, but only so long after the last time; asked several times, it does so once. */
function atMostEvery(news: Signal<number>, soonMs = SOON_MS): (pauseMs: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  let last = 0;
  return (pauseMs) => {
    const at = Math.max(Date.now() + soonMs, last + pauseMs);
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => {
      due = Infinity;
      last = Date.now();
      news.value += 1;
    }, at - Date.now());
  };
}
