import type { SqlAnswerJson } from '../../../http/schemas/sql.ts';

/** A line of a plot: points in the order of the rows. */
export interface PlotLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot of an answer: its first time or number against the next number, a line for each text of its first column of texts. */
export interface Plot {
  readonly x: string;
  readonly y: string;
  readonly isTime: boolean;
  readonly lines: readonly PlotLine[];
  /** Texts that have no line any more. */
  readonly left: number;
}

const MOST_LINES = 8;
const TIMES = /^(TIMESTAMP|DATE)/;
const NUMBERS = /^(DOUBLE|FLOAT|DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)/;

/** What can be drawn of an answer; undefined when it has nothing to draw. */
export function plotOf({ columns, rows }: SqlAnswerJson): Plot | undefined {
  const time = columns.findIndex(({ type }) => TIMES.test(type));
  const numbers = columns.flatMap(({ type }, i) => (NUMBERS.test(type) ? [i] : []));
  const x = time >= 0 ? time : numbers.shift();
  const y = numbers.at(-1);
  if (x === undefined || y === undefined) return undefined;
  const named = columns.findIndex(({ type }) => type === 'VARCHAR');
  const lines = new Map<string, [number, number][]>();
  for (const row of rows) {
    const text = String(row[x]).replace(/Z$/, '');
    const [px, py] = [time >= 0 ? Date.parse(`${text}${text.includes('T') ? 'Z' : ''}`) : Number(row[x]), row[y]];
    if (row[x] === null || typeof py !== 'number' || Number.isNaN(px)) continue;
    const name = named < 0 ? columns[y].name : String(row[named]);
    const points = lines.get(name) ?? [];
    points.push([px, py]);
    lines.set(name, points);
  }
  if (lines.size === 0) return undefined;
  const shown = [...lines].slice(0, MOST_LINES).map(([name, points]) => ({ name, points: points.sort((a, b) => a[0] - b[0]) }));
  return { x: columns[x].name, y: columns[y].name, isTime: time >= 0, lines: shown, left: lines.size - shown.length };
}
