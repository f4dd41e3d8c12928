import { useEffect, useRef } from 'preact/hooks';

/** A function that calls `tell` at once, and again at most after each pause, however often it is called. Ends with its component. */
export function useSoon(tell: () => void, pauseMs: number): () => void {
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(-Infinity);
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(() => () => clearTimeout(due.current), []);
  return () => {
    due.current ??= setTimeout(() => {
      due.current = undefined;
      told.current = performance.now();
      latest.current();
    }, Math.max(0, told.current + pauseMs - performance.now()));
  };
}
