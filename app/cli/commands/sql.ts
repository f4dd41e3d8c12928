import { text as textOf } from 'node:stream/consumers';
import { resolve } from 'node:path';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import { formatDay, formatTime } from '../../../domain/reading/wallClock.ts';
import type { SqlAnswer } from '../../../query/sql/session.ts';
import type { ColumnType, Value } from '../../../storage/parquet/columnTypes.ts';
import { CsvRows } from '../../export/csvRows.ts';
import { JsonRows } from '../../export/jsonRows.ts';
import { ParquetRows } from '../../export/parquetRows.ts';
import type { RowWriter } from '../../export/rowWriter.ts';
import { openSession } from '../../sql/openSession.ts';
import { hasTable } from '../../store/openTable.ts';
import type { Context } from '../context.ts';
import { interruptible } from '../interrupt.ts';
import { numberText } from '../jsonLines.ts';
import { TextTable } from '../textTable.ts';
import { checkPlace, writeLines, writeWhole } from '../wholeFile.ts';
import { sayOtherZone } from '../otherZone.ts';
import { nothingStored } from '../withTable.ts';

export interface SqlOptions {
  /** A SELECT, or `-` for one on standard input. */
  readonly statement: string;
  readonly csv?: boolean | undefined;
  /** Where the answer goes: `.csv`, `.parquet` or `.jsonl`. */
  readonly file?: string | undefined;
}

/** `wellwatch sql`: a question about all that is stored, answered as a table, CSV, JSON lines or a file. */
export async function sql(context: Context, { statement, csv = false, file }: SqlOptions): Promise<number> {
  const { config, json, notes } = context;
  if (csv && json) throw new AppError('USAGE', 'expected --csv or --json, got both');
  if (file !== undefined) checkFile(file);
  const question = statement === '-' ? await textOf(process.stdin) : statement;
  sayOtherZone(context);
  const { session, close } = await openSession(config);
  try {
    if (!(await hasTable(config))) notes.say(nothingStored(config));
    const answer = await session.ask(question);
    if (file !== undefined) return await writeFile(context, file, answer);
    if (csv) await writeRows(new CsvRows(context.output, answer.columns), answer);
    else if (json) await writeRows(new JsonRows(context.output, answer.columns), answer);
    else await writeTable(context, answer);
    await context.output.flush();
    return 0;
  } finally {
    await close();
  }
}

function checkFile(file: string): void {
  if (!/\.(csv|parquet|jsonl)$/i.test(file)) throw new AppError('USAGE', `--file: expected a .csv, .parquet or .jsonl file, got "${file}"`);
  checkPlace(file);
}

async function writeFile({ json, output, notes }: Context, file: string, answer: SqlAnswer): Promise<number> {
  const rows = await interruptible((signal) => writeWhole(resolve(file), (temporary) => {
    if (/\.parquet$/i.test(file)) return writeParquet(temporary, answer, signal);
    return writeLines(temporary, (lines) =>
      writeRows(/\.csv$/i.test(file) ? new CsvRows(lines, answer.columns) : new JsonRows(lines, answer.columns), answer, signal));
  }));
  if (json) output.line(JSON.stringify({ file, rows }));
  else notes.say(`${counted(rows, 'row')} written to ${file}.`);
  await output.flush();
  return 0;
}

async function writeParquet(path: string, answer: SqlAnswer, signal: AbortSignal): Promise<number> {
  const writer = new ParquetRows(path, answer.columns);
  try {
    return await writeRows(writer, answer, signal);
  } finally {
    writer.close();
  }
}

async function writeRows(writer: RowWriter, { pages }: SqlAnswer, signal?: AbortSignal): Promise<number> {
  let rows = 0;
  for await (const page of pages) {
    signal?.throwIfAborted();
    await writer.write(page);
    rows += page.length;
  }
  await writer.finish();
  return rows;
}

const RIGHT: ReadonlySet<ColumnType> = new Set(['double', 'count']);

async function writeTable({ output }: Context, { columns, pages }: SqlAnswer): Promise<void> {
  const shown = new TextTable(columns.map(({ name, type }) => ({ head: name, align: RIGHT.has(type) ? 'right' : 'left' })), output);
  let rows = 0;
  for await (const page of pages) {
    shown.add(page.map((row) => row.map((value, i) => cellOf(columns[i].type, value))));
    rows += page.length;
    await output.settle();
  }
  shown.end(counted(rows, 'row'));
}

function cellOf(type: ColumnType, value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number' && type === 'date') return formatDay(value);
  if (typeof value === 'number' && type === 'wallTime') return formatTime(value);
  if (typeof value === 'number' && type === 'instant') return new Date(value).toISOString();
  return typeof value === 'number' ? numberText(value) : String(value);
}
