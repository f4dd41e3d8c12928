import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredAlerts } from '../../storage/table/alerts.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import type { StoredPumps } from '../../storage/table/pumps.ts';
import { AlertDays, type DayAlerts } from './alertDays.ts';
import { PumpDays } from './pumpDays.ts';
import { alertsByDay, countDay } from './readDayAlerts.ts';
import { Turns } from '../turns.ts';

/**
 * What is known of the table is looked at again when it is this old, in ms; when a look takes long, when it is older, up
 * to the second figure.
 */
const AGE_MS = 500;
const MOST_AGE_MS = 5000;
const COST_SHARE = 10;
/**
 * An answer waits this long for a look, in ms, and then tells what is known. When that is older than the second figure,
 * it waits to the end.
 */
const PATIENCE_MS = 20;
const STALE_MS = 15_000;

export interface AlertIndexOptions {
  readonly table: StoredAlerts & StoredDays & StoredPumps;
  readonly alertsTtlMs: number | null;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

/** A pump's days that have changed since they were read, each with the step that last changed it. */
type DueDays = Map<number, number>;

/**
 * Which pump-days there are, how many alerts each has, and where in the day. All of it is in memory, about half a second old;
 * older where a look at the table takes long. Only pump-days that have changed are read again. What is known of a pump changes
 * all at once. Memory grows with pump-days and spans of alerts, not with readings or alerts.
 */
export class AlertIndex {
  readonly days: PumpDays;
  readonly alerts = new AlertDays();
  readonly #options: AlertIndexOptions;
  readonly #due = new Map<string, DueDays>();
  #looking: Promise<void> | undefined;
  #lookedAt = -Infinity;
  #age = 0;

  constructor(options: AlertIndexOptions) {
    this.#options = options;
    this.days = new PumpDays(options.table);
  }

  /**
   * Brings it up to date, unless that was done a moment ago. When a look is slow, and what is known is younger than
   * STALE_MS, the caller answers from what is known, and the look goes on in the background. Throws STORE_UNAVAILABLE when
   * pump-days or alerts can't be read.
   */
  async refresh(): Promise<void> {
    // A clock that was set back makes it look again, not wait.
    const age = Math.abs(this.#options.now() - this.#lookedAt);
    if (!this.#looking && age < this.#age) return;
    const looking = this.#begin();
    // A look that fails in the background is told to nobody. Whoever has to wait for a look is told what that one fails with.
    await (age < STALE_MS ? Promise.race([looking, sleep(PATIENCE_MS)]) : looking);
  }

  /** Resolves when everything is known that had changed before the call. Throws STORE_UNAVAILABLE as {@link refresh} does. */
  async catchUp(): Promise<void> {
    // A look that has begun may have passed what changed since.
    await this.#looking?.catch(() => undefined); // its own failure is told to who asked for it
    await this.#begin();
  }

  /** The look that is under way, or a new one. */
  #begin(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => { this.#looking = undefined; }));
  }

  async #look(): Promise<void> {
    const startedAt = performance.now();
    const turns = new Turns();
    await this.days.look(turns, ({ pump, day, changedAt }) => this.#isDue(pump, day, changedAt));
    this.#findExpired();
    for (const [pump, days] of this.#due) {
      await this.#read(pump, days, turns);
      await turns.next();
    }
    this.#lookedAt = this.#options.now();
    this.#age = Math.min(MOST_AGE_MS, Math.max(AGE_MS, COST_SHARE * (performance.now() - startedAt)));
  }

  #isDue(pump: string, day: number, changedAt: number): void {
    const days = this.#due.get(pump) ?? new Map<number, number>();
    this.#due.set(pump, days.set(day, changedAt));
  }

  #findExpired(): void {
    const { alertsTtlMs, now } = this.#options;
    if (alertsTtlMs === null) return;
    const expiredBefore = now() - alertsTtlMs;
    for (const { pump, day, oldest } of this.alerts.all()) {
      if (oldest <= expiredBefore && !this.#due.get(pump)?.has(day))
        this.#isDue(pump, day, this.days.of(pump)!.between(day, day)[0].changedAt);
    }
  }

  /** Reads the alerts of a pump's changed days. */
  async #read(pump: string, due: DueDays, turns: Turns): Promise<void> {
    const days = [...due.keys()].sort((a, b) => a - b);
    const found = new Map<number, DayAlerts>();
    for await (const alerts of alertsByDay(this.#options.table, { pump, days }, turns)) {
      const counted = countDay(alerts);
      found.set(counted.day, counted);
    }
    // Without a pause, so that nobody who asks sees half of it.
    for (const [day, changedAt] of due) {
      this.days.set(pump, day, changedAt);
      const alerts = found.get(day);
      if (alerts) this.alerts.set(alerts);
      else this.alerts.remove(pump, day);
    }
    this.#due.delete(pump);
  }
}
