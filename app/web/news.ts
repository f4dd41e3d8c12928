import { type Signal, signal } from '@preact/signals';
import { on } from './live.ts';

/** Rises when runs of alerts may have changed: at once for new alerts, now and then for what other rows may have ended. */
export const alertNews = signal(0);
/** Rises when readings have come, every few seconds at most. */
export const readingNews = signal(0);

const alertsSoon = atMostEvery(alertNews);
const readingsSoon = atMostEvery(readingNews);

on('alerts', () => alertsSoon(500));
on('withdrawn', () => alertsSoon(500));
on('batch', ({ inputSize }) => {
  if (inputSize === 0) return;
  alertsSoon(5000);
  readingsSoon(5000);
});

/** Raises a signal after a pause, once for all that was asked for meanwhile; the shortest pause counts. */
function atMostEvery(news: Signal<number>): (pauseMs: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  return (pauseMs) => {
    const at = Date.now() + pauseMs;
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => {
      due = Infinity;
      news.value += 1;
    }, pauseMs);
  };
}
