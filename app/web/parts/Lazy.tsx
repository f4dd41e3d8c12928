import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Skeleton } from './Skeleton.tsx';
import { useWaiting } from './Together.tsx';

interface LazyProps<Props> {
  /** The same function each time: what it gave once is shown at once. */
  readonly load: () => Promise<FunctionComponent<Props>>;
  readonly props: Props;
}

const loaded = new Map<unknown, unknown>();

/** A screen whose script is loaded when somebody goes there. */
export function Lazy<Props extends object>({ load, props }: LazyProps<Props>) {
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>(loaded.has(load) ? 'ready' : 'loading');
  useWaiting(state === 'loading');
  useEffect(() => {
    if (state === 'ready') return;
    load().then((screen) => { loaded.set(load, screen); setState('ready'); }, () => setState('failed'));
  }, []);
  if (state === 'failed') return <p role="alert">This screen could not be loaded. Load the page again.</p>;
  const Screen = loaded.get(load) as FunctionComponent<Props> | undefined;
  return Screen ? <Screen {...props} /> : <Skeleton lines={6} />;
}
