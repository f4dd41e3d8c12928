import { colourOf } from './colours.ts';

const EDGE = 16;
const LINE = 20;

/**
 * A PNG of a group of charts as they are seen just now, below each other, under lines of text; the first is the title.
 * As sharp as the screen.
 */
export function pictureOf(group: Element, lines: readonly string[]): Promise<Blob> {
  const curves = [...group.querySelectorAll('figure')].flatMap((figure) => {
    const canvas = figure.querySelector('canvas');
    return canvas ? [{ canvas, caption: figure.querySelector('figcaption')?.textContent ?? '' }] : [];
  });
  const ratio = window.devicePixelRatio;
  const fontOf = (size: number, weight = 400) => `${weight} ${size * ratio}px system-ui, sans-serif`;
  const picture = document.createElement('canvas');
  const ctx = picture.getContext('2d');
  if (!ctx) throw new Error('expected a canvas to draw the picture on, and the browser gave none');
  ctx.font = fontOf(16, 600);
  picture.width =
    Math.max(...curves.map(({ canvas }) => canvas.width), ...lines.map((line) => ctx.measureText(line).width)) + 2 * EDGE * ratio;
  picture.height = curves.reduce((height, { canvas }) => height + canvas.height + LINE * ratio, (2 * EDGE + lines.length * LINE) * ratio);
  ctx.fillStyle = colourOf(group, 'ground');
  ctx.fillRect(0, 0, picture.width, picture.height);
  let y = EDGE * ratio;
  const write = (text: string, font: string) => {
    ctx.font = font;
    ctx.fillText(text, EDGE * ratio, y + 14 * ratio);
    y += LINE * ratio;
  };
  ctx.fillStyle = colourOf(group, 'limit');
  lines.forEach((line, index) => write(line, index === 0 ? fontOf(16, 600) : fontOf(13)));
  for (const { canvas, caption } of curves) {
    write(caption, fontOf(12));
    ctx.drawImage(canvas, EDGE * ratio, y);
    y += canvas.height;
  }
  return new Promise((resolve, reject) => {
    picture.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error(`the browser could not write a picture of ${picture.width} × ${picture.height}`)),
    );
  });
}
