import pc from 'picocolors';
import type { Alert } from '../../../domain/alarm/alert.ts';
import { limitText, type Rule, worseOf } from '../../../domain/alarm/rule.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { clipped, displayWidth } from '../textTable.ts';
import type { AlertRun } from '../../../domain/alarm/alertRuns.ts';
import type { WindowReport } from '../../../ingest/pumpState/windowReport.ts';
import { windowLines } from './windowTable.ts';

/** Where the view writes: a terminal, or a pipe or file that can't take back what was written. */
export interface ViewOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface LiveViewOptions {
  readonly out: ViewOutput;
  readonly now: () => number;
  readonly rules: readonly Rule[];
  /** IANA name of the site's zone. */
  readonly timezone?: string;
}

interface Episode {
  run: AlertRun;
  count: number;
  worst: number;
  lastTime: number;
  seenAt: number;
  printedAt: number;
  printedCount: number;
}

/** A pump that has raised nothing for this long starts a new line with its next alert. */
const QUIET_MS = 20_000;
/** Where lines can't be changed, a run that goes on is told again this often. */
const REPEAT_MS = 10_000;
/** The table of the window has this share of the screen, also when many runs go on. */
const TABLE_SHARE = 0.4;

const MARKS = { high: '▲ HIGH', medium: '◆ MEDIUM', low: '● LOW' } as const;

/**
 * Alerts on a terminal as they come, a run of them in one line that counts. On a terminal the lines
 * of runs that go on stay at the bottom and change in place, and below them the window by pump.
 */
export class LiveView {
  readonly #out: ViewOutput;
  readonly #now: () => number;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #timezone: string;
  readonly #episodes = new Map<string, Episode>();
  #window: WindowReport | undefined;
  #drawn = 0;

  constructor({ out, now, rules, timezone = 'UTC' }: LiveViewOptions) {
    this.#out = out;
    this.#now = now;
    this.#timezone = timezone;
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
  }

  /** Adds runs of alerts. */
  show(runs: readonly AlertRun[]): void {
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

  /** Says that alerts hold no longer, and takes them out of their runs. */
  withdraw(alerts: readonly Alert[]): void {
    this.#erase();
    for (const { pump, rule } of alerts) {
      const key = episodeKey(pump, rule);
      const episode = this.#episodes.get(key);
      if (!episode) continue;
      episode.count--;
      if (episode.count <= 0) this.#episodes.delete(key);
    }
    this.say(
      alerts
        .map(({ pump, time, rule }) => `${pc.dim('↩ withdrawn')}  ${printable(pump)}  ${rule} of ${formatTime(time)} was corrected`)
        .join('\n'),
    );
  }

  /** Writes a line above the runs. */
  say(text: string): void {
    if (text === '') return;
    this.#erase();
    this.#out.write(`${text}\n`);
    if (this.#out.isTTY) this.#redraw();
  }

  #add(run: AlertRun, now: number): void {
    const key = episodeKey(run.first.pump, run.first.rule);
    const known = this.#episodes.get(key);
    if (!known) {
      this.#episodes.set(key, {
        run,
        count: run.count,
        worst: run.worst,
        lastTime: run.lastTime,
        seenAt: now,
        printedAt: -Infinity,
        printedCount: 0,
      });
      return;
    }
    known.count += run.count;
    known.worst = worseOf(run.first.comparison, known.worst, run.worst);
    known.lastTime = Math.max(known.lastTime, run.lastTime);
    if (run.first.time < known.run.first.time) known.run = run;
    known.seenAt = now;
  }

  /** Runs that are over become history: their lines stay as they are. */
  #settle(now: number): void {
    const over = [...this.#episodes].filter(([, episode]) => now - episode.seenAt > QUIET_MS);
    if (over.length === 0) return;
    this.#erase();
    for (const [key, episode] of over) {
      if (this.#out.isTTY || episode.printedCount < episode.count) this.#write(episode);
      this.#episodes.delete(key);
    }
  }

  #redraw(): void {
    this.#erase();
    // What is higher than the screen could not be erased; the cursor stands in a line of its own.
    const height = (this.#out.rows || 24) - 1;
    const runs = [...this.#episodes.values()].map((episode) => this.#lines(episode));
    const room = { columns: this.#width, rows: Math.max(height - runs.flat().length, Math.floor(height * TABLE_SHARE)) };
    const table = this.#window ? windowLines(this.#window, room, this.#timezone) : [];
    const lines = [...newest(runs, height - table.length), ...table];
    if (lines.length > 0) this.#out.write(`${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  /** A line that the terminal wraps could not be drawn again in place. */
  get #width(): number {
    return this.#out.isTTY ? (this.#out.columns || 80) - 1 : Infinity;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\x1b[${this.#drawn}A\x1b[0J`);
    this.#drawn = 0;
  }

  #append(now: number): void {
    for (const episode of this.#episodes.values()) {
      if (episode.printedCount === episode.count || now - episode.printedAt < REPEAT_MS) continue;
      this.#write(episode);
      episode.printedAt = now;
      episode.printedCount = episode.count;
    }
  }

  #write(episode: Episode): void {
    this.#out.write(`${this.#lines(episode).join('\n')}\n`);
  }

  /** One line, or two on a terminal that is too narrow for it. */
  #lines(episode: Episode): string[] {
    const { first } = episode.run;
    const rule = this.#rules.get(first.rule);
    const mark = MARKS[rule?.priority ?? 'high'];
    const limit = limitText(first);
    const [from, to] = [formatTime(first.time), formatTime(episode.lastTime)];
    const since =
      episode.count === 1
        ? `at ${from}`
        : `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} ×${episode.count.toLocaleString('en')}`;
    const last = first.maintenance.at(-1);
    const facts = [
      first.known ? `${first.vendor!.type} by ${first.vendor!.vendor}` : 'unknown pump',
      last ? `last: ${last.date} ${last.description} (${last.technician})` : first.known ? 'no maintenance on record' : '',
    ];
    const what = printable(`${mark}  ${first.pump}  ${first.rule}: ${first.measure} ${episode.worst} ${limit}  ${since}`);
    const who = printable(facts.filter(Boolean).join('  ·  '));
    const width = this.#width;
    const line = `${what}  ·  ${who}`;
    if (displayWidth(line) <= width) return [paint(mark, line)];
    return [paint(mark, clipped(what, width)), clipped(`        ${who}`, width)];
  }
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

function episodeKey(pump: string, rule: string): string {
  return `${pump}\n${rule}`;
}

function paint(mark: string, line: string): string {
  return mark.startsWith('▲') ? `${pc.red(pc.bold(mark))}${line.slice(mark.length)}` : `${pc.yellow(mark)}${line.slice(mark.length)}`;
}

/** What comes from outside can't steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
