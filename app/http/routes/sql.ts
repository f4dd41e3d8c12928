import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../../domain/errors.ts';
import { SQL_TABLES } from '../../../query/sql/catalog.ts';
import type { SqlParams } from '../../../query/sql/params.ts';
import { sqlTypeName } from '../../../query/sql/values.ts';
import type { AnswerForm } from '../../sql/forms.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { CSV_TYPE, JSON_TYPE } from '../negotiation.ts';
import { HttpProblem } from '../problems.ts';
import { sqlAnswer, sqlQuestion, sqlTables } from '../schemas/sql.ts';

const LINES_TYPE = 'application/x-ndjson';
const PARQUET_TYPE = 'application/vnd.apache.parquet';
const FORMS: Readonly<Record<string, AnswerForm>> = { [JSON_TYPE]: 'json', [CSV_TYPE]: 'csv', [LINES_TYPE]: 'ndjson', [PARQUET_TYPE]: 'parquet' };
const BODY_BYTES = 65_536;
const RETRY_S = 5;
const bytes = (description: string) => ({ schema: z.string().meta({ description }) });

/** `sql`: questions about all that is stored, and what they can be asked of. Each is answered by a process of its own. */
export function sqlRoutes(api: Api, { config, sql: desk, onLog }: Pick<DataSources, 'config' | 'sql' | 'onLog'>): void {
  const { rows: mostRows, timeoutMs } = config.sql;
  const tables = SQL_TABLES.map(({ name, about, columns }) => ({
    name, about, columns: columns.map((column) => ({ name: column.name, type: sqlTypeName(column.type), about: column.about })),
  }));
  const listing = { tags: ['sql'], summary: 'The tables that can be asked of in SQL', response: { 200: sqlTables } };
  api.get('/sql', { schema: listing }, async () => ({ tables, rows: mostRows, timeout: timeoutMs / 1000 }));

  void api.register(async (own: Api) => {
    own.addContentTypeParser(['application/sql', 'text/plain'], { parseAs: 'string', bodyLimit: BODY_BYTES }, (_request, body, done) => done(null, body));
    const schema = {
      tags: ['sql'],
      summary: 'Answers a question in SQL (DuckDB) about all that is stored, as it is now',
      description: 'One SELECT; nothing can be changed by it. The answer comes whole or not at all: one of more than ' +
        `${mostRows} rows, or that takes longer than ${timeoutMs / 1000} s, is refused with CONFLICT`,
      body: sqlQuestion,
      response: {
        200: {
          description: 'The answer',
          content: {
            [JSON_TYPE]: { schema: sqlAnswer }, [CSV_TYPE]: bytes('names, then rows'), [LINES_TYPE]: bytes('an object for each row'),
            [PARQUET_TYPE]: bytes('a file'),
          },
        },
      },
    };
    own.post('/sql', { schema, bodyLimit: BODY_BYTES, config: { forms: Object.keys(FORMS) } }, async (request, reply) => {
      if (desk.isFull)
        throw new HttpProblem('TOO_BUSY', `Too many questions wait for an answer. Ask again in ${RETRY_S} s`, { 'retry-after': String(RETRY_S) });
      await answered(request, reply, { ask: asked(request.body), mostRows, desk, onLog });
    });
  });
}

interface Asked {
  readonly sql: string;
  readonly params: SqlParams | undefined;
  readonly rows: number | undefined;
}

function asked(body: z.output<typeof sqlQuestion>): Asked {
  return typeof body === 'string' ? { sql: body, params: undefined, rows: undefined } : { sql: body.sql, params: body.params, rows: body.rows };
}

async function answered(
  request: FastifyRequest,
  reply: FastifyReply,
  { ask: { sql, params, rows }, mostRows, desk, onLog }: { ask: Asked; mostRows: number } & { desk: DataSources['sql']; onLog: DataSources['onLog'] },
): Promise<void> {
  const startedAt = performance.now();
  const form = FORMS[request.form];
  const cut = form === 'json' && rows !== undefined && rows <= mostRows;
  const who = request.identity.name ?? request.ip;
  const gone = new AbortController(); // the request's own signal tells of its body, too
  reply.raw.once('close', () => gone.abort());
  try {
    const answer = await desk.ask({ sql, params, form, rows: Math.min(rows ?? mostRows, mostRows), cut }, gone.signal);
    onLog({ level: 'info', message: `sql by ${who}: ${answer.rows} rows in ${Math.round(performance.now() - startedAt)} ms: ${withoutLiterals(sql)}` });
    if (form === 'csv' || form === 'parquet') reply.header('content-disposition', `attachment; filename="answer.${form}"`);
    await reply.type(form === 'csv' ? `${CSV_TYPE}; charset=utf-8` : request.form).send(answer.bytes);
  } catch (error) {
    if (gone.signal.aborted) return void reply.code(499).send(); // nobody waits any more
    onLog({ level: 'info', message: `sql by ${who}: refused after ${Math.round(performance.now() - startedAt)} ms: ${withoutLiterals(sql)}` });
    if (error instanceof AppError && error.code === 'NOT_SUPPORTED') throw new HttpProblem('NOT_READY', error.message);
    throw error;
  }
}

const MOST_LOGGED = 500;

/** What was asked, without the values in it: a log is read by others than the table. */
function withoutLiterals(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'/g, '?').replace(/\b\d+(\.\d+)?\b/g, '?').replace(/\s+/g, ' ').trim().slice(0, MOST_LOGGED);
}
