import { setTimeout as sleep } from 'node:timers/promises';
import { balance, type Counts } from '../../../domain/balance.ts';
import { totalOf } from '../../../domain/receivers.ts';
import { messageOf } from '../../../domain/errors.ts';
import type { Alert } from '../../../domain/alarm/alert.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { checkForRun } from '../../config/load.ts';
import type { Config } from '../../config/types.ts';
import { alertHead, alertLine } from '../jsonLines.ts';
import { dropSamples, simulatePumps } from '../../run/demo.ts';
import { LiveView } from '../live/liveView.ts';
import { type Logger, openLog } from '../../run/log.ts';
import { batchLines } from '../live/printedBatch.ts';
import { siteServer } from '../../http/siteServer.ts';
import { scheduleSummary } from '../../run/scheduleSummary.ts';
import { Site } from '../../run/site.ts';
import type { SiteListener } from '../../run/siteListener.ts';
import { StopRequests } from '../../run/stopRequests.ts';
import { supervise } from '../../run/supervise.ts';

export interface RunOptions {
  /** Path of the configuration file that was given. */
  readonly config?: string | undefined;
  readonly once?: boolean | undefined;
  readonly demo?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly print?: boolean | undefined;
  readonly supervise?: boolean | undefined;
}

/** A site that was told to stop has this long before the process ends all the same; what is not in the table by then is safe in journal and files. */
const STOP_MS = 6000;

/** `wellwatch run`: gives the exit code. Throws AppError when the site can't start or fails. */
export async function run(config: Config, options: RunOptions): Promise<number> {
  checkForRun(config);
  const view =
    options.json || options.quiet || options.print || options.once || options.supervise
      ? undefined
      : new LiveView({ out: process.stdout, now: Date.now, rules: config.rules, timezone: config.site.timezone });
  // On one terminal the view redraws its last lines: whatever else is said goes above them.
  const log = openLog(
    config.log.level,
    view && process.stdout.isTTY && process.stderr.isTTY ? { isTTY: true, write: (line) => view.say(line.trimEnd()) } : process.stderr,
  );
  if (options.supervise) return supervise((message) => log.warn(message));
  for (const warning of config.warnings) log.warn(warning);
  if (options.demo) dropSamples(config);
  const onLog = ({ level, message }: LogEvent) => log[level](message);
  const site = new Site({
    config,
    once: options.once ?? false,
    alerts: {
      every: options.json === true && !options.once && !options.quiet && !options.print,
      runs: view !== undefined || (config.http !== false && !options.once),
    },
    samples: options.print ?? false,
    server: siteServer({ config, anyPort: options.demo, onLog }),
    onLog,
  });
  site.listen(listenerFor(options, view, log));
  exitOnSurprise(site, log);
  const stop = new StopRequests(site, log);
  if (!options.once) stop.listen(); // before the start: it may take a while, and must not be cut off
  try {
    await site.start();
    try {
      if (options.once) return printCounts(await site.ended, options.json ?? false);
      return await runUntilStopped(site, config, { options, view, log, stop });
    } finally {
      await site.close();
    }
  } finally {
    stop.close();
  }
}

/** What nobody expected ends the process at once, with a sentence: what was acknowledged is on disk, and a restart goes on from there. */
function exitOnSurprise(site: Site, log: Logger): void {
  const end = (error: unknown) => {
    log.fatal(
      { stack: error instanceof Error ? error.stack : undefined },
      `wellwatch ends: ${messageOf(error)}. Nothing that was acknowledged is lost; start it again, or run it with --supervise`,
    );
    void site.halt().finally(() => process.exit(1));
  };
  process.once('uncaughtException', end).once('unhandledRejection', end);
}

interface Surroundings {
  readonly options: RunOptions;
  readonly view: LiveView | undefined;
  readonly log: Logger;
  readonly stop: StopRequests;
}

