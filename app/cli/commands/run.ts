import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { balance, type Counts } from '../../../domain/balance.ts';
import { counted } from '../../../domain/counted.ts';
import { messageOf } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { checkForRun } from '../../config/load.ts';
import type { Config } from '../../config/types.ts';
import { siteServer } from '../../http/siteServer.ts';
import type * as Demo from '../../run/demo.ts';
import { type Logger, openLog } from '../../run/log.ts';
import { scheduleSummary } from '../../run/scheduleSummary.ts';
import { SharedFlag } from '../../run/sharedFlag.ts';
import { Site } from '../../run/site.ts';
import { StopRequests } from '../../run/stopRequests.ts';
import { supervise } from '../../run/supervise.ts';
import { LiveView } from '../live/liveView.ts';
import { Outlet } from '../live/outlet.ts';
import { runOutput } from '../live/runOutput.ts';
import { alertsOf, runModeOf, type RunModeOptions } from '../runMode.ts';

export interface RunOptions extends RunModeOptions {
  /** Path of the configuration file that was given. */
  readonly config?: string | undefined;
  readonly demo?: boolean | undefined;
}

/**
 * How long a site that was told to stop may take, in ms; then the process ends all the same. Rows that are not in the table
 * by then are safe in the journal and in files.
 */
const STOP_MS = 6000;
/**
 * V8 looks for garbage when a heap has grown by so much, instead of to up to four times its size. Nobody notices the time that it
 * takes, of which three threads with little garbage have plenty; all heaps together take 50 MB less.
 */
const HEAP_GROWTH_PERCENT = 30;
/** So long whoever reads has for the last lines of a job that has ended. */
const LAST_WORDS_MS = 500;

