import { counted } from '../../../domain/counted.ts';
import { Formats } from '../../../ingest/receivers/formats.ts';
import { isAskedFor, receiptAnswer, type ReceiptLine, receiptLines } from '../../store/receiptLines.ts';
import type { Context } from '../context.ts';
import { siteTime } from '../siteTime.ts';
import { printable, TextTable } from '../textTable.ts';
import { withTable } from '../withTable.ts';

/** `wellwatch receipts`: what came from each file and topic, and what became of it; they add up to the balance. */
export function receipts(context: Context, source: string | undefined): Promise<number> {
  return withTable(context, async (table, { sayEmpty, elsewhere }) => {
    const { output, json, notes, config } = context;
    if (elsewhere) return notes.say('Receipts are kept where "wellwatch run" runs, in its data directory, and not in HBase: ask there.');
    const formats = await Formats.of(config.formats, config.site.timezone);
    const lines = (await receiptLines(table, config.dataDir, formats)).filter((line) => isAskedFor(line, source));
    if (json) lines.forEach((line) => output.line(JSON.stringify(receiptAnswer(line))));
    else shownIn(context).add(lines.map((line) => cells(line, config.site.timezone)));
    if (lines.length === 0) {
      sayEmpty(source === undefined ? 'Nothing has come yet.'
        : `Nothing has come from ${printable(source)}: a source is a file's name as it was dropped, or mqtt: and the topic.`);
    } else if (!json) output.line(`\n${summary(lines)}`);
  }, { fromIndex: true });
}

function shownIn({ output }: Context): TextTable {
  const amount = (head: string, rank: number) => ({ head, align: 'right', rank }) as const;
  return new TextTable([
    amount('#', 3), { head: 'Source', clipTo: 16 }, amount('Received', 0),
    amount('Stored', 0), amount('Replaced', 4), amount('Retracted', 2), amount('Duplicate', 0), amount('Rejected', 0), amount('Pending', 0),
    { head: 'First', clipTo: 19, rank: 2 }, { head: 'Last', clipTo: 19, rank: 1 }, { head: 'Digest', clipTo: 14, rank: 5 },
  ], output);
}

function cells(line: ReceiptLine, zone: string): string[] {
  const time = (at: number | null) => (at === null ? '' : siteTime(at, zone).slice(0, 19));
  const { number, source, received, stored, replaced, retracted, duplicate, rejected, pending, first, last, digest } = line;
  const amounts = [received, stored, replaced, retracted, duplicate, rejected, pending].map((amount) => amount.toLocaleString('en'));
  return [
    String(number ?? ''), source ?? '(not kept by source)', ...amounts,
    time(first), time(last), digest === null ? '' : `crc32:${digest.crc32}`,
  ];
}

function summary(lines: readonly ReceiptLine[]): string {
  const sum = (key: 'received' | 'stored' | 'retracted' | 'duplicate' | 'rejected' | 'pending') =>
    lines.reduce((all, line) => all + line[key], 0).toLocaleString('en');
  return `${counted(lines.length, 'source')}: ${sum('received')} rows received = ${sum('stored')} stored${lines.some(({ retracted }) => retracted > 0) ? ` (${sum('retracted')} of them taken back)` : ''} + ` +
    `${sum('duplicate')} duplicate + ${sum('rejected')} rejected + ${sum('pending')} pending.`;
}
