import type uPlot from 'uplot';
import { colourOf } from './colours.ts';

/* What layers are drawn with; places are in px of the canvas. */

/** px of the screen that a label takes. */
export const LABEL = 14;

/** Draws within so many px from the left of the picture, in lines of one px; what is set for that holds no longer than that. */
export function clipped(u: uPlot, width: number, draw: () => void): void {
  const { ctx, bbox: { left, top, height } } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineWidth = ratio();
  draw();
  ctx.restore();
}

/** Text whose ground is clear of what it stands on. */
export function writeClear(u: uPlot, text: string, x: number, y: number): void {
  const { ctx } = u;
  ctx.save();
  ctx.lineWidth = 4 * ratio();
  ctx.setLineDash([]);
  ctx.strokeStyle = colourOf(u.root, 'ground');
  ctx.strokeText(text, x, y);
  ctx.fillText(text, x, y);
  ctx.restore();
}

/** Beside a place in px, on the side where there is room; what does not fit is cut. */
export function writeBeside(u: uPlot, label: string, x: number): void {
  const { ctx, bbox } = u;
  const [left, right] = [x - bbox.left, bbox.left + bbox.width - x];
  const room = (text: string) => ctx.measureText(text).width + 12 * ratio();
  const toTheLeft = room(label) > right && left > right;
  let text = label;
  while (text.length > 2 && room(text) > Math.max(left, right)) text = `${text.slice(0, -2)}…`;
  const y = bbox.top + 18 * ratio();
  ctx.textAlign = toTheLeft ? 'right' : 'left';
  writeClear(u, text, x + (toTheLeft ? -8 : 8) * ratio(), y);
}

/** A line of the colour and the dashes that are set. */
export function line(ctx: CanvasRenderingContext2D, from: readonly [number, number], to: readonly [number, number]): void {
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

/** px of the canvas a px of the screen. */
export function ratio(): number {
  return window.devicePixelRatio;
}
