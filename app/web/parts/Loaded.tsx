import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../api.ts';
import type { Resource } from '../resource.ts';
import { STORE_AWAY, storeAway } from '../store.ts';
import { instantShort } from '../times.ts';

interface LoadedProps<T> {
  readonly resource: Resource<T>;
  /** Lines of the skeleton: about as high as what comes. */
  readonly lines?: number;
  readonly children: (value: T) => ComponentChildren;
}

/** What was asked for, once it is there; what failed is said above the last good answer. */
export function Loaded<T>({ resource, lines = 6, children }: LoadedProps<T>) {
  const { state, value, error, at, reload } = resource;
  return (
    <>
      {error && <Failed error={error} at={value === undefined ? undefined : at} retry={reload} busy={state === 'loading'} />}
      {value === undefined ? !error && <Skeleton lines={lines} /> : children(value)}
    </>
  );
}

/** A request that failed, in the problem's words, with what can be done about it. */
export function Failed({
  error,
  at,
  retry,
  busy = false,
}: {
  readonly error: ApiError;
  readonly at?: number | undefined;
  readonly retry?: () => void;
  readonly busy?: boolean;
}) {
  return (
    <div class="failed" role="alert">
      <p>
        <strong>This could not be loaded.</strong> {error.message} {at !== undefined && `What is shown is of ${instantShort(at)}.`}
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          {busy ? 'Trying …' : 'Try again'}
        </button>
      )}
    </div>
  );
}

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

interface EmptyProps {
  readonly title: string;
  /** Whether it is true without the store as well. */
  readonly always?: boolean;
  readonly children?: ComponentChildren;
}

/** Nothing to show: why, and what would fill it. While the store is away nobody knows whether there is nothing. */
export function Empty({ title, always = false, children }: EmptyProps) {
  if (storeAway.value && !always) return <div class="empty"><p><strong>{STORE_AWAY}</strong></p></div>;
  return <div class="empty"><p><strong>{title}</strong></p>{children && <p>{children}</p>}</div>;
}
