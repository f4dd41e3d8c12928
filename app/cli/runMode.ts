import type { AlertDetail } from '../run/jobMessages.ts';

/**
 * What `wellwatch run` writes to standard output while the job runs:
 *
 *   live         runs of alerts that change in place, and the window by pump
 *   alertLines   each alert as a JSON line, and a line for one that is withdrawn
 *   batches      each batch as the course prints it
 *   silent       nothing; with `--once` the counts at the end
 *   supervised   nothing: the supervisor's child, which has no `--supervise`, writes
 */
export type RunMode = 'live' | 'alertLines' | 'batches' | 'silent' | 'supervised';

/** The options of `run` that decide on its mode. */
export interface RunModeOptions {
  readonly once?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly print?: boolean | undefined;
  readonly supervise?: boolean | undefined;
}

/** The mode that the options ask for. */
export function runModeOf({ once, json, quiet, print, supervise }: RunModeOptions): RunMode {
  if (supervise) return 'supervised';
  if (print) return 'batches';
  if (once || quiet) return 'silent';
  return json ? 'alertLines' : 'live';
}

/** Which alerts the job has to tell. `served`: a web page tells runs of them too. */
export function alertsOf(mode: RunMode, served: boolean): AlertDetail {
  return { every: mode === 'alertLines', runs: mode === 'live' || served };
}
