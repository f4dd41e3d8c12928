import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { newestRejects, type RejectQuestion } from '../../../query/pages/rejectPages.ts';
import type { StoredRejects } from '../../../storage/table/rejects.ts';
import type { Context } from '../context.ts';
import { failedFilesOf, failedFilesText } from '../../run/failedFilesAnswer.ts';
import { printable, TextTable } from '../textTable.ts';
import { withTable } from '../withTable.ts';
import { rejectLine } from '../jsonLines.ts';

export interface RejectsOptions {
  /** Those of one file or topic, as `rejects` names it. */
  readonly source?: string | undefined;
  /** How many, the newest. */
  readonly limit?: string | undefined;
}

/** How much of a bad row people are shown; the JSON line has more of it. */
const SHOWN_RAW = 60;
const MOST_ROWS = 1_000_000;

/** `wellwatch rejects`: what could not be taken, and why, in order of arrival. Throws USAGE for a wrong limit. */
export function rejects(context: Context, { source, limit }: RejectsOptions): Promise<number> {
  const most = limitOf(limit);
  return withTable(context, async (table, { sayEmpty, elsewhere }) => {
    const { output, json, notes, config } = context;
    const shown = new TextTable(
      [
        { head: 'Source', clipTo: 16, rank: 1 },
        { head: 'Line', align: 'right' },
        { head: 'Reason', clipTo: 40 },
        { head: 'Row', clipTo: 12, rank: 2 },
      ],
      output,
    );
    let count = 0;
    for await (const piece of most === undefined ? ofSource(table.rejects(), source) : newest(table, { source, limit: most })) {
      count += piece.length;
      if (json) piece.forEach((reject) => output.line(rejectLine(reject)));
      else shown.add(piece.map(cells));
      await output.settle();
    }
    if (elsewhere)
      notes.say(
        'Rejects are kept where "wellwatch run" runs, in its data directory, and not in HBase: ask there. None are kept in ' +
        `${config.dataDir}.`,
      );
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
      shown.end(`${counted(count, 'reject')}. Correct the rows and send them again: what is stored already counts as duplicate.`);
    for (const line of failedFilesText(config, unread)) notes.say(printable(line));
  });
}

function cells({ source, line, reason, raw }: Reject): string[] {
  return [source, String(line), reason, raw.length > SHOWN_RAW ? `${raw.slice(0, SHOWN_RAW)}…` : raw];
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
