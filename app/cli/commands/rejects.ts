import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { instantOf } from '../../../domain/reading/wallClock.ts';
import { newestRejects, type RejectQuestion } from '../../../query/pages/rejectPages.ts';
import type { StoredRejects } from '../../../storage/table/rejects.ts';
import type { Context } from '../context.ts';
import { failedFilesOf, failedFilesText } from '../../run/failedFilesAnswer.ts';
import { printable, TextTable } from '../textTable.ts';
import { nothingStored, withTable } from '../withTable.ts';
import { rejectLine } from '../jsonLines.ts';
import { hasTable, isElsewhere, openTable } from '../../store/openTable.ts';
import { timeOf } from '../period.ts';
import { keptElsewhere } from '../keptElsewhere.ts';
import { siteTime } from '../siteTime.ts';

export interface RejectsOptions {
  /** Those of one file or topic, as `rejects` names it. */
  readonly source?: string | undefined;
  /** How many, the newest. */
  readonly limit?: string | undefined;
  /** Clears the list instead of showing it. */
  readonly clear?: boolean | undefined;
  /** Clears only what was received before this date or time of the site. */
  readonly before?: string | undefined;
  /** Writes those that can be mended into a CSV file instead. */
  readonly export?: string | undefined;
  /** Who mends them. */
  readonly by?: string | undefined;
}

/** How much of a bad row people are shown; the JSON line has more of it. */
const SHOWN_RAW = 60;
const MOST_ROWS = 1_000_000;

/** `wellwatch rejects`: what could not be taken, and why, in order of arrival; or clears the list. Throws USAGE for wrong options. */
export function rejects(context: Context, options: RejectsOptions): Promise<number> {
  if (options.clear === true) return clearRejects(context, options);
  if (options.export !== undefined) return exportOf(context, options.export, options);
  if (options.by !== undefined) throw new AppError('USAGE', '--by: expected --export with it');
  if (options.before !== undefined) throw new AppError('USAGE', '--before: expected --clear with it');
  return listRejects(context, options);
}

async function exportOf(context: Context, file: string, { source, by, limit, before }: RejectsOptions): Promise<number> {
  if (limit !== undefined || before !== undefined) throw new AppError('USAGE', '--export: expected neither --limit nor --before with it');
  return (await import('./exportRejects.ts')).exportRejects(context, { file, source, by });
}

function listRejects(context: Context, { source, limit }: RejectsOptions): Promise<number> {
  const most = limitOf(limit);
  return withTable(context, async (table, { sayEmpty, elsewhere }) => {
    const { output, json, notes, config } = context;
    const shown = new TextTable(
      [
        { head: 'Source', clipTo: 16, rank: 1 },
        { head: 'Line', align: 'right' },
        { head: 'Reason', clipTo: 40 },
        { head: 'Row', clipTo: 12, rank: 2 },
        { head: 'Received', clipTo: 19, rank: 3 },
        { head: 'Replayed', clipTo: 19, rank: 4 },
      ],
      output,
    );
    let count = 0;
    for await (const piece of most === undefined ? ofSource(table.rejects(), source) : newest(table, { source, limit: most })) {
      count += piece.length;
      if (json) piece.forEach((reject) => output.line(rejectLine(reject)));
      else shown.add(piece.map((reject) => cells(reject, config.site.timezone)));
      await output.settle();
    }
    if (elsewhere)
      notes.say(keptElsewhere(config));
    const unread = failedFilesOf(config);
    if (elsewhere) return;
    if (count === 0)
      sayEmpty(
        source === undefined
          ? unread.count > 0
            ? 'No rejects: every row of the files that could be read was taken.'
            : 'No rejects: every row that came could be taken.'
          : `No rejects of ${printable(source)}: a source is a file's name as it was dropped, or mqtt: and the topic.`,
      );
    else if (!json)
      shown.end(
        `${counted(count, 'reject')}${await droppedText(table)}. Correct the rows and send them again ("wellwatch rejects --export FILE"): what is stored already ` +
          'counts as duplicate.',
      );
    for (const line of failedFilesText(config, unread)) notes.say(printable(line));
  });
}

/** `wellwatch rejects --clear`: takes rejects off the list; they stay counted. Works beside a running job. */
async function clearRejects(context: Context, options: RejectsOptions): Promise<number> {
  const { config, json, output, notes } = context;
  const { source, limit, before } = options;
  if (source !== undefined || limit !== undefined || options.export !== undefined)
    throw new AppError('USAGE', '--clear: expected neither --source nor --limit nor --export with it: the oldest go, of all sources');
  const until = before === undefined ? undefined : instantOf(timeOf('--before', before, config.site.timezone), config.site.timezone);
  let cleared = 0;
  if (!(await hasTable(config))) notes.say(nothingStored(config));
  else if (isElsewhere(config)) notes.say(keptElsewhere(config));
  else {
    const table = await openTable(config, { mode: 'batch' });
    cleared = await table.clearRejects(until).finally(() => table.close());
  }
  if (json) output.line(JSON.stringify({ cleared }));
  else output.line(`Cleared ${counted(cleared, 'reject')}${before === undefined ? '' : ` received before ${before}`}; the counts stay.`);
  await output.flush();
  return 0;
}

function cells({ source, line, reason, raw, receivedAt, replayed }: Reject, zone: string): string[] {
  const row = raw.length > SHOWN_RAW ? `${raw.slice(0, SHOWN_RAW)}…` : raw;
  return [source, String(line), reason, row, receivedAt === undefined ? '' : siteTime(receivedAt, zone).slice(0, 19), replayedText(replayed, zone)];
}

/** By whom and when; without a name, by which file. */
function replayedText(replayed: Reject['replayed'], zone: string): string {
  return replayed ? `${siteTime(replayed.at, zone).slice(0, 19)} by ${replayed.by ?? replayed.source}` : '';
}

/** How many are no longer listed: beyond `limits.rejects`, or cleared. */
async function droppedText(table: StoredRejects): Promise<string> {
  const { dropped } = await table.newestRejects({ limit: 0 });
  return dropped === 0 ? '' : `; ${dropped.toLocaleString('en')} older ones are not listed any more`;
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST_ROWS) throw new AppError('USAGE', `--limit: expected a whole number from 1 to ${MOST_ROWS}, got "${text}"`);
  return limit;
}

async function* ofSource(pieces: AsyncIterable<readonly Reject[]>, source: string | undefined): AsyncGenerator<readonly Reject[]> {
  for await (const piece of pieces) yield source === undefined ? piece : piece.filter((reject) => reject.source === source);
}

/** The newest of them, in order of arrival. */
async function* newest(table: StoredRejects, selection: RejectQuestion & { readonly limit: number }): AsyncGenerator<readonly Reject[]> {
  yield (await newestRejects(table, selection)).items.toReversed();
}
