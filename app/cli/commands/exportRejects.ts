import { resolve } from 'node:path';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import type { StoredRejects } from '../../../storage/table/rejects.ts';
import { fieldsToMend, isOpen, isWhole, MEND_HEAD, mendLine } from '../../mend/mendFile.ts';
import { isElsewhere } from '../../store/openTable.ts';
import type { Context } from '../context.ts';
import { doerName } from '../doerName.ts';
import { interruptible } from '../interrupt.ts';
import { keptElsewhere } from '../keptElsewhere.ts';
import type { Output } from '../output.ts';
import { checkPlace, writeLines, writeWhole } from '../wholeFile.ts';
import { withTable } from '../withTable.ts';

export interface ExportRejectsOptions {
  /** A `.csv` file. */
  readonly file: string;
  /** Those of one file or topic. */
  readonly source?: string | undefined;
  /** Who mends them; by default the user of this machine. */
  readonly by?: string | undefined;
}

/** What became of the rejects of an export. */
interface Exported {
  rejects: number;
  /** Their text is not kept whole, so it can't be mended. */
  cut: number;
  /** A row has taken their place, or a newer reject was to. */
  done: number;
}

/** `wellwatch rejects --export`: rejects to mend, as a CSV that appears whole or not at all. Throws USAGE. */
export function exportRejects(context: Context, options: ExportRejectsOptions): Promise<number> {
  const { file } = options;
  if (!/\.csv$/i.test(file)) throw new AppError('USAGE', `--export: expected a file whose name ends in .csv, got "${file}"`);
  checkPlace(file);
  const by = doerName(options.by);
  return withTable(context, async (table) => {
    const { config, notes } = context;
    if (isElsewhere(config)) return notes.say(keptElsewhere(config));
    const exported = await interruptible((signal) => (
      writeWhole(resolve(file), (path) => writeLines(path, (output) => writeRejects(table, output, { ...options, by, signal })))
    ));
    tell(context, file, exported);
  });
}

async function writeRejects(
  table: StoredRejects,
  output: Output,
  { source, by, signal }: { readonly source?: string | undefined; readonly by: string; readonly signal: AbortSignal },
): Promise<Exported> {
  const exported: Exported = { rejects: 0, cut: 0, done: 0 };
  output.line(MEND_HEAD);
  for await (const piece of table.rejects()) {
    signal.throwIfAborted();
    for (const reject of piece) {
      if (source !== undefined && reject.source !== source) continue;
      if (!isOpen(reject)) exported.done++;
      else if (!isWhole(reject)) exported.cut++;
      else {
        exported.rejects++;
        output.line(mendLine(reject, fieldsToMend(reject), by));
      }
    }
    await output.settle();
  }
  await output.flush();
  return exported;
}

function tell({ json, output, notes, config }: Context, file: string, { rejects, cut, done }: Exported): void {
  if (json) output.line(JSON.stringify({ file, rejects, cut, done }));
  const leftOut = [
    ...(done > 0 ? [`${counted(done, 'reject')} left out that ${done === 1 ? 'is' : 'are'} replayed or listed again as a newer one`] : []),
    ...(cut > 0 ? [`${counted(cut, 'reject')} left out of which only the beginning is kept`] : []),
  ].map((text) => `; ${text}`).join('');
  const { directory } = config.receivers;
  const inbox = directory ? ` ${directory.path}` : '';
  const next = rejects === 0 ? '' : ` Mend the first columns, remove the rows that you leave as they are, and drop the file into the inbox${inbox}.`;
  notes.say(`${counted(rejects, 'reject')} written to ${file}${leftOut}.${next}`);
}
