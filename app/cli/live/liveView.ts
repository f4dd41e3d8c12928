import pc from 'picocolors';
import type { Alert } from '../../../domain/alarm/alert.ts';
import { limitText, type Rule } from '../../../domain/alarm/rule.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { eventText } from '../../../domain/pump/reference.ts';
import { clipped, displayWidth } from '../textTable.ts';
import type { Enriched } from '../../../domain/alarm/enriched.ts';
import { type AlertRun, belongs, isWithin } from '../../../domain/alarm/alertRun.ts';
import type { WindowReport } from '../../../ingest/pumpState/windowReport.ts';
import { windowLines } from './windowTable.ts';

/** Where the view writes: a terminal, or a pipe or file that can't take back what was written. */
export interface ViewOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** False when the text was refused, as nobody reads: nothing of it was written. */
  write(text: string): boolean;
}

export interface LiveViewOptions {
  readonly out: ViewOutput;
  readonly now: () => number;
  readonly rules: readonly Rule[];
  /** IANA name of the site's zone. */
  readonly timezone?: string;
}

/** A run on the screen. */
interface Line {
  run: Enriched<AlertRun>;
  seenAt: number;
  printedAt: number;
  printedCount: number;
}

/** A run that nothing was added to for this long becomes history; if it goes on, it has a new line. */
const QUIET_MS = 20_000;
/** Where lines can't be changed, a run that goes on is told again this often. */
const REPEAT_MS = 10_000;
/** The table of the window has this share of the screen, also when there are many lines above it. */
const TABLE_SHARE = 0.4;

const MARKS = { high: '▲ HIGH', medium: '◆ MEDIUM', low: '● LOW' } as const;

/**
 * Alerts as they come, those of an alarm in one line that counts. On a terminal the lines of those that go on stay at the
 * bottom and change in place, and below them stands the window by pump.
 */
export class LiveView {
  readonly #out: ViewOutput;
  readonly #now: () => number;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #timezone: string;
  readonly #lines = new Map<string, Line>();
  #window: WindowReport | undefined;
  #last: string | undefined;
  /** Lines that stand at the bottom and are drawn again. */
  #drawn = 0;
  /** Lines that were left out while nobody read. */
  #lost = 0;

  constructor({ out, now, rules, timezone = 'UTC' }: LiveViewOptions) {
    this.#out = out;
    this.#now = now;
    this.#timezone = timezone;
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
  }

