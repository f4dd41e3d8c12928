import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone.js';
import utc from 'dayjs/plugin/utc.js';
import { DAY_MS, dayOf } from './wallClock.ts';

dayjs.extend(utc);
dayjs.extend(timezone);

/** Zones change their offset at whole quarters of an hour only. */
const QUARTER_MS = 900_000;
const MINUTE_MS = 60_000;
/** How many answers are remembered; then it begins anew. */
const MOST_KEPT = 10_000;

/** What the site's wall clock shows at an instant, and which of its times come twice. Cheap to ask again and again. */
export class SiteClock {
  /** IANA name. */
  readonly zone: string;
  /** By quarter of an hour, ms. */
  readonly #offsets = new Map<number, number>();
  /** By quarter of an hour of the wall clock. */
  readonly #twice = new Map<number, boolean>();

  constructor(zone: string) {
    this.zone = zone;
  }

  /** The site's wall time at an instant, ms since 1970-01-01T00:00Z. */
  wallTimeAt(instant: number): number {
    return instant + this.#offsetAt(instant);
  }

  /** Whether the clock shows a wall time twice, because it is set back in autumn. */
  isTwice(time: number): boolean {
    const day = dayOf(time) * DAY_MS;
    if (this.#offsetAt(day - DAY_MS) === this.#offsetAt(day + 2 * DAY_MS)) return false;
    const quarter = Math.floor(time / QUARTER_MS);
    return kept(this.#twice, quarter, () => {
      const at = quarter * QUARTER_MS;
      const offsets = [this.#offsetAt(at - DAY_MS), this.#offsetAt(at + DAY_MS)];
      return offsets[0] !== offsets[1] && offsets.every((offset) => this.#offsetAt(at - offset) === offset);
    });
  }

  #offsetAt(instant: number): number {
    const quarter = Math.floor(instant / QUARTER_MS);
    return kept(this.#offsets, quarter, () => dayjs(quarter * QUARTER_MS).tz(this.zone).utcOffset() * MINUTE_MS);
  }
}

function kept<T>(answers: Map<number, T>, key: number, find: () => T): T {
  let answer = answers.get(key);
  if (answer !== undefined) return answer;
  if (answers.size >= MOST_KEPT) answers.clear();
  answer = find();
  answers.set(key, answer);
  return answer;
}
