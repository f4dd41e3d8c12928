import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Page } from '../../query/pages/page.ts';
import { Turns } from '../../query/turns.ts';
import { columnHeads, rowLine } from '../export/csv.ts';
import type { ExportedTable, Row } from '../export/exportedTables.ts';
import { CSV_TYPE } from './negotiation.ts';
import { HttpProblem } from './problems.ts';

export interface CsvOptions {
  /** What the file is called where it is saved, without its ending. */
  readonly name: string;
  readonly onLog: (event: LogEvent) => void;
}

/** So many files may be under way: each holds a page of the table, and one state of it. */
const MOST_FILES = 50;
/** One that is not read makes room after a while. */
const RETRY_S = 5;
/** So many items of a list are fetched at once. */
const PAGE_ITEMS = 5000;
/** So many characters are written at once, about. */
const PIECE_CHARACTERS = 32_768;
/** So many rows of a list are made at once. */
const PIECE_ROWS = 64;

/** Files of this thread. */
let underWay = 0;

/**
 * Answers with a table as an RFC 4180 file. Pages are read as fast as the client takes them, but in turns with the other
 * work of the thread: where table and client are both quick, it would never be the turn of anybody else. What fails before
 * the first row, and too many files at a time (TOO_BUSY), is a problem like any other; later the connection breaks off,
 * so that nobody takes a part for the whole,
 * and the log says why.
 */
export async function sendCsv(
  request: FastifyRequest,
  reply: FastifyReply,
  { columns, pages }: ExportedTable,
  { name, onLog }: CsvOptions,
): Promise<FastifyReply> {
  if (underWay >= MOST_FILES)
    throw new HttpProblem('TOO_BUSY', `Expected at most ${MOST_FILES} CSV files at a time. Ask again in ${RETRY_S} s`, {
      'retry-after': String(RETRY_S),
    });
  const rest = pages[Symbol.asyncIterator]();
  underWay++;
  reply.raw.once('close', () => underWay--); // however it ends
  const first = await rest.next();
  reply.type(`${CSV_TYPE}; charset=utf-8`).header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]+/g, '_')}.csv"`);
  if (request.method === 'HEAD') {
    await rest.return?.();
    return reply.send('');
  }
  const line = rowLine(columns, { reader: 'client' });
  const turns = new Turns({ patient: true });
  async function* text(): AsyncGenerator<string> {
    try {
      yield `${columnHeads(columns)}\n`;
      let piece = '';
      for (let page = first; !page.done; page = await rest.next()) {
        for (const row of page.value) {
          piece += `${line(row)}\n`;
          if (piece.length < PIECE_CHARACTERS) continue;
          await turns.next();
          yield piece;
          piece = '';
        }
      }
      yield piece;
    } catch (error) {
      onLog({ level: 'warn', message: `${request.url} broke off: ${messageOf(error)}` });
      throw error;
    } finally {
      await rest.return?.();
    }
  }
  return reply.send(Readable.from(text(), { objectMode: false }));
}

/** All pages of a list, from a cursor on, as rows: some at a time, as a row may hold a pump's whole history. */
export async function* listPages<T>(
  fetch: (page: { readonly after: string | undefined; readonly limit: number }) => Promise<Page<T>>,
  make: (item: T) => Row,
  cursor?: string,
): AsyncGenerator<Row[]> {
  for (let after = cursor; ;) {
    const { items, next } = await fetch({ after, limit: PAGE_ITEMS });
    for (let from = 0; from < items.length; from += PIECE_ROWS) yield items.slice(from, from + PIECE_ROWS).map(make);
    if (next === null) return;
    after = next;
  }
}
