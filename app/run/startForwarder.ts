import { isDeepStrictEqual } from 'node:util';
import type { Forwarder, ForwardOptions, ForwardStatus } from '../../ingest/forward/forwarder.ts';
import { kafkaAccess } from '../config/kafkaAccess.ts';
import type { Config } from '../config/types.ts';
import { forwardDir } from '../store/storeDirs.ts';
import type { FromJob } from './jobMessages.ts';
import { watchChanges } from './watchChanges.ts';

/** Starts to forward when that is configured; only then Kafka's client is loaded. */
export async function startForwarder(config: Config, options: Pick<ForwardOptions, 'state' | 'now' | 'onLog'>): Promise<Forwarder | undefined> {
  const { forward, site } = config;
  if (!forward) return undefined;
  const { Forwarder: Sender } = await import('../../ingest/forward/forwarder.ts');
  const { topic, prefix } = forward;
  const sender = new Sender({ ...options, access: kafkaAccess('forward', forward), topic, prefix, site: site.name, dir: forwardDir(config) });
  sender.start();
  return sender;
}

/** Tells the main thread how forwarding is, twice a second where that has changed, and when it is stopped for the last time. */
export function watchForwarder(forwarder: Forwarder | undefined, post: (message: FromJob) => void): { stop(): void } {
  let told: ForwardStatus | undefined;
  const look = () => {
    const status = forwarder?.status();
    if (status === undefined || isDeepStrictEqual(status, told)) return;
    told = status;
    post({ kind: 'forward', status });
  };
  return watchChanges(look);
}
