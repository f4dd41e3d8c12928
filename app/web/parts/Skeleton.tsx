import { useEffect, useState } from 'preact/hooks';

/** A place that is still empty: as high from the start, so that nothing moves. It shows only after 200 ms, and says so in words after a second. */
export function Skeleton({ lines }: { readonly lines: number }) {
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [setTimeout(() => setStage(1), 200), setTimeout(() => setStage(2), 1000)];
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div class={stage === 0 ? 'skeleton waiting' : 'skeleton'} role="status">
      {Array.from({ length: lines }, (_, i) => <div key={i} />)}
      <p>{stage === 2 ? 'Still loading …' : ''}</p>
    </div>
  );
}
