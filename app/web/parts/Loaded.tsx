import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api.ts';
import type { Resource } from '../resource.ts';
import { STORE_AWAY, storeAway } from '../store.ts';
import { instantShort } from '../times.ts';
import { Skeleton } from './Skeleton.tsx';
import { useWaiting } from './Together.tsx';

interface LoadedProps<T> {
  readonly resource: Resource<T>;
  /** Lines of the skeleton: about as high as what comes. */
  readonly lines?: number;
  readonly children: (value: T) => ComponentChildren;
}

/** What was asked for, once it is there; what failed is said above the last good answer. */
export function Loaded<T>({ resource, lines = 6, children }: LoadedProps<T>) {
  const { state, value, error, at, reload } = resource;
  useWaiting(value === undefined && !error);
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
