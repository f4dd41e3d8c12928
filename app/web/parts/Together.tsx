import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Skeleton } from './Skeleton.tsx';

/** Says that something is waited for, until the returned function is called. */
type Wait = () => () => void;
const Waiting = createContext<Wait | undefined>(undefined);

/** So long the first answers are waited for, in ms; then what is there is shown. */
const MOST_MS = 2500;

/** A screen whose parts appear at once, when the first answers of all are there: nothing moves while the rest is loaded. */
export function Together({ children }: { readonly children: ComponentChildren }) {
  const [shown, setShown] = useState(false);
  const waits = useRef(0);
  const wait = useMemo((): Wait => () => {
    waits.current += 1;
    return () => {
      waits.current -= 1;
      if (waits.current === 0) setShown(true);
    };
  }, []);
  useEffect(() => {
    if (waits.current === 0) setShown(true);
    const timer = setTimeout(() => setShown(true), MOST_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Waiting.Provider value={wait}>
      {!shown && <Skeleton lines={12} />}
      <div class="gathered" hidden={!shown}>{children}</div>
    </Waiting.Provider>
  );
}

/** Has the {@link Together} around it wait, if there is one. */
export function useWaiting(waits: boolean): void {
  const wait = useContext(Waiting);
  useLayoutEffect(() => (waits ? wait?.() : undefined), [waits]);
}
