import type { SqlOptions } from '../commands/sql.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

const TABLES = `
Tables, always as they are now: readings, alerts, alarms, stats, pumps, maintenance, rejects.
  wellwatch sql "DESCRIBE readings"         the columns of one of them
Nothing can be changed, and no file or address be read. Times are those of the site's wall clock; received_at is UTC.`;

/** How `wellwatch sql` is called. */
export const sql: CommandUsage<Omit<SqlOptions, 'statement'>, [statement: string]> = {
  name: 'sql',
  summary: 'a question in SQL (DuckDB) about all that is stored',
  examples: [
    'sql "SELECT pump, avg(psi) FROM readings GROUP BY pump"',
    'sql "SELECT pump, count(*) FROM alerts JOIN maintenance USING (pump) GROUP BY pump" --csv',
    'sql --file low.parquet "SELECT * FROM readings WHERE psi < 20"',
    'sql - < question.sql',
  ],
  declare: (command) =>
    command
      .argument('<statement>', 'a SELECT, or - for one on standard input')
      .option('--csv', 'CSV on standard output')
      .option('--file <file>', 'a .csv, .parquet or .jsonl file that appears whole or not at all')
      .addHelpText('after', TABLES),
  action: async (options, statement) => (await import('../commands/sql.ts')).sql(await openContext(options), { ...options, statement }),
};
