import { tickLabels, timeTicks } from '../../../charts/timeAxis.ts';
import { ticksOf } from '../../../charts/valueTicks.ts';
import type { Plot } from './lines.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [800, 280, 64, 36];

/** Lines over time or a number, with round ticks on both axes; the table beside it has the figures. */
export function AnswerPlot({ plot: { x, y, isTime, lines, left } }: { readonly plot: Plot }) {
  const all = lines.flatMap(({ points }) => points);
  const [x0, x1] = ends(all.map(([px]) => px));
  const [y0, y1] = ends(all.map(([, py]) => py));
  const place = ([px, py]: readonly [number, number]) => [
    LEFT + ((px - x0) / (x1 - x0 || 1)) * (WIDTH - LEFT - 24), HEIGHT - BOTTOM - ((py - y0) / (y1 - y0 || 1)) * (HEIGHT - BOTTOM - 12),
  ];
  return (
    <figure class="sql-plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${y} over ${x}: ${lines.map(({ name }) => name).join(', ')}`}>
        {(y0 === y1 ? [y0] : ticksOf([y0, y1])).map((value) => {
          const at = place([x0, value])[1];
          return (
            <g key={value}>
              <line class="grid" x1={LEFT} x2={WIDTH - 8} y1={at} y2={at} />
              <text x={LEFT - 6} y={at + 4} text-anchor="end">{value.toLocaleString('en', { maximumFractionDigits: 6 })}</text>
            </g>
          );
        })}
        {xTicks(x0, x1, isTime).map(({ at, label }) => label.split('\n').map((line, row) => (
          <text key={`${at} ${row}`} x={place([at, y0])[0]} y={HEIGHT - BOTTOM + 15 + 14 * row} text-anchor="middle">{line}</text>
        )))}
        <path class="axis" d={`M${LEFT} 4V${HEIGHT - BOTTOM}H${WIDTH - 8}`} />
        {lines.map(({ name, points }, i) => points.length === 1
          ? <circle key={name} class={`line-${i} dot`} cx={place(points[0])[0]} cy={place(points[0])[1]} r={3} />
          : <polyline key={name} class={`line-${i}`} points={points.map((point) => place(point).map((n) => n.toFixed(1)).join()).join(' ')} />)}
      </svg>
      <figcaption>
        {lines.map(({ name }, i) => (
          <span key={name}>
            <svg width="18" height="8" aria-hidden="true"><path class={`line-${i}`} d="M0 4H18" /></svg> {name}
          </span>
        ))}
        {left > 0 && <span>{left} more have no line</span>}
      </figcaption>
    </figure>
  );
}

/** Where round times or numbers stand, and what is written there. */
function xTicks(from: number, to: number, isTime: boolean): { at: number; label: string }[] {
  if (from === to) return [{ at: from, label: isTime ? new Date(from).toISOString().slice(0, 16).replace('T', ' ') : String(from) }];
  if (!isTime) return ticksOf([from, to]).map((at) => ({ at, label: at.toLocaleString('en', { maximumFractionDigits: 6 }) }));
  const ticks = timeTicks(from, to, 7);
  const labels = tickLabels(ticks);
  return ticks.times.map((at, i) => ({ at, label: labels[i] }));
}

/** The least and the greatest. */
function ends(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
}
