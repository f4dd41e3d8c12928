import { createWriteStream, openSync, fsyncSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { counted } from '../../../domain/counted.ts';
import { AppError, messageOf, systemCode } from '../../../domain/errors.ts';
import type { Table } from '../../../storage/table/table.ts';
import { moveIntoPlace, temporaryName } from '../../../storage/files/atomicFile.ts';
import { statAt } from '../../../storage/files/statAt.ts';
import type { Context } from '../context.ts';
import { interruptible } from '../interrupt.ts';
import { Output } from '../output.ts';
import { dayRange, type PeriodOptions, timeRange } from '../period.ts';
import { withTable } from '../withTable.ts';
import { CsvRows } from '../../export/csvRows.ts';
import { ParquetRows } from '../../export/parquetRows.ts';
import { ExportProgress } from '../../export/progress.ts';
import type { RowWriter } from '../../export/rowWriter.ts';
import { alertTable, type ExportedTable, readingsTable, statsTable } from '../../export/exportedTables.ts';
import { referenceFor } from '../reference.ts';

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
  const selected = selectionOf(options); // a wrong date is told before anything is opened
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

function selectionOf({ what, pump, from, to }: ExportOptions): (table: Table, context: Context) => Promise<ExportedTable> {
  if (what === 'stats') {
    const days = dayRange({ from, to });
    return async (table) => statsTable(table, { pump, ...days });
  }
  const selection = { pump, ...timeRange({ from, to }) };
  if (what === 'readings') return async (table) => readingsTable(table, selection);
  return async (table, { config, notes }) => alertTable(table, selection, await referenceFor(config, table, (text) => notes.say(text)));
}

function checkFile(file: string, excel: boolean): void {
  if (file === '-') return;
  if (excel && isParquet(file)) throw new AppError('USAGE', `--excel: expected a .csv file or - with it, got "${file}"`);
  if (!/\.csv$/i.test(file) && !isParquet(file))
    throw new AppError('USAGE', `expected a file whose name ends in .csv or .parquet, or - for CSV on standard output, got "${file}"`);
  const folder = dirname(resolve(file));
  if (!isFolder(folder)) throw new AppError('USAGE', `expected a file in a folder that exists, but there is no folder ${folder}`);
  if (isFolder(file)) throw new AppError('USAGE', `expected a file, but ${file} is a folder`);
}

/** Throws OUTPUT_UNAVAILABLE when this user may not look there. */
function isFolder(path: string): boolean {
  try {
    return statAt(path)?.isDirectory() ?? false;
  } catch (error) {
    throw new AppError('OUTPUT_UNAVAILABLE', `expected to write ${resolve(path)}, which is not open to this user: ${messageOf(error)}`, {
      cause: error,
    });
  }
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

async function writeFile(path: string, rows: ExportedTable, task: ExportTask): Promise<number> {
  const temporary = temporaryName(path);
  try {
    const count = await (isParquet(path) ? writeParquet : writeCsv)(temporary, rows, task);
    moveIntoPlace(temporary, path);
    return count;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (error instanceof AppError) throw error;
    if (systemCode(error) === undefined) throw error;
    throw new AppError('STORE_UNAVAILABLE', `${path} can't be written: ${messageOf(error)}. Nothing is left of it`, { cause: error });
  }
}

async function writeCsv(path: string, rows: ExportedTable, task: ExportTask): Promise<number> {
  const fd = openSync(path, 'w', 0o644);
  const stream = createWriteStream(path, { fd, autoClose: false });
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  const count = await Promise.race([failed, writeRows(new CsvRows(new Output(stream), rows.columns, task), rows, task)]);
  stream.end();
  await finished(stream);
  fsyncSync(fd);
  return count;
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
