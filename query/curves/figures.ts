import { type Measure, measureIndex } from '../../domain/reading/measures.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import { Turns } from '../turns.ts';
import { Bands } from './bands.ts';
import type { BandSource } from './bandSource.ts';
import type { Range } from './curveData.ts';

/** Lowest, highest and mean of a measure over the readings that have it; null when none has. */
export interface MeasureFigures {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly avg: number;
}

/** What a pump's readings of a range are together. */
export interface Figures {
  readonly rows: number;
  /** In the order that was asked for. */
  readonly measures: readonly (MeasureFigures | null)[];
}

/** Which readings. */
export interface FiguresQuestion extends Range {
  readonly pump: string;
  readonly measures: readonly Measure[];
  /** Stops the work, by throwing its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Ranges longer than this are added up from hours. */
const LONG_MS = 2 * DAY_MS;

/** Adds up the readings of a half-open range, to the reading. */
export async function figuresOf(source: BandSource, { pump, from, to, measures, signal }: FiguresQuestion): Promise<Figures> {
  const columns = measures.map((measure) => measureIndex[measure]);
  const bands = new Bands({ start: from, width: Math.max(1, to - from), length: 1 }, columns);
  const turns = new Turns({ signal, patient: true });
  const unit = to - from > LONG_MS ? 'hours' : 'minutes';
  if (source.daysOf(pump, { from, to }).length > 0) await source.addTiles(bands, pump, { from, to }, { unit, turns });
  return {
    rows: bands.count[0],
    measures: columns.map((column) => {
      const count = bands.known[column]![0];
      return count === 0 ? null : { count, min: bands.min[column]![0], max: bands.max[column]![0], avg: bands.sum[column]![0] / count };
    }),
  };
}
