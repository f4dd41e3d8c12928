import { Cron } from 'croner';

export interface ScheduleOptions {
  /** `HH:mm`, wall clock of the site. */
  readonly at: string;
  /** IANA name of the site's zone. */
  readonly timezone: string;
  /** The work. Reports its own failures: it must not reject. */
  readonly run: () => Promise<void>;
}

/**
 * Runs something once a day. It also runs it at the start: whatever was missed while the site was down is
 * caught up, since the daily batch knows itself what is due. Never two at once: when the time comes
 * during a run, the next follows when that has ended. On the day on which the clock skips the time, it
 * runs right after the gap; on the day that has it twice, once.
 */
export class DailySchedule {
  readonly #options: ScheduleOptions;
  #cron: Cron | undefined;
  #running = false;
  #again = false;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    const { at, timezone } = this.#options;
    const [hour, minute] = at.split(':').map(Number);
    this.#cron = new Cron(`${minute} ${hour} * * *`, { timezone, unref: true }, () => this.#trigger());
    void this.#trigger();
  }

  /** No run begins afterwards; one that is under way goes on. */
  stop(): void {
    this.#cron?.stop();
    this.#cron = undefined;
  }

  async #trigger(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#again && this.#cron) {
        this.#again = false;
        await this.#options.run();
      }
    } finally {
      this.#running = false;
    }
  }
}
