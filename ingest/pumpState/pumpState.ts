import type { Readings } from '../../domain/reading/readings.ts';
import { counted } from '../../domain/counted.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Table } from '../../storage/table/table.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { LatenessKeeper, StepFacts } from '../job/stepKeeper.ts';
import { ArrivalWindows, MOST_PUMP_DAYS, type WindowSettings } from './arrivalWindows.ts';
import { FORMAT_NAME, formatOf, type KeptState, readKept } from './keptState.ts';
import { type PaneChange, PaneFragments } from './paneFragments.ts';
import { addToTotal, encodeTotal, type PumpTotal, recountTotal, totalName } from './pumpTotals.ts';
import { summarizeStep } from './stepSummary.ts';
import { reportOf, type WindowReport } from './windowReport.ts';
import { advice, checkWindowSize } from './windowSize.ts';

export interface PumpStateOptions {
  readonly table: Table;
  readonly window: WindowSettings;
  /** How many pumps should report, as far as is known; at least those count that have. */
  readonly pumps?: number | undefined;
  /** So many pump-days of all panes are kept; for tests. */
  readonly mostPumpDays?: number | undefined;
  /** How much earlier than the newest reading of its pump a reading may come and not be late, ms. */
  readonly latenessMs: number;
  /** Told each window when it is complete; of empty ones only the first. After a restart the last one once more. */
  readonly onWindow: (window: WindowReport) => void;
  readonly onLog: (event: LogEvent) => void;
}

/** What a step changes, until it is committed. */
interface Change {
  readonly pane: number;
  readonly pumpDays: ReturnType<typeof summarizeStep>['pumpDays'];
  readonly fragments: PaneChange;
  readonly totals: readonly (readonly [pump: string, total: PumpTotal])[];
  readonly late: number;
  readonly mended: ReadonlyMap<string, Json>;
}

/**
 * What the job keeps of the rows that are stored: a window by arrival, of each pump and date of its readings; and totals
 * by pump, which count its rows, alerts and late rows and know its last reading. All of it commits with the step that
 * made it. A step writes only what it changes.
 */
export class PumpState implements LatenessKeeper {
  /** By pump, since the table was made. */
  readonly #totals = new Map<string, PumpTotal>();
  readonly #options: PumpStateOptions;
  readonly #windows: ArrivalWindows;
  readonly #fragments = new PaneFragments();
  /** What is to be written or forgotten with the next step, because it was not as it should be. */
  readonly #mend = new Map<string, Json>();
  #change: Change | undefined;
  #late = 0;
  /** Panes that are older are forgotten. */
  #firstPane = -Infinity;
  #saidTooMany = false;

