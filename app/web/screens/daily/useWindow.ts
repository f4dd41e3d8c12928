import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Rows and columns that are drawn, ends exclusive: what is in sight and a little beside it. */
export interface Window {
  readonly rows: readonly [from: number, to: number];
  readonly columns: readonly [from: number, to: number];
}

interface WindowSetting {
  readonly rows: number;
  readonly columns: number;
  /** px of each. */
  readonly rowHeight: number;
  readonly columnWidth: number;
}

const ASIDE = 8;
/** As many cells are no burden. */
const FEW_CELLS = 2500;

/** The part of a large table that its scroller shows. */
export function useWindow(place: RefObject<HTMLElement | null>, { rows, columns, rowHeight, columnWidth }: WindowSetting): Window {
  const [seen, setSeen] = useState({ top: 0, left: 0, height: 800, width: 1400 });
  const few = rows * columns <= FEW_CELLS;
  useLayoutEffect(() => {
    const { current } = place;
    if (!current || few) return undefined;
    const look = () => setSeen({ top: current.scrollTop, left: current.scrollLeft, height: current.clientHeight, width: current.clientWidth });
    look();
    current.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(current);
    return () => {
      current.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, [few, rows, columns, columnWidth]);
  if (few) return { rows: [0, rows], columns: [0, columns] };
  const part = (at: number, length: number, size: number, count: number): [number, number] =>
    [Math.max(0, Math.floor(at / size) - ASIDE), Math.min(count, Math.ceil((at + length) / size) + ASIDE)];
  return { rows: part(seen.top, seen.height, rowHeight, rows), columns: part(seen.left, seen.width, columnWidth, columns) };
}
