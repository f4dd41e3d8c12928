import { computed, signal } from '@preact/signals';
import { connected, lastHeard } from './connection.ts';
import { me } from './session.ts';

const TICK_MS = 5000;

/** This moment, ms since 1970-01-01T00:00Z, moving every few seconds: whoever reads it in a component is drawn again. */
export const present = signal(Date.now());
setInterval(() => { present.value = Date.now(); }, TICK_MS);

/** What is shown is of this moment: the present one, and while nobody answers the one when the last word was heard. */
export const now = computed(() => (connected.value ? present.value : lastHeard.value));

/** The parts of a moment on the site's wall clock, as a wall time: ms as if every day had 24 hours. */
export const siteClock = computed(() => {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: me.value.timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant: number): number => {
    const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part['year'], part['month'] - 1, part['day'], part['hour'], part['minute'], part['second']);
  };
});

/** Now on the site's wall clock, a wall time. */
export const siteNow = computed(() => siteClock.value(now.value));
