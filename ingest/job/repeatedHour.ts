import type { Breach } from '../../domain/alarm/breach.ts';
import { counted } from '../../domain/counted.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { SiteClock } from '../../domain/reading/siteClock.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';

const HOUR_MS = 3_600_000;
/** How many pumps are named. */
const NAMED = 3;
/** Hours of which something is to be told; a site that reads the files of many years has few more. */
const MOST_HOURS = 100;

/** Readings of one hour that replaced others. */
interface Hour {
  count: number;
  /** How many of them have been told. */
  told: number;
  readonly pumps: Set<string>;
}

/**
 * Looks after the hour that the site's clock shows twice in autumn: readings of its second pass have the keys of the first,
 * and replace it. They are counted and warned of, and alerts of the first pass are told all the same.
 */
export class RepeatedHour {
  readonly #clock: SiteClock;
  readonly #onLog: (event: LogEvent) => void;
  readonly #hours = new Map<number, Hour>();

  constructor(clock: SiteClock, onLog: (event: LogEvent) => void) {
    this.#clock = clock;
    this.#onLog = onLog;
  }

  /** Those of some breaches whose readings are of such an hour. */
  breachesIn(breaches: readonly Breach[], { time }: Readings): readonly Breach[] {
    return breaches.filter(({ row }) => this.#clock.isTwice(time[row]));
  }

  /** Counts rows of a committed step that replaced others, 1 at their numbers. Warns as the count rises: at 1, 2, 4, 8 and so on. */
  add({ names, pump, time }: Readings, replacing: Uint8Array | undefined): void {
    if (!replacing) return;
    for (let row = 0; row < replacing.length; row++)
      if (replacing[row] === 1 && this.#clock.isTwice(time[row])) this.#count(time[row], names[pump[row]]);
    for (const [from, hour] of this.#hours) if (hour.count >= 2 * hour.told && hour.count > hour.told) this.#warn(from, hour);
  }

  /** Warns of what has come since. */
  end(): void {
    for (const [from, hour] of this.#hours) if (hour.count > hour.told) this.#warn(from, hour);
  }

  #count(time: number, pump: string): void {
    const from = Math.floor(time / HOUR_MS) * HOUR_MS;
    const hour = this.#hours.get(from) ?? { count: 0, told: 0, pumps: new Set<string>() };
    if (this.#hours.size >= MOST_HOURS && !this.#hours.has(from)) return;
    this.#hours.set(from, hour);
    hour.count++;
    hour.pumps.add(pump);
  }

  #warn(from: number, hour: Hour): void {
    hour.told = hour.count;
    const pumps = [...hour.pumps];
    const others = pumps.length > NAMED ? ` and ${counted(pumps.length - NAMED, 'other pump')}` : '';
    const [date, clock] = formatTime(from).split('T');
    this.#onLog({
      level: 'warn',
      message:
        `${counted(hour.count, 'reading')} of ${pumps.slice(0, NAMED).join(', ')}${others} ` +
        `replaced ${hour.count === 1 ? 'another' : 'others'} in the hour from ${clock.slice(0, 5)} on ${date}, which the clock of ` +
          `${this.#clock.zone} shows twice: ` +
        'let the gateways report UTC and set site.timezone to UTC, or let them keep standard time all year. ' +
        '"wellwatch status" lists the alerts that went',
    });
  }
}
