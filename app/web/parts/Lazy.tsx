import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Skeleton } from './Loaded.tsx';

/** A screen whose script is loaded when somebody goes there. */
export function Lazy({ load }: { readonly load: () => Promise<FunctionComponent> }) {
  const [Screen, setScreen] = useState<FunctionComponent>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then((screen) => setScreen(() => screen), () => setFailed(true));
  }, []);
  if (failed) return <p role="alert">This screen could not be loaded. Load the page again.</p>;
  return Screen ? <Screen /> : <Skeleton lines={6} />;
}
