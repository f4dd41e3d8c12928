import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Whether something has come into sight, or is about to: what nobody sees need not be asked for. */
export function useSeen<Place extends Element>(): readonly [seen: boolean, place: RefObject<Place | null>] {
  const place = useRef<Place>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const { current } = place;
    if (!current) return undefined;
    const observer = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting ?? false), { rootMargin: '200px' });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [seen, place];
}
