import { z } from 'zod';
import { wholeNumber } from './values.ts';

const MOST_CHARACTERS = 20_000;
const statement = z.string().min(1).max(MOST_CHARACTERS).meta({
  description: 'A SELECT of the tables that `GET /api/v1/sql` lists', example: 'SELECT pump, avg(psi) FROM readings GROUP BY pump',
});

const MOST_PARAMS = 100;
const param = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]);

/** A question: the statement alone as application/sql, or with how many rows are wanted. */
export const sqlQuestion = z.union([
  statement,
  z.strictObject({
    sql: statement,
    params: z.union([z.array(param).max(MOST_PARAMS), z.record(z.string().max(64), param)]).optional().meta({
      description: 'Values of `$1`, `?` in order, or of `$name` by name: nothing of them is ever read as SQL', example: { pump: 'LAGNAPPE' },
    }),
    rows: wholeNumber((whole) => whole.min(1)).optional().meta({ description: 'Of JSON only so many; `truncated` says whether there are more' }),
  }),
]);

/** An answer as JSON. */
export const sqlAnswer = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string().meta({ description: 'As DuckDB calls it' }) })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  truncated: z.boolean().meta({ description: 'There are more rows than `rows` asked for' }),
});
export type SqlAnswerJson = z.output<typeof sqlAnswer>;

/** What can be asked of. */
export const sqlTables = z.object({
  tables: z.array(z.object({
    name: z.string(), about: z.string(),
    columns: z.array(z.object({ name: z.string(), type: z.string(), about: z.string() })),
  })),
  rows: z.number().int().meta({ description: 'The most rows of an answer' }),
  timeout: z.number().meta({ description: 'The longest time of a question, in seconds' }),
});
export type SqlTablesJson = z.output<typeof sqlTables>;
