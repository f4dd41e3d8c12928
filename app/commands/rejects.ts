import { counted } from '../../domain/counted.ts';
import type { Context } from '../cli/context.ts';
import { TextTable } from '../cli/textTable.ts';
import { withTable } from '../cli/withTable.ts';
import { rejectLine } from '../jsonLines.ts';

/** How much of a bad row people are shown; the JSON line has more of it. */
const SHOWN_RAW = 60;

/** `wellwatch rejects`: what could not be taken, and why, in order of arrival. */
export function rejects(context: Context): Promise<number> {
  return withTable(context, async (table, sayEmpty) => {
    const { output, json } = context;
    const shown = new TextTable([{ head: 'Source' }, { head: 'Line', align: 'right' }, { head: 'Reason' }, { head: 'Row' }], output);
    let count = 0;
    for await (const piece of table.rejects()) {
      count += piece.length;
      if (json) piece.forEach((reject) => output.line(rejectLine(reject)));
      else shown.add(piece.map(({ source, line, reason, raw }) => [source, String(line), reason, raw.length > SHOWN_RAW ? `${raw.slice(0, SHOWN_RAW)}…` : raw]));
      await output.settle();
    }
    if (count === 0) sayEmpty('No rejects: every row that came could be taken.');
    else if (!json) output.line(`\n${counted(count, 'reject')}. Correct the rows and send them again: what is stored already counts as duplicate.`);
  });
}
