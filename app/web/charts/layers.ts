import type uPlot from 'uplot';
import type { Priority } from '../../../domain/alarm/rule.ts';
import type { Measure } from '../../../domain/reading/measures.ts';
import { colourOf } from './colours.ts';
import { clipped, LABEL, line, ratio, writeBeside, writeClear } from './canvas.ts';
import type { Limit } from './limits.ts';

/** A range of wall times (ms, inclusive) that is shaded: while something was wrong. */
export interface Shade {
  readonly from: number;
  readonly to: number;
  /** Of what; null where it is of all, as silence is. The other charts have a thin mark. */
  readonly measure: Measure | null;
  readonly severity: Priority;
}

/** Something that happened some time between two wall times (ms), such as on a day: a bracket marks it. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** What is usual at a pump for a time (ms), by its own past. */
export interface UsualBand {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
  /** Of which curve, from 0. */
  readonly curve?: number;
}

/** What a chart shows beside its curve. */
export interface Layers {
  readonly limits: readonly Limit[];
  readonly shades: readonly Shade[];
  /** What the chart is of. */
  readonly measure: Measure;
  /** Before this wall time (ms) shades may be missing, which is hatched; null when all are known. */
  readonly unknownTo: number | null;
  readonly marks: readonly Mark[];
  /** Bands behind the curves. */
  readonly usual: readonly UsualBand[];
  /** Whether the marks' labels are written: once in a group is enough. */
  readonly markLabels: boolean;
}

/** px of the mark of what is wrong with another measure. */
const THIN = 5;

/** Below the curve: the shades, and where they are not known. */
export function drawShades(u: uPlot, { shades, measure: own, unknownTo }: Layers): void {
  const { ctx, bbox } = u;
  if (unknownTo !== null) drawHatch(u, Math.min(bbox.width, u.valToPos(unknownTo, 'x', true) - bbox.left));
  clipped(u, bbox.width, () => {
    for (const { from, to, measure, severity } of shades) {
      const left = u.valToPos(from, 'x', true);
      const height = measure === null || measure === own ? bbox.height : THIN * ratio();
      ctx.fillStyle = colourOf(u.root, `shade-${severity}`);
      ctx.fillRect(left, bbox.top + bbox.height - height, Math.max(u.valToPos(to, 'x', true) - left, 2 * ratio()), height);
    }
  });
}

/** Below the curve: a band with dashed edges, in the colour of the curve that it is of. */
export function drawUsual(u: uPlot, { usual }: Layers, colour: (curve: number) => string): void {
  const { ctx, bbox } = u;
  clipped(u, bbox.width, () => {
    ctx.setLineDash([3 * ratio(), 3 * ratio()]);
    for (const { from, to, low, high, curve = 0 } of usual) {
      const [left, right] = [u.valToPos(from, 'x', true), u.valToPos(to, 'x', true)];
      const [top, bottom] = [u.valToPos(high, 'y', true), u.valToPos(low, 'y', true)];
      ctx.fillStyle = ctx.strokeStyle = colour(curve);
      ctx.globalAlpha = 0.1;
      ctx.fillRect(left, top, right - left, bottom - top);
      ctx.globalAlpha = 0.55;
      for (const y of [top, bottom]) line(ctx, [left, y], [right, y]);
    }
  });
}

/** Slanting lines over so many px from the left. */
function drawHatch(u: uPlot, width: number): void {
  const { ctx, bbox: { left, top, height } } = u;
  if (width <= 0) return;
  clipped(u, width, () => {
    ctx.strokeStyle = colourOf(u.root, 'grid');
    ctx.lineWidth = 2 * ratio();
    for (let x = left - height; x < left + width; x += 10 * ratio()) line(ctx, [x, top + height], [x + height, top]);
  });
}

/** Above the curve: limits, marks, and arrows where values lie outside the scale. */
export function drawOver(u: uPlot, { limits, marks, markLabels }: Layers): void {
  const { ctx, bbox } = u;
  clipped(u, bbox.width, () => {
    ctx.font = `${11 * ratio()}px system-ui, sans-serif`;
    ctx.textBaseline = 'bottom';
    for (const limit of limits) drawLimit(u, limit);
    for (const mark of marks) drawMark(u, mark, markLabels);
    drawBeyond(u);
  });
}

function drawLimit(u: uPlot, { value, label }: Limit): void {
  const { ctx, bbox } = u;
  const y = u.valToPos(value, 'y', true);
  ctx.strokeStyle = ctx.fillStyle = colourOf(u.root, 'limit');
  ctx.setLineDash([6 * ratio(), 4 * ratio()]);
  line(ctx, [bbox.left, y], [bbox.left + bbox.width, y]);
  ctx.textAlign = 'right';
  // Above its line, or below where there is no room.
  const foot = y - bbox.top < LABEL * ratio() ? y + LABEL * ratio() : y - 2 * ratio();
  writeClear(u, label, bbox.left + bbox.width - 4 * ratio(), foot);
}

/** A bracket over the time in which it happened, as it is not known when in that. */
function drawMark(u: uPlot, { from, to, label }: Mark, withLabel: boolean): void {
  const { ctx, bbox } = u;
  const end = bbox.left + bbox.width;
  const [left, right] = [u.valToPos(from, 'x', true), u.valToPos(to, 'x', true)];
  if (right < bbox.left || left > end) return;
  const [seenLeft, seenRight] = [Math.max(left, bbox.left), Math.min(right, end)];
  ctx.strokeStyle = ctx.fillStyle = colourOf(u.root, 'mark');
  ctx.fillRect(seenLeft, bbox.top, Math.max(seenRight - seenLeft, 2 * ratio()), 3 * ratio());
  ctx.setLineDash([2 * ratio(), 3 * ratio()]);
  for (const x of [left, right]) if (x >= bbox.left && x <= end) line(ctx, [x, bbox.top], [x, bbox.top + bbox.height]);
  if (withLabel) writeBeside(u, label, seenLeft);
}

/** A triangle at the edge behind which values lie, at most one every few pixels. */
function drawBeyond(u: uPlot): void {
  const { ctx, bbox, data, scales } = u;
  const { min: low, max: high } = scales['y'];
  if (low === undefined || high === undefined) return;
  ctx.fillStyle = colourOf(u.root, 'limit');
  const size = 5 * ratio();
  let lastAbove = -Infinity;
  let lastBelow = -Infinity;
  data[0].forEach((time, index) => {
    const x = u.valToPos(time, 'x', true);
    for (let column = 1; column < data.length; column += 3) {
      const [lowest, highest] = [data[column][index], data[column + 1][index]];
      if ((highest ?? low) > high && x - lastAbove > 2 * size) triangle(ctx, lastAbove = x, bbox.top + size, -size);
      if ((lowest ?? high) < low && x - lastBelow > 2 * size) triangle(ctx, lastBelow = x, bbox.top + bbox.height - size, size);
    }
  });
}

/** A filled triangle that begins at `y` and points down by `size`; up when negative. */
function triangle(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x - size, y);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y + size);
  ctx.fill();
}
