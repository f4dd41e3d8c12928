import { resolve } from 'node:path';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Table } from '../../../storage/table/table.ts';
import type { Context } from '../context.ts';
import { interruptible } from '../interrupt.ts';
import { dayRange, type PeriodOptions, timeRange } from '../period.ts';
import { checkPlace, writeLines, writeWhole } from '../wholeFile.ts';
import { withTable } from '../withTable.ts';
import { CsvRows } from '../../export/csvRows.ts';
import { ParquetRows } from '../../export/parquetRows.ts';
import { ExportProgress } from '../../export/progress.ts';
import type { RowWriter } from '../../export/rowWriter.ts';
import { alertTable, type ExportedTable, readingsTable, statsTable } from '../../export/exportedTables.ts';
import { referenceFor } from '../../store/reference.ts';

/** What can be exported. */
export type Export = 'readings' | 'alerts' | 'stats';

export interface ExportOptions extends PeriodOptions {
  readonly what: Export;
  /** A path, or `-` for standard output. */
  readonly file: string;
  readonly pump?: string | undefined;
  /** CSV as Excel reads it. */
  readonly excel?: boolean | undefined;
}

/** `wellwatch export`: a CSV or Parquet file that appears whole or not at all. */
export function exportTable(context: Context, options: ExportOptions): Promise<number> {
  const { excel = false } = options;
  checkFile(options.file, excel);
  const selected = selectionOf(options, context.config.site.timezone); // a wrong date is told before anything is opened
  return withTable(context, async (table) => {
    const rows = await selected(table, context);
    const count = options.file === '-'
      ? await writeRows(new CsvRows(context.output, rows.columns, { excel }), rows, { context, excel, signal: undefined })
      : await interruptible((signal) => writeFile(resolve(options.file), rows, { context, excel, signal }));
    context.notes.progress('');
    const where = options.file === '-' ? 'standard output' : options.file;
    if (context.json && options.file !== '-') context.output.line(JSON.stringify({ file: options.file, rows: count }));
    else
      context.notes.say(
        `${counted(count, 'row')} of ${options.what} written to ` +
        `${where}.${count === 0 ? ' Nothing matches; only the names of the columns are there.' : ''}`,
      );
  }, { fromIndex: options.what !== 'readings' });
}

function selectionOf({ what, pump, from, to }: ExportOptions, zone: string): (table: Table, context: Context) => Promise<ExportedTable> {
  if (what === 'stats') {
    const days = dayRange({ from, to }, zone);
    return async (table) => statsTable(table, { pump, ...days });
  }
  const selection = { pump, ...timeRange({ from, to }, zone) };
  if (what === 'readings') return async (table) => readingsTable(table, selection);
  return async (table, { config, notes }) => alertTable(table, selection, await referenceFor(config, table, (text) => notes.say(text)));
}

function checkFile(file: string, excel: boolean): void {
  if (file === '-') return;
  if (excel && isParquet(file)) throw new AppError('USAGE', `--excel: expected a .csv file or - with it, got "${file}"`);
  if (!/\.csv$/i.test(file) && !isParquet(file))
    throw new AppError('USAGE', `expected a file whose name ends in .csv or .parquet, or - for CSV on standard output, got "${file}"`);
  checkPlace(file);
}

function isParquet(file: string): boolean {
  return /\.parquet$/i.test(file);
}

/** An export under way: who asked for it, and what stops it. */
interface ExportTask {
  readonly context: Context;
  readonly excel: boolean;
  readonly signal: AbortSignal | undefined;
}

function writeFile(path: string, rows: ExportedTable, task: ExportTask): Promise<number> {
  return writeWhole(path, (temporary) => (isParquet(path) ? writeParquet : writeCsv)(temporary, rows, task));
}

function writeCsv(path: string, rows: ExportedTable, task: ExportTask): Promise<number> {
  return writeLines(path, (output) => writeRows(new CsvRows(output, rows.columns, task), rows, task));
}

async function writeParquet(path: string, rows: ExportedTable, task: ExportTask): Promise<number> {
  const writer = new ParquetRows(path, rows.columns);
  try {
    return await writeRows(writer, rows, task);
  } finally {
    writer.close();
  }
}

async function writeRows(writer: RowWriter, { pages }: ExportedTable, { context: { notes }, signal }: ExportTask): Promise<number> {
  const progress = new ExportProgress(() => performance.now());
  for await (const page of pages) {
    signal?.throwIfAborted();
    await writer.write(page);
    notes.progress(progress.step(page.length));
  }
  await writer.finish();
  return progress.rows;
}
