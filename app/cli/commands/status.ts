import { join } from 'node:path';
import type { Alert } from '../../../domain/alarm/alert.ts';
import type { Unstored } from '../../../domain/alarm/unstored.ts';
import type { ReceiverName } from '../../../domain/receivers.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { counted } from '../../../domain/counted.ts';
import { diskText, forecastText } from '../../../domain/disk/diskText.ts';
import { damagedPieces } from '../../../storage/journal/keptAside.ts';
import type { Config } from '../../config/types.ts';
import type { Context } from '../context.ts';
import { writeJob } from '../jobText.ts';
import { lastEndLines } from '../lastEndText.ts';
import { fleetAnswer, fleetLines } from '../../store/fleetText.ts';
import { printable } from '../textTable.ts';
import { withTable } from '../withTable.ts';
import { formatDuration } from '../../../domain/duration.ts';
import { isRunning } from '../../../storage/files/instanceLock.ts';
import { diskNow } from '../../disk/diskWatch.ts';
import { failedFilesAnswer, failedFilesOf, failedFilesText } from '../../run/failedFilesAnswer.ts';
import { recentRate } from '../../run/recentRate.ts';
import { lastEnd } from '../../run/lastEnd.ts';
import { readStatus } from '../../run/statusFile.ts';
import { AHEAD_FIX, aheadText, receiptAheadMs } from '../../store/receiptAhead.ts';
import { tableBalance } from '../../store/tableBalance.ts';

/** How many alerts are listed that are gone. */
const SHOWN_ALERTS = 10;

/**
 * `wellwatch status`: the running job's receivers, rate, delays and last batches, and the balance, which is there without a
 * job too. With `--json` one line:
 *
 *   {"running":…,"pid":…,"startedAt":…,"at":…,"state":…,"store":{…},"http":{…},"receivers":{…},"leftOut":[…],"forward":{…},"journal":{…},"rowsPerSecond":…,
 *    "totals":{…},"averages":{…},"unstored":{…},"window":{…},"batches":[…],"balance":{…},"byReceiver":{…},"late":…,
 *    "failedFiles":{"count":…,"newest":[{"name":…,"reason":…,"at":…},…]},"damage":[…],"disk":{…},"replacedAlerts":[…],"receiptAhead":…,"lastEnd":{"at":…,"inOrder":…,"failure":…},"fleet":…}
 *
 * The job's own facts are null when none runs. `late` counts the rows that were late since the table was made. `damage` names
 * the files that keep damaged bytes of the journal. `unstored` is what was told while the store is away or slow. `receiptAhead` is in ms, 0 unless the clock was ahead once.
 * `lastEnd` is how the last job ended, where none runs and that is known: one that was killed has not told, and `at` is when it was last seen.
 * `fleet` is who has which partition, where workers share the table.
 */
