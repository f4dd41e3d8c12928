import { counted } from '../../domain/counted.ts';
import type { ForwardStatus } from '../../ingest/forward/forwarder.ts';
import { leftOutText } from '../run/leftOutNews.ts';
import { recentRate } from '../run/recentRate.ts';
import type { JobStatus } from '../run/statusFile.ts';
import type { StoreStatus } from '../run/storeStatus.ts';
import { writeBatches } from './batchTable.ts';
import type { Context } from './context.ts';
import { receiverText } from './receiverText.ts';
import { siteTime } from './siteTime.ts';
import { printable } from './textTable.ts';

/** What a running job says of itself, for people: store, receivers, page, journal, the last batches. */
export function writeJob({ output, config }: Context, job: JobStatus): void {
  const { timezone } = config.site;
  const rate = recentRate(job, config.batchInterval);
  output.line(
    `Job ${job.pid} is ${job.state} on ${config.dataDir} since ${siteTime(job.startedAt, timezone)} ${timezone}; ` +
    `${Math.round(rate).toLocaleString('en')} rows/s lately.`,
  );
  output.line(
    `  store: ${storeText(job.store, timezone)}${job.averages.write === null ? '' : `, ${job.averages.write.toFixed(1)} ms a write`}`,
  );
  const embedded = config.receivers.mqtt && config.receivers.mqtt.broker === 'embedded';
  const now = Date.parse(job.at);
  for (const [name, facts] of Object.entries(job.receivers))
    if (facts) output.line(`  ${name}: ${receiverText(facts, { timezone, embedded: name === 'mqtt' && embedded, now })}`);
  for (const each of job.leftOut ?? []) output.line(`  formats.${each.format} left out ${printable(leftOutText(each).join('; '))}`);
  if (job.forward) output.line(`  forward: ${forwardText(job.forward, timezone)}`);
  if (job.http) output.line(`  page: ${job.http.url}`);
  const full = job.journal.full ? ', full: nothing more is acknowledged until the table has taken some of it' : '';
  output.line(`  journal: ${counted(job.journal.bytes, 'byte')}${full}`);
  if (job.unstored.total > 0)
    output.line(`  told and not stored yet: alerts of ${counted(job.unstored.total, 'pump and rule', 'pumps and rules')}; the page lists them`);
  writeBatches(output, job, timezone);
}

/** `connected, 0 rows to send, last 12:00:07, to kafka://k1:9092, topic readings`. */
function forwardText({ state, url, topic, waiting, lastSentAt, lastError }: ForwardStatus, timezone: string): string {
  const last = lastSentAt === null ? '' : `, last ${siteTime(lastSentAt, timezone)}`;
  return `${state}, ${counted(waiting, 'row')} to send${last}, to ${printable(url)}, topic ${topic}${lastError === null ? '' : `, last error ${printable(lastError)}`}`;
}

/** `HBase at http://127.0.0.1:8080, table sensor, away since 12:00:07: the gateway answered 503`. */
function storeText(store: StoreStatus, timezone: string): string {
  if (store.kind === 'embedded') return 'embedded';
  const where = `HBase at ${printable(store.url)}, table ${store.table}`;
  return store.state === 'up' ? where : `${where}, away since ${siteTime(store.since, timezone)}: ${printable(store.reason)}`;
}
