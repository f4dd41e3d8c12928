type Values = readonly (number | null | undefined)[];

/** Lowest and highest values, and means, over times that may be shared with others: null is a gap, undefined the time of another one. */
export interface DrawnBand {
  readonly min: Values;
  readonly max: Values;
  readonly avg?: Values | undefined;
}

/** From the lowest to the highest value that an axis shows. */
export type ValueRange = readonly [low: number, high: number];

/** How many times the spread of nearly all values a value may lie beside them before it no longer stretches the axis. */
const REACH = 10;

/** So many readings in a row that lie beside nearly all others are no outlier: that is how it was. */
const LASTING = 3;

/**
 * The range that shows the values and the limits with some air. A value far beside nearly all others (farther than
 * ten times their spread) does not count where it stands alone: one wild reading would flatten all the rest. It is drawn at the edge
 * instead. What lasted is never left out, however short it is beside the rest.
 */
export function valueRange(band: DrawnBand, limits: readonly number[]): ValueRange {
  const values = [...band.min, ...band.max].filter((value) => value !== null && value !== undefined).sort((one, other) => one - other);
  if (values.length === 0) return padded(Math.min(0, ...limits), Math.max(1, ...limits));
  const low = values[Math.floor((values.length - 1) * 0.02)];
  const high = values[Math.ceil((values.length - 1) * 0.98)];
  const reach = REACH * (high - low || Math.abs(high) || 1);
  const kept = values.filter((value) => value >= low - reach && value <= high + reach);
  const lasting = [...lastingBeyond(band, (value) => value > high + reach), ...lastingBeyond(band, (value) => value < low - reach)];
  return padded(Math.min(kept[0], ...lasting, ...limits), Math.max(kept[kept.length - 1], ...lasting, ...limits));
}

/** The lowest and the highest value of what lies beyond for several readings in a row; a bucket of one value is one, another at least two. */
function lastingBeyond({ min, max }: DrawnBand, isBeyond: (value: number) => boolean): number[] {
  const found: number[] = [];
  let [readings, lowest, highest] = [0, Infinity, -Infinity];
  for (let index = 0; index <= min.length; index++) {
    const [low, high] = [min[index] ?? null, max[index] ?? null];
    if (low !== null && high !== null && isBeyond(low) && isBeyond(high)) {
      readings += low === high ? 1 : 2;
      [lowest, highest] = [Math.min(lowest, low), Math.max(highest, high)];
    } else if (index === min.length || low !== null) {
      if (readings >= LASTING) found.push(lowest, highest);
      [readings, lowest, highest] = [0, Infinity, -Infinity];
    }
  }
  return found;
}

function padded(low: number, high: number): ValueRange {
  if (low === 0 && high === 0) return padded(0, 1);
  const air = (high - low || Math.abs(high)) * 0.08;
  return [low - air, high + air];
}
