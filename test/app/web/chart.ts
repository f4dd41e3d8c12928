import type { Page } from 'playwright-core';

/** The range of time that is shown, `FROM TO`, as the address says it. */
export function viewOf(page: Page): string {
  const { searchParams } = new URL(page.url());
  return `${searchParams.get('from')} ${searchParams.get('to')}`;
}

/** How long that range is, in ms. */
export function widthOf(page: Page): number {
  const [from, to] = viewOf(page).split(' ').map((time) => Date.parse(`${time}Z`));
  return to - from;
}

/** Where the first chart has its curve, in pixels of the page. */
export async function plotBox(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  return (await page.locator('.u-over').first().boundingBox())!;
}

/** Drags over the first chart, from and to shares of its width. */
export async function drag(page: Page, from: number, to: number): Promise<void> {
  const { x, y, width } = await plotBox(page);
  await page.mouse.move(x + width * from, y + 40);
  await page.mouse.down();
  await page.mouse.move(x + width * to, y + 50, { steps: 6 });
  await page.mouse.up();
}

/** The browser would like to know beforehand that a test reads its pixels. */
export const READBACK = /willReadFrequently/;

interface Region {
  /** The part of a chart whose colour is looked for. */
  readonly part: 'line' | 'shade-high' | 'limit' | 'mark';
  /** Shares of the first chart's width and height, from its top left corner. */
  readonly x: readonly [number, number];
  readonly y?: readonly [number, number];
}

/** Whether a part of the first chart is drawn in a region, in the colour that it has by the theme. */
export function isDrawn(page: Page, { part, x, y = [0, 1] }: Region): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const canvas = document.querySelector('.time-chart canvas');
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = document.querySelector('.u-over');
    const corner = [offsetLeft + offsetWidth * ${x[0]}, offsetTop + offsetHeight * ${y[0]}];
    const box = [...corner, offsetWidth * ${x[1] - x[0]}, offsetHeight * ${y[1] - y[0]}];
    const { data } = canvas.getContext('2d').getImageData(...box.map((side) => Math.max(1, Math.round(side * devicePixelRatio))));
    const wanted = getComputedStyle(canvas).getPropertyValue('--chart-${part}').match(/\\d+/g).map(Number);
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 128 && wanted.every((value, channel) => channel > 2 || Math.abs(value - data[i + channel]) < 12)) return true;
    }
    return false;
  })()`);
}

/** Fingers at a height: each begins and ends at an x. */
export async function fingers(page: Page, y: number): Promise<(from: readonly number[][], to: readonly number[][]) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', xs: readonly number[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x, y: y + id, id })) });
  return async (from, to) => {
    const [starts, ends] = [from.flat(), to.flat()];
    await send('touchStart', starts);
    for (let part = 1; part <= 8; part++) await send('touchMove', starts.map((start, i) => start + ((ends[i] - start) * part) / 8));
    await send('touchEnd', []);
  };
}