  /** Shows runs as they are now. */
  show(runs: readonly Enriched<AlertRun>[]): void {
    const now = this.#now();
    this.#settle(now);
    for (const run of runs) this.#add(run, now);
    if (this.#out.isTTY) this.#redraw();
    else this.#append(now);
  }

  /** Shows a window, instead of the one before; only on a terminal. */
  showWindow(window: WindowReport): void {
    if (!this.#out.isTTY) return;
    this.#window = window;
    this.#settle(this.#now());
    this.#redraw();
  }

  /** On a terminal this stays the last line, whatever happens above it. */
  keepLast(text: string): void {
    if (!this.#out.isTTY) return;
    this.#last = controlsReplaced(text);
    this.#redraw();
  }

  /** Says that alerts hold no longer, and takes them out of their runs. */
  withdraw(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      for (const [key, line] of this.#lines) {
        const { pump, count } = line.run;
        if (pump !== alert.pump || !belongs(alert, line.run)) continue;
        if (count > 1) line.run = { ...line.run, count: count - 1 };
        else this.#lines.delete(key);
      }
    }
    this.say(
      alerts
        .map(({ pump, time, rule }) => `${pc.dim('↩ withdrawn')}  ${controlsReplaced(pump)}  ${rule} of ${formatTime(time)} was corrected`)
        .join('\n'),
    );
  }

  /** Writes a line above the runs. */
  say(text: string): void {
    if (text === '') return;
    this.#keep(text.split('\n'));
    if (this.#out.isTTY) this.#redraw();
  }

  /** Somebody reads again: says how much was left out meanwhile. */
  goOn(): void {
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.say(pc.dim(`… ${lost.toLocaleString('en')} line${lost === 1 ? '' : 's'} left out, as nobody was reading`));
    else if (this.#out.isTTY) this.#redraw();
  }

  #add(run: Enriched<AlertRun>, now: number): void {
    const key = `${run.pump}\n${run.rule}\n${run.from}`;
    const known = this.#lines.get(key) ?? { printedAt: -Infinity, printedCount: 0 };
    for (const [other, line] of this.#lines) if (other !== key && isPartOf(line.run, run)) this.#lines.delete(other);
    this.#lines.set(key, { ...known, run, seenAt: now });
  }

  /** What nothing was added to for a while becomes history: its line stays as it is. */
  #settle(now: number): void {
    const over = [...this.#lines].filter(([, line]) => now - line.seenAt > QUIET_MS);
    if (over.length === 0) return;
    const untold = over.filter(([, line]) => this.#out.isTTY || line.printedCount < line.run.count);
    this.#keep(untold.flatMap(([, line]) => this.#textOf(line.run)));
    for (const [key] of over) this.#lines.delete(key);
  }

  #redraw(): void {
    // What is higher than the screen could not be erased; the cursor stands in a line of its own.
    const last = this.#last === undefined ? [] : [pc.dim(clipped(this.#last, this.#width))];
    const height = (this.#out.rows || 24) - 1 - last.length;
    const runs = [...this.#lines.values()].map((line) => this.#textOf(line.run));
    const room = { columns: this.#width, rows: Math.max(height - runs.flat().length, Math.floor(height * TABLE_SHARE)) };
    const table = this.#window ? windowLines(this.#window, room, this.#timezone) : [];
    const lines = [...newest(runs, height - table.length), ...table, ...last];
    if (this.#put(lines)) this.#drawn = lines.length;
  }

  /** A line that the terminal wraps could not be drawn again in place. */
  get #width(): number {
    return this.#out.isTTY ? (this.#out.columns || 80) - 1 : Infinity;
  }

  /** Writes lines in the place of those that were drawn: all at once or, where nobody reads, nothing. */
  #put(lines: readonly string[]): boolean {
    const erase = this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[0J` : '';
    const text = lines.length > 0 ? `${lines.join('\n')}\n` : '';
    if (erase + text !== '' && !this.#out.write(erase + text)) return false;
    this.#drawn = 0;
    return true;
  }

  /** Writes lines that stay. */
  #keep(lines: readonly string[]): void {
    if (!this.#put(lines)) this.#lost += lines.length;
  }

  #append(now: number): void {
    for (const line of this.#lines.values()) {
      if (line.printedCount === line.run.count || now - line.printedAt < REPEAT_MS) continue;
      if (!this.#put(this.#textOf(line.run))) return; // it is told once somebody reads again
      line.printedAt = now;
      line.printedCount = line.run.count;
    }
  }

  /** One line, or two on a terminal that is too narrow for it. */
  #textOf(run: Enriched<AlertRun>): string[] {
    const mark = MARKS[this.#rules.get(run.rule)?.priority ?? 'high'];
    const [from, to] = [formatTime(run.from), formatTime(run.to)];
    const since =
      run.count === 1
        ? `at ${from}`
        : `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} ×${run.count.toLocaleString('en')}`;
    const last = run.maintenance.at(-1);
    const facts = [
      run.known ? `${run.vendor!.type} by ${run.vendor!.vendor}` : 'unknown pump',
      last ? `last: ${eventText(last)}` : run.known ? 'no maintenance on record' : '',
    ];
    const what = controlsReplaced(`${mark}  ${run.pump}  ${run.rule}: ${run.measure} ${run.worst} ${limitText(run)}  ${since}`);
    const who = controlsReplaced(facts.filter(Boolean).join('  ·  '));
    const width = this.#width;
    const line = `${what}  ·  ${who}`;
    if (displayWidth(line) <= width) return [paint(mark, line)];
    return [paint(mark, clipped(what, width)), clipped(`        ${who}`, width)];
  }
}

/** Whether what was told as one is a part of another, now that more is known. */
function isPartOf(told: AlertRun, { pump, rule, from, to }: AlertRun): boolean {
  return told.pump === pump && told.rule === rule && (isWithin(told.from, { from, to }) || isWithin(from, told));
}

/** The lines of the newest runs, as many as there is room for, and how many are left out. */
function newest(runs: readonly (readonly string[])[], room: number): string[] {
  const shown: string[] = [];
  for (let i = runs.length - 1; i >= 0; i--) {
    const more = i > 0 ? 1 : 0; // a line that says so
    if (shown.length + runs[i].length + more > room) return [pc.dim(`… ${i + 1} more`), ...shown];
    shown.unshift(...runs[i]);
  }
  return shown;
}

function paint(mark: string, line: string): string {
  return mark.startsWith('▲') ? `${pc.red(pc.bold(mark))}${line.slice(mark.length)}` : `${pc.yellow(mark)}${line.slice(mark.length)}`;
}

/** What comes from outside can't steer the terminal; one character stands for one, so that a line keeps its width. */
function controlsReplaced(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