async function runUntilStopped(site: Site, config: Config, { options, view, log, stop }: Surroundings): Promise<number> {
  let schedule: { stop(): void } | undefined;
  void site.recovered.then(() => {
    if (config.summary && !stop.signal.aborted)
      schedule = scheduleSummary({ config, at: config.summary.at, configFile: options.config, log });
  });
  view?.say(greeting(site, config));
  const demo = options.demo && site.brokerUrl ? simulatePumps({ config, brokerUrl: site.brokerUrl, signal: stop.signal }) : undefined;
  try {
    await Promise.race([site.ended, stop.asked(), ...(demo ? [demo] : [])]);
    stop.abort();
    const last = await Promise.race([site.stop().then(() => site.ended), sleep(STOP_MS, 'late' as const, { ref: false })]);
    if (last === 'late')
      log.warn(
        `stopped before the table had all that has come: the rest waits in the journal and the inbox of ${config.dataDir}, and the next run takes it`,
      );
    return 0;
  } finally {
    stop.abort();
    schedule?.stop();
  }
}

function listenerFor(options: RunOptions, view: LiveView | undefined, log: Logger): SiteListener {
  const line = (text: string) => process.stdout.write(`${text}\n`);
  return {
    onAlerts: (alerts) => alerts.forEach((alert) => line(alertLine(alert))),
    onRuns: (runs) => view?.show(runs),
    onWithdrawn: (alerts) => (view ? view.withdraw(alerts) : alerts.forEach((alert) => options.json && line(withdrawalLine(alert)))),
    onBatchCompleted: (batch) => {
      const rows = totalOf(batch.rows);
      const { rejected } = batch.counts;
      log.debug(
        { batch },
        `${rows} rows in ${batch.steps} step${batch.steps === 1 ? '' : 's'}; scheduling delay ${batch.schedulingDelay} ms, processing time ${batch.processingTime} ms`,
      );
      if (rejected > 0)
        log.warn({ rows, rejected }, `${rejected} of ${rows} rows could not be taken: wellwatch rejects lists them with the reason`);
    },
    onSample: (time, sample) => batchLines(time, sample).forEach(line),
    onWindow: (window) => view?.showWindow(window),
  };
}

function printCounts(counts: Counts, json: boolean): number {
  const { received, stored, duplicate, rejected, pending, alerts } = balance(counts, 0);
  if (json) process.stdout.write(`${JSON.stringify({ received, stored, duplicate, rejected, pending, alerts })}\n`);
  else
    process.stdout.write(
      `${received.toLocaleString('en')} received: ${stored.toLocaleString('en')} stored, ${duplicate.toLocaleString('en')} duplicate, ${rejected.toLocaleString('en')} rejected, ${pending} pending; ${alerts.toLocaleString('en')} alerts\n`,
    );
  return 0;
}

function greeting(site: Site, { site: { name }, receivers, store, http, dataDir }: Config): string {
  const { httpUrl } = site;
  const taken =
    http && httpUrl !== undefined && http.port !== 0 && new URL(httpUrl).port !== String(http.port) ? ` (port ${http.port} is taken)` : '';
  return [
    `wellwatch is watching ${name}. Ctrl-C stops it.`,
    ...(receivers.directory ? [`  drop CSV files into  ${receivers.directory.path}`] : []),
    ...(receivers.mqtt ? [`  publish to           ${site.brokerUrl ?? ''}  topic ${receivers.mqtt.topic}`] : []),
    ...(store.kind === 'hbase' ? [`  readings go to       HBase at ${store.url}, table ${store.table}`] : []),
    ...(httpUrl === undefined ? [] : [`  the page is at       ${httpUrl}${taken}`]),
    `  data is kept in      ${dataDir}`,
    '',
  ].join('\n');
}

/** An alert that holds no longer, in the live stream. */
function withdrawalLine(alert: Alert): string {
  return `${alertHead(alert)},"withdrawn":true}`;
}
