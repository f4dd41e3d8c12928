import { useEffect, useRef, useState } from 'preact/hooks';
import { sameView, type View } from '../../charts/view.ts';
import { query, setQuery } from '../../route.ts';
import { type Range, rangeOf, rangeQuery, slid, viewOf } from './range.ts';

/** How long a hand rests before what it moved stands in the address. */
const REST_MS = 300;

export interface HeldView {
  /** What the charts show just now. */
  readonly view: View;
  /** What the address says: what is loaded. */
  readonly settled: View;
  readonly range: Range;
  /** Moves the view; it becomes a step of the history when the hand rests. */
  readonly move: (view: View) => void;
  /** Back to the range that was chosen by name, by date or by link. */
  readonly reset: () => void;
}

/** The view of a pump whose first and last reading are at these wall times. The address holds it; a moving hand is ahead of it. */
export function useView(first: number, last: number): HeldView {
  const range = rangeOf(query.value);
  const settled = viewOf(range, first, last);
  const [moving, setMoving] = useState<View | null>(null);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const home = useRef(range);
  const moved = useRef<View>(null);

  if (!(range.kind === 'fixed' && moved.current && sameView(range.view, moved.current))) home.current = range;
  const address = query.value.toString();
  useEffect(() => setMoving(null), [address]);
  useEffect(() => () => clearTimeout(rest.current), []);
  useSliding(range, last, (view) => { moved.current = moved.current && view; });

  const move = (view: View) => {
    setMoving(view);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => {
      moved.current = view;
      setQuery(rangeQuery({ kind: 'fixed', view }));
    }, REST_MS);
  };
  const reset = () => {
    clearTimeout(rest.current);
    setMoving(null);
    setQuery(rangeQuery(home.current));
  };
  return { view: moving ?? settled, settled, range, move, reset };
}

/** A fixed range whose end is the last reading follows the data, which is no step of the history. Presets follow by themselves. */
function useSliding(range: Range, last: number, slides: (view: View) => void): void {
  const before = useRef(last);
  useEffect(() => {
    const lastBefore = before.current;
    before.current = last;
    if (range.kind === 'preset') return;
    const view = slid(range.view, lastBefore, last);
    if (sameView(view, range.view)) return;
    slides(view);
    setQuery(rangeQuery({ kind: 'fixed', view }), { replace: true });
  }, [last]);
}
