/// <reference types="node" preserve="true" />
/**
 * The pump job inside another program: `import { loadConfig, Site } from 'wellwatch'`. An example is
 * docs/examples/listener.ts; operators of streams are in `wellwatch/stream`.
 */
import { siteServer } from './http/siteServer.ts';
import { Site as RunningSite, type SiteOptions as RunningSiteOptions } from './run/site.ts';

export type { Alert } from '../domain/alarm/alert.ts';
export { AppError, type ErrorCode } from '../domain/errors.ts';
export type { Enriched, EnrichedAlert } from '../domain/alarm/enriched.ts';
export type { AlertRun } from '../domain/alarm/alertRun.ts';
export type { JobBatch as BatchReport } from '../ingest/reports/batchLog.ts';
export type { WindowReport } from '../ingest/pumpState/windowReport.ts';
export type { LogEvent } from '../domain/logEvent.ts';
export { type ConfigSources, loadConfig } from './config/load.ts';
export type { Config } from './config/types.ts';
export type { SiteListener } from './run/siteListener.ts';

export interface SiteOptions extends Omit<RunningSiteOptions, 'server'> {
  /** Whether the web page takes any free port when its own is taken; by default it does not. */
  readonly anyHttpPort?: boolean | undefined;
}

/** A running site with its web page and API, when these are configured. */
export class Site extends RunningSite {
  constructor({ anyHttpPort, ...options }: SiteOptions) {
    super({ ...options, server: siteServer({ config: options.config, anyPort: anyHttpPort, onLog: options.onEvent }) });
  }
}
