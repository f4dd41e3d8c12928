/** Writes instants as a gateway's date and time fields, by the wall clock of a zone. */
export class WallClockText {
  readonly #format: Intl.DateTimeFormat;

  /** `timezone` is an IANA name. */
  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: '2-digit',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** `11/21/26,9:47:05,` */
  at(instant: Date): Buffer {
    const parts = new Map(this.#format.formatToParts(instant).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!;
    return Buffer.from(`${part('month')}/${part('day')}/${part('year')},${Number(part('hour'))}:${part('minute')}:${part('second')},`);
  }
}
