import { once } from 'node:events';
import type { Logger } from './log.ts';
import type { Site } from './site.ts';

const SAME_SIGNAL_MS = 500;

/**
 * Requests to stop: SIGTERM, Ctrl-C, and the end of a supervisor. The first asks the site to stop in good order, also while it
 * starts. A second signal ends the process at once.
 */
export class StopRequests {
  readonly #site: Site;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #askedAt = -Infinity;

  constructor(site: Site, log: Logger) {
    this.#site = site;
    this.#log = log;
  }

  /** Aborted when somebody has asked, or when all is over. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Resolves when somebody asks, or has asked. */
  async asked(): Promise<void> {
    if (!this.signal.aborted) await once(this.signal, 'abort');
  }

  listen(): void {
    process.on('SIGTERM', this.#signalled).on('SIGINT', this.#signalled).on('disconnect', this.#left);
    process.channel?.unref(); // a channel to a supervisor is no reason to go on
  }

  /** Stops whatever goes by the signal. */
  abort(): void {
    this.#stop.abort();
  }

  /** Signals are listened to until the process has ended: by default one that comes while it ends would look like a death. */
  close(): void {
    process.off('disconnect', this.#left);
  }

  /** Nobody would start us again, and whoever starts anew needs the data directory. */
  readonly #left = (): void => {
    this.#log.warn('the supervisor is gone: stopping');
    this.#stop.abort();
  };

  readonly #signalled = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to a supervisor and to us, who then passes it on: that is asking once.
    if (this.signal.aborted && Date.now() - this.#askedAt > SAME_SIGNAL_MS) void this.#site.halt().finally(() => process.exit(130));
    this.#askedAt = Date.now();
    this.#log.debug(`${signal}: stopping`);
    this.#stop.abort();
  };
}
