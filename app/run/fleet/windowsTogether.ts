import { REPORTED_ROWS, type WindowReport } from '../../../ingest/pumpState/windowReport.ts';

/** Makes one window of those of the partitions that a worker has: each pump is in one of them. */
export class WindowsTogether {
  readonly #latest = new Map<number, WindowReport>();
  readonly #tell: (window: WindowReport) => void;

  constructor(tell: (window: WindowReport) => void) {
    this.#tell = tell;
  }

  /** A partition's window is complete. Tells what is known of the newest end so far. */
  add(partition: number, window: WindowReport): void {
    this.#latest.set(partition, window);
    const time = Math.max(...Array.from(this.#latest.values(), (one) => one.time));
    const same = [...this.#latest.values()].filter((one) => one.time === time);
    const rows = same.flatMap((one) => one.rows).sort((a, b) => b.alerts - a.alerts || a.min - b.min).slice(0, REPORTED_ROWS);
    this.#tell({ ...window, time, rows, pumpDays: same.reduce((sum, { pumpDays }) => sum + pumpDays, 0) });
  }

  /** The partition is another worker's now. */
  drop(partition: number): void {
    this.#latest.delete(partition);
  }
}
