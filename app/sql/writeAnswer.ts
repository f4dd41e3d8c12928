import { AppError } from '../../domain/errors.ts';
import type { SqlAnswer } from '../../query/sql/session.ts';
import { CsvRows, type LineOutput } from '../export/csvRows.ts';
import type { Row } from '../export/exportedTables.ts';
import { JsonRows, rowJsons } from '../export/jsonRows.ts';
import { ParquetRows } from '../export/parquetRows.ts';
import type { RowWriter } from '../export/rowWriter.ts';
import type { SqlEnd, SqlQuestion } from './forms.ts';

/** Takes bytes, and waits while what is behind it has enough. */
export type Put = (bytes: Uint8Array) => Promise<void>;

/** Writes an answer in the form that is wanted. Throws CONFLICT for one of more rows than may be, unless it may be cut. */
export async function writeAnswer(answer: SqlAnswer, question: SqlQuestion, put: Put): Promise<SqlEnd> {
  const writer = writerFor(answer, question, put);
  let rows = 0;
  let truncated = false;
  for await (const page of answer.pages) {
    const fitting = page.slice(0, question.rows - rows);
    rows += fitting.length;
    await writer.write(fitting);
    if (fitting.length === page.length) continue;
    if (!question.cut)
      throw new AppError('CONFLICT', `sql: the answer has more than ${question.rows} rows (sql.rows). Add LIMIT or GROUP BY, or ask with ` +
        '"wellwatch sql", which has no such bound');
    truncated = true;
    break;
  }
  await writer.finish(truncated);
  return { rows, truncated };
}

/** A writer whose end may say that rows are missing. */
interface AnswerWriter extends Pick<RowWriter, 'write'> {
  finish(truncated: boolean): Promise<void>;
}

function writerFor({ columns }: SqlAnswer, { form }: SqlQuestion, put: Put): AnswerWriter {
  switch (form) {
    case 'csv': return new CsvRows(linesTo(put), columns);
    case 'ndjson': return new JsonRows(linesTo(put), columns);
    case 'json': return jsonAnswer(columns, put);
    case 'parquet': return parquetAnswer(columns, put);
  }
}

const CHUNK = 65_536;

function linesTo(put: Put): LineOutput {
  let pending = '';
  const flush = async () => {
    const text = pending;
    pending = '';
    if (text !== '') await put(Buffer.from(text));
  };
  return {
    line(text) { pending += `${text}\n`; },
    settle: async () => (pending.length < CHUNK ? undefined : flush()),
    flush,
  };
}

/** `{"columns":[{"name","type"},…],"rows":[[…],…],"truncated":false}`. */
function jsonAnswer(columns: SqlAnswer['columns'], put: Put): AnswerWriter {
  const values = rowJsons(columns);
  let text = `{"columns":${JSON.stringify(columns.map(({ name, sqlType }) => ({ name, type: sqlType })))},"rows":[`;
  let first = true;
  const flush = async () => {
    const bytes = Buffer.from(text);
    text = '';
    await put(bytes);
  };
  return {
    async write(page: readonly Row[]) {
      for (const row of page) {
        text += `${first ? '' : ','}\n[${values(row).join(',')}]`;
        first = false;
      }
      if (text.length >= CHUNK) await flush();
    },
    async finish(truncated) {
      text += `],"truncated":${truncated}}\n`;
      await flush();
    },
  };
}

function parquetAnswer(columns: SqlAnswer['columns'], put: Put): AnswerWriter {
  const parts: Uint8Array[] = [];
  const rows = new ParquetRows({ put: (bytes) => void parts.push(bytes.slice()), sync: () => undefined, close: () => undefined }, columns);
  const flush = async () => {
    for (const part of parts.splice(0)) await put(part);
  };
  return {
    async write(page) {
      await rows.write(page);
      await flush();
    },
    async finish() {
      await rows.finish();
      await flush();
    },
  };
}
