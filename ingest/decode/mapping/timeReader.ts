import { SiteClock } from '../../../domain/reading/siteClock.ts';
import { DAY_MS, formatDay, formatTime, MAX_TIME, MIN_TIME } from '../../../domain/reading/wallClock.ts';
import { quoteField } from '../csv/fields.ts';
import { EPOCH_UNITS, type EpochUnit, type Format } from './format.ts';
import { fixedOffset, readIso, readSerial, TimeFormat, type WrittenTime } from './timeFormat.ts';

/** Epoch times of readings are from 1980 on: a clock that begins at 1970 is not set. And before 2100. */
const EARLIEST = Date.UTC(1980, 0);
const LATEST = Date.UTC(2100, 0);
const EPOCH = /^[+-]?\d{1,20}(?:\.\d*)?(?:[eE][+]?\d{1,2})?$/;

/** Whether times of a source name their zone: decided by the first that is read. */
export type Zoned = boolean | undefined;

/** Reads the times of a format: texts or numbers become wall times of the site. */
export class TimeReader {
  readonly #format: Format;
  readonly #site: SiteClock;
  readonly #parse: (text: string) => WrittenTime | undefined;
  readonly #toSite: (wall: number) => number;
  #lastText = '';
  #last: number | string = '';
  #lastZoned: boolean | undefined;

  constructor(format: Format, siteZone: string) {
    const { format: written = 'iso', zone } = format.time;
    this.#format = format;
    this.#site = new SiteClock(siteZone);
    this.#parse = written === 'iso' ? readIso : bound(new TimeFormat(written));
    this.#toSite = zone === 'site' || zone === siteZone ? (wall) => wall : this.#fromZone(zone);
  }

  /** The wall time of a message that tells none: when it was received. */
  ofReceipt(receivedAt: number): number {
    return this.#aligned(this.#site.wallTimeAt(receivedAt));
  }

  /**
   * The wall time of a text, or why it is none. `zoned` says whether the source's times before named their zone, undefined
   * before the first: one that differs from them is not guessed at.
   */
  read(text: string, zoned: Zoned): number | string {
    if (text === this.#lastText && this.#lastZoned === zoned) return this.#last;
    const { unit } = this.#format.time;
    const read = unit === undefined ? this.#readText(text, zoned) : unit === 'excel' ? this.#readSerial(text) : this.#readEpoch(text, unit);
    this.#lastText = text;
    this.#lastZoned = zoned;
    return (this.#last = read);
  }

  /** Whether a text that can be read names its zone; undefined where the format decides that. */
  isZoned(text: string): Zoned {
    return this.#format.time.unit === undefined ? this.#parse(text)?.offsetMs !== undefined : undefined;
  }

  #readText(text: string, zoned: Zoned): number | string {
    const written = this.#parse(text);
    if (!written) return this.#textReason(text);
    const { wall, offsetMs } = written;
    if (zoned !== undefined && zoned !== (offsetMs !== undefined))
      return `expected a time ${zoned ? 'with' : 'without'} a zone as the ones before, got ${quoteField(text)}`;
    return this.#aligned(offsetMs === undefined ? this.#toSite(wall) : this.#site.wallTimeAt(wall - offsetMs));
  }

  #textReason(text: string): string {
    const { name, time: { format = 'iso' } } = this.#format;
    const wanted = format === 'iso' ? 'an ISO time such as 2014-03-14T01:00:00Z' : `a time like ${format}`;
    const hint = /^\d{9,19}(\.\d+)?$/.test(text) ? `, which looks like an epoch time: set formats.${name}.time.unit` : '';
    return `expected ${wanted}, got ${quoteField(text)}${hint}`;
  }

  #readEpoch(text: string, unit: EpochUnit): number | string {
    if (!EPOCH.test(text)) return `expected ${unit} since 1970, got ${quoteField(text)}`;
    const count = Number(text);
    const instant = Math.floor(count * EPOCH_UNITS[unit]);
    if (instant >= EARLIEST && instant < LATEST) return this.#aligned(this.#site.wallTimeAt(instant));
    return `expected ${unit} since 1970, got ${quoteField(text)}, which would be ${dayText(instant)}${this.#unitHint(count)}`;
  }

  #readSerial(text: string): number | string {
    const wall = readSerial(text);
    if (wall !== undefined && wall >= EARLIEST && wall < LATEST) return this.#aligned(this.#toSite(wall));
    const got = wall === undefined ? '' : `, which would be ${dayText(wall)}`;
    return `expected days since 1899-12-30 as a spreadsheet counts them, got ${quoteField(text)}${got}`;
  }

  #unitHint(count: number): string {
    for (const [unit, ms] of Object.entries(EPOCH_UNITS)) {
      const instant = count * ms;
      if (instant >= Date.UTC(2000, 0) && instant < LATEST)
        return ` but is ${dayText(instant)} in ${unit}: set formats.${this.#format.name}.time.unit to ${unit}`;
    }
    return ': the sender\'s clock is not set';
  }

  #aligned(wall: number): number {
    const { alignMs } = this.#format.time;
    return alignMs > 1 ? Math.floor(wall / alignMs) * alignMs : wall;
  }

  /** From the wall clock of another zone to that of the site. Of an hour that a zone repeats the first is taken. */
  #fromZone(zone: string): (wall: number) => number {
    const offsetMs = fixedOffset(zone);
    if (offsetMs !== undefined) return (wall) => this.#site.wallTimeAt(wall - offsetMs);
    const other = new SiteClock(zone);
    return (wall) => {
      const before = wall - offsetAt(other, wall - DAY_MS);
      return this.#site.wallTimeAt(other.wallTimeAt(before) === wall ? before : wall - offsetAt(other, before));
    };
  }
}

function bound(format: TimeFormat): (text: string) => WrittenTime | undefined {
  return (text) => format.read(text);
}

function offsetAt(clock: SiteClock, instant: number): number {
  return clock.wallTimeAt(instant) - instant;
}

function dayText(instant: number): string {
  if (!(instant >= MIN_TIME && instant < MAX_TIME)) return 'in no year from 0 to 9999';
  return instant % DAY_MS === 0 ? formatDay(instant / DAY_MS) : formatTime(Math.floor(instant)).slice(0, 10);
}