  private constructor(options: PumpStateOptions) {
    this.#options = options;
    this.#windows = new ArrivalWindows(options.window, {
      mostPumpDays: options.mostPumpDays ?? MOST_PUMP_DAYS,
      onTooMany: () => this.#hearTooMany(),
    });
  }

  /**
   * Goes on with what was kept; what can't be used is made anew, and told. Throws CONFIG when the window is too much for so many
   * pumps, and what the table throws.
   */
  static async open(state: ReadonlyMap<string, Json>, now: number, options: PumpStateOptions): Promise<PumpState> {
    const kept = readKept(state);
    const pumps = new PumpState(options);
    await pumps.#restoreTotals(kept);
    checkWindowSize(options.window, Math.max(options.pumps ?? 0, pumps.#totals.size));
    pumps.#restoreWindows(kept, now);
    for (const name of kept.unusable) if (!pumps.#mend.has(name)) pumps.#mend.set(name, null);
    return pumps;
  }

  decided(readings: Readings, duplicates: Uint8Array, { batch, breaches }: StepFacts): Readonly<Record<string, Json>> {
    const { latenessMs } = this.#options;
    const newestOf = (pump: string) => this.#totals.get(pump)?.last.time ?? -Infinity;
    const { pumpDays, pumps } = summarizeStep({ readings, duplicates, breaches, latenessMs, newestOf });
    const pane = this.#windows.paneOf(batch);
    const fragments = this.#fragments.change(pane, pumpDays, Math.max(this.#firstPane, this.#windows.firstPane));
    const totals = pumps.map((summary) => [summary.pump, addToTotal(this.#totals.get(summary.pump), summary)] as const);
    const late = pumps.reduce((sum, pump) => sum + pump.late, 0);
    this.#change = { pane, pumpDays, fragments, totals, late, mended: new Map(this.#mend) };
    return {
      ...Object.fromEntries(this.#mend),
      ...fragments.state,
      ...Object.fromEntries(totals.map(([pump, total]) => [totalName(pump), encodeTotal(total)])),
    };
  }

  get late(): number {
    return this.#late;
  }

  committed(): void {
    const change = this.#change;
    this.#late = change?.late ?? 0;
    if (!change) return;
    this.#change = undefined;
    change.fragments.commit();
    if (change.pumpDays.keys.length > 0) this.#windows.add(change.pane, change.pumpDays);
    for (const [pump, total] of change.totals) this.#totals.set(pump, total);
    for (const name of change.mended.keys()) this.#mend.delete(name);
  }

  /** A pump's total as the table has it after rows were taken back, between two steps; windows by arrival stay as they were. */
  correct(pump: string, total: PumpTotal | undefined): void {
    if (total) this.#totals.set(pump, total);
    else this.#totals.delete(pump);
  }

  over(time: number): void {
    const { onWindow, window } = this.#options;
    for (const result of this.#windows.over(time)) onWindow(reportOf(result, window, this.#totals));
  }

  #hearTooMany(): void {
    const { window, onLog } = this.#options;
    this.#firstPane = this.#windows.openPane;
    if (this.#saidTooMany) return;
    this.#saidTooMany = true;
    onLog({
      level: 'error',
      message:
        'window: its panes have more pumps and dates than are kept in memory, so that windows begin anew and none is told until one is ' +
        `whole again; readings, alerts and totals are not concerned. ${advice(window, this.#totals.size)}`,
    });
  }

  #restoreWindows({ settings, panes, unusable }: KeptState, now: number): void {
    const { window, onWindow, onLog } = this.#options;
    const same = settings?.lengthMs === window.lengthMs && settings.slideMs === window.slideMs;
    if (!same) this.#mend.set(FORMAT_NAME, formatOf(window));
    const lost = unusable.filter((name) => name.startsWith('window')).length;
    if (settings && !same)
      onLog({
        level: 'info',
        message:
          `window: it was ${settings.lengthMs} ms long every ${settings.slideMs} ms, now it is ${window.lengthMs} ms every ` +
          `${window.slideMs} ms: the windows begin anew, totals stay`,
      });
    else if (lost > 0)
      onLog({
        level: 'warn',
        message:
          `windows: what was kept of them can't be read (${counted(lost, 'part')}): they begin anew without it; ` +
          'the readings are all in the table',
      });
    this.#windows.begin(now);
    const first = this.#windows.openPane;
    const open = this.#windows.paneOf(now);
    const ahead = same ? [...panes.keys()].filter((pane) => pane > open) : [];
    if (ahead.length > 0)
      onLog({
        level: 'warn',
        message: `windows: rows of the last run came at a time that is still to come, so the clock was set back: windows are without them`,
      });
    for (const [pane, fragments] of panes) {
      if (!same || pane > open) fragments.forEach((_, i) => this.#mend.set(`window:${pane}:${i}`, null));
      else this.#fragments.restore(pane, fragments);
      if (same && pane <= open && pane >= first) for (const rows of fragments) this.#windows.add(pane, rows);
    }
    const last = this.#windows.over(now).at(-1);
    if (last && last.rows.length > 0) onWindow(reportOf(last, window, this.#totals));
  }

  async #restoreTotals({ totals }: KeptState): Promise<void> {
    const { table, onLog } = this.#options;
    for (const [pump, total] of totals) this.#totals.set(pump, total);
    let recounted = 0;
    for (const pump of await table.pumps()) {
      if (totals.has(pump)) continue;
      const total = await recountTotal(table, pump);
      if (!total) continue;
      this.#totals.set(pump, total);
      this.#mend.set(totalName(pump), encodeTotal(total));
      recounted += 1;
    }
    if (recounted > 0)
      onLog({
        level: 'warn',
        message:
          `totals: those of ${counted(recounted, 'pump')} were not there, or could not be read: counted anew from the readings ` +
          'and alerts in the table, without rows that were replaced or have expired; late rows are counted from zero',
      });
  }
}
