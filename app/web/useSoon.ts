import { useEffect, useRef } from 'preact/hooks';
import { SETTLED_MS } from './news.ts';

/**
 * A function that calls `tell` at once, and again at most after each pause, however often it is called; and once more
 * when the server certainly knows of the last news. Ends with its component.
 */
export function useSoon(tell: () => void, pauseMs: number): () => void {
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  const settled = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(-Infinity);
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(() => () => {
    clearTimeout(due.current);
    clearTimeout(settled.current);
  }, []);
  return () => {
    due.current ??= setTimeout(() => {
      due.current = undefined;
      told.current = performance.now();
      latest.current();
    }, Math.max(0, told.current + pauseMs - performance.now()));
    clearTimeout(settled.current);
    settled.current = setTimeout(() => latest.current(), SETTLED_MS);
  };
}