/** `wellwatch run`: gives the exit code. Throws AppError when the site can't start or fails. */
export async function run(configured: Config, options: RunOptions): Promise<number> {
  checkForRun(configured);
  const { once = false, json = false } = options;
  const mode = runModeOf(options);
  const view = mode === 'live' ? openView(configured) : undefined;
  const log = logBeside(view, configured);
  if (!once) setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`); // of all threads
  if (mode === 'supervised') return supervise((message) => log.warn(message));
  for (const warning of configured.warnings) log.warn(warning);
  const demo = options.demo ? await import('../../run/demo.ts') : undefined;
  demo?.refuseSignIn(configured);
  const config = demo?.dropSamples(configured, Date.now()) ?? configured;
  const onLog = ({ level, message }: LogEvent) => log[level](message);
  const unread = new SharedFlag();
  const site = new Site({
    config, once, unread, onEvent: onLog,
    alerts: alertsOf(mode, config.http !== false && !once),
    samples: mode === 'batches',
    server: siteServer({ config, anyPort: demo !== undefined, onLog }),
  });
  site.listen(runOutput(mode, { view, log, unread }));
  exitOnSurprise(site, log);
  const stop = new StopRequests(site, log);
  if (!once) stop.listen(); // before the start: it may take a while, and must not be cut off
  try {
    await site.start();
    try {
      if (once) printCounts(await site.ended, json);
      else await runUntilStopped(site, { config, options, demo, view, log, stop });
      return 0;
    } finally {
      await site.close();
    }
  } finally {
    stop.close();
    if (!once) leaveUnread();
  }
}

function openView({ rules, site: { timezone } }: Config): LiveView {
  const view: LiveView = new LiveView({ out: new Outlet(process.stdout, { onAgain: () => view.goOn() }), now: Date.now, rules, timezone });
  return view;
}

/** The log. On one terminal the view redraws its last lines: whatever else is said goes above them. */
function logBeside(view: LiveView | undefined, { log: { level } }: Config): Logger {
  const oneTerminal = process.stdout.isTTY && process.stderr.isTTY;
  if (view && oneTerminal) return openLog(level, { isTTY: true, write: (line) => view.say(line.trimEnd()) });
  const onAgain = (lines: number) => log.warn(`${lines} lines of the log were left out, as it was not read or its disk was full`);
  const log = openLog(level, new Outlet(process.stderr, { onAgain }));
  return log;
}

/** Output that nobody reads is no reason to stay once all is over. */
function leaveUnread(): void {
  setTimeout(() => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) process.exit();
  }, LAST_WORDS_MS).unref();
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

/** What runs beside a site until somebody stops it. */
interface Company {
  readonly config: Config;
  readonly options: RunOptions;
  /** With `--demo`. */
  readonly demo: typeof Demo | undefined;
  readonly view: LiveView | undefined;
  readonly log: Logger;
  readonly stop: StopRequests;
}

async function runUntilStopped(site: Site, { config, options, demo, view, log, stop }: Company): Promise<void> {
  let schedule: { stop(): void } | undefined;
  const samples = demo ? site.recovered.then(() => demo.samplesStored(config, stop.signal)) : site.recovered;
  void samples.then(() => {
    if (config.summary && !stop.signal.aborted)
      schedule = scheduleSummary({
        config, at: config.summary.at, configFile: options.config, log,
        onReport: config.summary.report.length === 0 ? undefined : (report) => site.sendReport(report),
      });
  });
  view?.say(greeting(site, config));
  if (site.httpUrl !== undefined) view?.keepLast(`the page is at ${site.httpUrl}`);
  const { brokerUrl } = site;
  const simulated = demo && brokerUrl ? samples.then(() => demo.simulatePumps({ config, brokerUrl, signal: stop.signal })) : undefined;
  try {
    await Promise.race([site.ended, stop.asked(), ...(simulated ? [simulated] : [])]);
    stop.abort();
    const last = await Promise.race([site.stop().then(() => site.ended), sleep(STOP_MS, 'late' as const, { ref: false })]);
    if (last === 'late')
      log.warn(
        `stopped before the table had all that has come: the rest waits in the journal and the inbox of ${config.dataDir}, and ` +
        'the next run takes it',
      );
  } finally {
    stop.abort();
    schedule?.stop();
  }
}

function printCounts(counts: Counts, json: boolean): void {
  const { received, stored, replaced, duplicate, replayed, rejected, pending, alerts } = balance(counts, 0);
  const n = (count: number) => count.toLocaleString('en');
  const fates = `${n(stored)} stored${replaced > 0 ? ` (${n(replaced)} replaced another reading)` : ''}, ${n(duplicate)} duplicate, ` +
    `${n(rejected)} rejected, ${pending} pending; ${n(alerts)} alerts${replayed > 0 ? `; ${counted(replayed, 'reject')} replayed` : ''}`;
  process.stdout.write(
    json ? `${JSON.stringify({ received, stored, duplicate, rejected, pending, alerts })}\n` : `${n(received)} received: ${fates}\n`,
  );
}

function greeting(site: Site, { site: { name }, receivers, store, http, dataDir }: Config): string {
  const { httpUrl } = site;
  const taken =
    http && httpUrl !== undefined && http.port !== 0 && new URL(httpUrl).port !== String(http.port) ? ` (port ${http.port} is taken)` : '';
  return [
    `wellwatch is watching ${name}. Ctrl-C stops it.`,
    ...(receivers.directory ? [`  drop CSV files into  ${receivers.directory.path}`] : []),
    ...(receivers.mqtt ? [`  publish to           ${site.brokerUrl ?? ''}  topic ${topicsText(receivers.mqtt.topics)}`] : []),
    ...(receivers.kafka ? [`  reads from           Kafka at ${receivers.kafka.brokers.join(', ')}  topic ${receivers.kafka.topic}`] : []),
    ...(store.kind === 'hbase' ? [`  readings go to       HBase at ${store.url}, table ${store.table}`] : []),
    ...(httpUrl === undefined ? [] : [`  the page is at       ${httpUrl}${taken}`]),
    `  data is kept in      ${dataDir}`,
    '',
  ].join('\n');
}

function topicsText(topics: readonly { readonly topic: string }[]): string {
  return topics.map(({ topic }) => topic).join(', ');
}
