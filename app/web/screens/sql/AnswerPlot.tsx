import type { Plot } from './lines.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [800, 260, 64, 22];

/** Lines over time or a number, with the ends of both axes; the table beside it has the figures. */
export function AnswerPlot({ plot: { x, y, isTime, lines, left } }: { readonly plot: Plot }) {
  const all = lines.flatMap(({ points }) => points);
  const [x0, x1] = ends(all.map(([px]) => px));
  const [y0, y1] = ends(all.map(([, py]) => py));
  const place = ([px, py]: readonly [number, number]) => [
    LEFT + ((px - x0) / (x1 - x0 || 1)) * (WIDTH - LEFT - 8), HEIGHT - BOTTOM - ((py - y0) / (y1 - y0 || 1)) * (HEIGHT - BOTTOM - 8),
  ];
  const xText = (value: number) => (isTime ? new Date(value).toISOString().slice(0, 16).replace('T', ' ') : String(value));
  const yText = (value: number) => String(Number(value.toPrecision(5)));
  return (
    <figure class="sql-plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${y} over ${x}: ${lines.map(({ name }) => name).join(', ')}`}>
        <path class="axis" d={`M${LEFT} 4V${HEIGHT - BOTTOM}H${WIDTH - 8}`} />
        <text x={LEFT - 6} y={14} text-anchor="end">{yText(y1)}</text>
        <text x={LEFT - 6} y={HEIGHT - BOTTOM} text-anchor="end">{yText(y0)}</text>
        <text x={LEFT} y={HEIGHT - 6}>{xText(x0)}</text>
        <text x={WIDTH - 8} y={HEIGHT - 6} text-anchor="end">{xText(x1)}</text>
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

/** The least and the greatest. */
function ends(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
}
