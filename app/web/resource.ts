import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError } from './api.ts';
import { generation } from './live.ts';

/**
 * What was asked of the server. `value` is the last good answer: it stays while the next is awaited, and when that
 * fails; so does `error`.
 */
export interface Resource<T> {
  readonly state: 'loading' | 'ready' | 'error';
  readonly value: T | undefined;
  readonly error: ApiError | undefined;
  /** When `value` came, ms since 1970-01-01T00:00Z. */
  readonly at: number | undefined;
  readonly reload: () => void;
}

type Held<T> = Omit<Resource<T>, 'reload'>;

/**
 * Asks when the key changes, when `reload` is called, and when the stream says that events were missed. An answer that
 * is overtaken by the next question is dropped. An empty key asks nothing.
 */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ state: 'loading', value: undefined, error: undefined, at: undefined });
  const [asked, setAsked] = useState(0);
  const epoch = generation.value;
  useEffect(() => {
    if (key === '') return undefined;
    const overtaken = new AbortController();
    setHeld((before) => ({ ...before, state: 'loading' }));
    load(overtaken.signal).then(
      (value) => {
        if (!overtaken.signal.aborted) setHeld({ state: 'ready', value, error: undefined, at: Date.now() });
      },
      (cause: unknown) => {
        if (overtaken.signal.aborted) return;
        const error =
          cause instanceof ApiError ? cause : new ApiError(0, 'UNEXPECTED', 'This page failed on what the server answered.', { cause });
        setHeld((before) => ({ ...before, state: 'error', error }));
      },
    );
    return () => overtaken.abort();
  }, [key, asked, epoch]);
  const reload = useCallback(() => setAsked((times) => times + 1), []);
  return { ...held, reload };
}
