interface DayLineProps {
  /** A mean a day, null without readings. */
  readonly days: readonly (number | null)[];
  /** The value at the upper edge; 0 is at the lower one, so that all lines of a list can be compared. */
  readonly top: number;
  readonly label: string;
}

const WIDTH = 112;
const HEIGHT = 24;

/** The means of days as a line; a day without readings is a gap. */
export function DayLine({ days, top, label }: DayLineProps) {
  const points = days.map((mean, day) => mean === null ? null : `${((day / (days.length - 1)) * WIDTH).toFixed(1)},${((1 - mean / top) * HEIGHT).toFixed(1)}`);
  return (
    <svg class="day-line" viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} width={WIDTH} height={HEIGHT + 4} role="img" aria-label={label}>
      <line class="day-line-ground" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      {pieces(points).map((piece) => <path key={piece[0]} d={`M${piece.join('L')}${piece.length === 1 ? `L${piece[0]}` : ''}`} />)}
    </svg>
  );
}

function pieces(points: readonly (string | null)[]): string[][] {
  const found: string[][] = [[]];
  for (const point of points) {
    if (point === null) found.push([]);
    else found[found.length - 1].push(point);
  }
  return found.filter(({ length }) => length > 0);
}