export function status(context: Context): Promise<number> {
  const { config, output, json, notes } = context;
  return withTable(context, async (table, { elsewhere }) => {
    if (elsewhere)
      notes.say(
        `Counts are kept where "wellwatch run" runs, in its data directory, and not in HBase: ask there. ${config.dataDir} knows of none.`,
      );
    const fleet = await table.fleet?.();
    const running = await isRunning(config.dataDir);
    const job = running ? readStatus(config.dataDir) : undefined;
    const end = running ? undefined : lastEnd(config.dataDir);
    const { total: all, counts, late, replacedAlerts } = await tableBalance(table, config.dataDir);
    const ahead = await receiptAheadMs(table, Date.now());
    const unread = failedFilesOf(config);
    const disk = job?.disk ?? (await diskNow(config, ({ message }) => notes.say(message)));
    const damage = damagedPieces(join(config.dataDir, 'journal'));
    if (json) {
      const {
        pid = null,
        startedAt = null,
        at = null,
        state = null,
        store = null,
        http = null,
        receivers = null,
        leftOut = null,
        forward = null,
        journal = null,
        totals = null,
        averages = null,
        unstored = null,
        window = null,
        batches = null,
      } = job ?? {};
      output.line(
        JSON.stringify({
          running,
          pid,
          startedAt,
          at,
          state,
          store,
          http,
          receivers,
          leftOut,
          forward,
          journal,
          rowsPerSecond: job ? recentRate(job, config.batchInterval) : null,
          totals,
          averages,
          unstored: unstored && unstoredLine(unstored),
          window,
          batches,
          balance: all,
          byReceiver: counts,
          late,
          failedFiles: failedFilesAnswer(unread),
          damage,
          disk,
          replacedAlerts: replacedAlerts.map(({ time, ...alert }) => ({ ...alert, at: formatTime(time) })),
          receiptAhead: ahead,
          lastEnd: end ?? null,
          fleet: fleet ? fleetAnswer(fleet) : null,
        }),
      );
      return;
    }
    if (job) writeJob(context, job);
    else
      output.line(
        running ? `A job is starting on ${config.dataDir}.` : `No job is running on ${config.dataDir}; "wellwatch run" starts one.`,
      );
    if (end) for (const line of lastEndLines(end, config, all.pending)) output.line(printable(line));
    if (fleet) for (const line of fleetLines(fleet)) output.line(printable(line));
    for (const line of failedFilesText(config, unread)) output.line(printable(line));
    if (damage.length > 0) output.line(`Damaged bytes of the journal, which may hold acknowledged rows, are kept in ${damage.join(', ')}`);
    if (disk) output.line(`  disk: ${diskText(disk)}; ${forecastText(disk)}`);
    if (elsewhere) return;
    const { received, stored, duplicate, rejected, pending, alerts } = all;
    const n = (value: number) => value.toLocaleString('en');
    output.line(
      `\nReceived ${n(received)} = stored ${n(stored)} + duplicate ${n(duplicate)} + rejected ${n(rejected)} + pending ` +
      `${n(pending)}; ${counted(alerts, 'alert')}`,
    );
    for (const [name, { stored, replaced, retracted, duplicate, replayed, rejected }] of Object.entries(counts)) {
      if (!isUsed(config, name) && stored + duplicate + rejected === 0) continue;
      const parts = [replaced > 0 ? `replaced ${n(replaced)}` : '', retracted > 0 ? `taken back ${n(retracted)}` : ''].filter(Boolean);
      const told = parts.length > 0 ? ` (${parts.join(', ')})` : '';
      const mended = replayed > 0 ? `; of these replayed ${n(replayed)}` : '';
      output.line(`  ${name}: stored ${n(stored)}${told}, duplicate ${n(duplicate)}${mended}, rejected ${n(rejected)}`);
    }
    if (late > 0)
      output.line(
        `  ${counted(late, 'stored row')} came late, behind the watermark of the pump (limits.lateness, now ` +
        `${formatDuration(config.limits.latenessMs)})`,
      );
    if (all.replaced > 0)
      output.line(`  ${counted(all.replaced, 'stored row')} came to another reading of the same pump and time: the later receipt holds`);
    if (all.retracted > 0)
      output.line(`  ${counted(all.retracted, 'stored row')} ${all.retracted === 1 ? 'was' : 'were'} taken back since: "wellwatch acts" tells by whom and why`);
    if (all.replayed > 0) output.line(`  ${counted(all.replayed, 'mended row')} took the place of a reject`);
    writeReplacedAlerts(context, replacedAlerts);
    if (ahead > 0) output.line(`\nAttention: ${aheadText(ahead, Date.now())}.\n  → ${AHEAD_FIX}`);
  });
}

/** Whether a receiver is switched on. */
function isUsed({ receivers }: Config, name: ReceiverName): boolean {
  return Object.entries(receivers).some(([each, settings]) => each === name && settings !== false);
}

/** Nobody loses an alert without a word. */
function writeReplacedAlerts({ output }: Context, alerts: readonly Alert[]): void {
  if (alerts.length === 0) return;
  output.line('  Alerts that are gone because another reading replaced theirs, or theirs was taken back, the last ones:');
  for (const { pump, time, rule, measure, value } of alerts.slice(0, SHOWN_ALERTS))
    output.line(`    ${printable(pump)}  ${formatTime(time)}  ${rule}: ${measure} ${value}`);
  if (alerts.length > SHOWN_ALERTS) output.line('    … and more: --json has up to 100');
}

/** Times as all other lines have them. */
function unstoredLine({ runs, total }: Unstored) {
  return { runs: runs.map(({ from, to, ...run }) => ({ ...run, from: formatTime(from), to: formatTime(to) })), total };
}
