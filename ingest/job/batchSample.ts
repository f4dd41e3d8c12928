import type { Alert } from '../../domain/alarm/alert.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { EnrichedAlert } from '../../domain/alarm/enriched.ts';
import type { Json } from '../../storage/table/state.ts';
import type { StepKeeper } from './stepKeeper.ts';

/** A reading by itself. */
export interface SampledReading {
  readonly pump: string;
  /** Wall time. */
  readonly time: number;
  /** In the order of MEASURES. */
  readonly values: readonly number[];
}

/** The beginning of what came in a batch, and how much it was. */
export interface BatchSample {
  /** The first readings in order of receipt, duplicates among them. */
  readonly readings: readonly SampledReading[];
  readonly readingCount: number;
  /** The first alerts, joined. */
  readonly alerts: readonly EnrichedAlert[];
  readonly alertCount: number;
  /** How many rows all its alerts have joined with their maintenance, one for each event, and one for a pump without any. */
  readonly joinedCount: number;
}

/** How many readings and alerts a sample has at most. */
export const SAMPLED = 10;

const NOTHING: BatchSample = { readings: [], readingCount: 0, alerts: [], alertCount: 0, joinedCount: 0 };

/** Takes a sample of each batch. Keeps nothing in the table. */
export class BatchSampler implements StepKeeper {
  #sample = NOTHING;
  /** Of the step under way. */
  #readings: readonly SampledReading[] = [];
  #readingCount = 0;
  #alerts: EnrichedAlert[] = [];

  decided(readings: Readings): Readonly<Record<string, Json>> {
    this.#readingCount = readings.length;
    const rows = Math.min(readings.length, SAMPLED - this.#sample.readings.length);
    this.#readings = Array.from({ length: rows }, (_, row) => ({
      pump: readings.names[readings.pump[row]],
      time: readings.time[row],
      values: readings.values.map((column) => column[row]),
    }));
    return {};
  }

  /** Adds alerts of the step under way. */
  raised(alerts: readonly EnrichedAlert[]): void {
    for (const alert of alerts) this.#alerts.push(alert);
  }

  /** Takes those back that were told of the step under way. */
  withdrawn(alerts: readonly Alert[]): void {
    const gone = new Set(alerts.map(identityOf));
    this.#alerts = this.#alerts.filter((alert) => !gone.has(identityOf(alert)));
  }

  committed(): void {
    const { readings, readingCount, alerts, alertCount, joinedCount } = this.#sample;
    this.#sample = {
      readings: [...readings, ...this.#readings],
      readingCount: readingCount + this.#readingCount,
      alerts: [...alerts, ...this.#alerts.slice(0, SAMPLED - alerts.length)],
      alertCount: alertCount + this.#alerts.length,
      joinedCount: this.#alerts.reduce((count, { maintenance }) => count + Math.max(1, maintenance.length), joinedCount),
    };
    this.#alerts = [];
    this.#readings = [];
    this.#readingCount = 0;
  }

  /** The sample of the batch that is over, or undefined when no reading came. */
  take(): BatchSample | undefined {
    const sample = this.#sample;
    this.#sample = NOTHING;
    return sample.readingCount > 0 ? sample : undefined;
  }
}

function identityOf({ pump, time, rule }: Alert): string {
  return JSON.stringify([pump, time, rule]);
}
