import type { LogEvent } from '../../domain/logEvent.ts';
import type { Config } from '../config/types.ts';
import { HttpSide, type WatchedJob } from './httpSide.ts';

export interface SiteServerOptions {
  readonly config: Config;
  /** Whether any free port will do when the configured one is taken; by default not. */
  readonly anyPort?: boolean | undefined;
  readonly onLog: (event: LogEvent) => void;
}

/** Gives what makes the web page and the API of a site, or undefined when the configuration has switched them off. */
export function siteServer({ config, anyPort = false, onLog }: SiteServerOptions): ((job: WatchedJob) => HttpSide) | undefined {
  const { http } = config;
  return http ? (job) => new HttpSide({ config: { ...config, http }, anyPort, job, onLog }) : undefined;
}
