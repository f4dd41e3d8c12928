import { useState } from 'preact/hooks';
import type { SqlAnswerJson } from '../../../http/schemas/sql.ts';
import { counted } from '../../format.ts';
import { type Column, Table } from '../../parts/Table.tsx';
import { query, setQuery } from '../../route.ts';
import { AnswerPlot } from './AnswerPlot.tsx';
import { plotOf } from './lines.ts';

interface Numbered {
  readonly number: number;
  readonly values: SqlAnswerJson['rows'][number];
}

const PAGE = 200;

/** Whether a column holds dates or times, which are not to be broken. */
function isDated(rows: SqlAnswerJson['rows'], column: number): boolean {
  return rows.some((row) => typeof row[column] === 'string' && /^\d{4}-\d\d-\d\d(T|$)/.test(row[column]));
}

/** An answer as a table, or as lines where it has a time or number and another number. */
export function Answer({ answer }: { readonly answer: SqlAnswerJson }) {
  const [shown, setShown] = useState(PAGE);
  const { columns, rows, truncated } = answer;
  const plot = plotOf(answer);
  const drawn = plot && query.value.get('plot') === 'yes';
  const numeric = columns.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const heads = columns.map(({ name }, i): Column<Numbered> => ({
    key: String(i), head: name, numeric: numeric[i], ...(isDated(rows, i) ? { class: 'dated' } : {}), cell: ({ values }) => (values[i] === null ? '–' : String(values[i]).replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ')),
  }));
  return (
    <>
      <div class="head">
        <p role="status">
          {truncated ? `The first ${counted(rows.length, 'row')}; there are more, which CSV has` : counted(rows.length, 'row')}
        </p>
        {plot && (
          <button type="button" aria-pressed={drawn} onClick={() => setQuery({ plot: drawn ? null : 'yes' })}>
            {drawn ? 'Show the table' : `Draw ${plot.y} over ${plot.x}`}
          </button>
        )}
      </div>
      {drawn ? <AnswerPlot plot={plot} /> : rows.length > 0 && (
        <Table caption="Answer" columns={heads} rows={rows.slice(0, shown).map((values, number) => ({ number, values }))} rowKey={({ number }) => String(number)} />
      )}
      {!drawn && rows.length > shown && <button type="button" onClick={() => setShown(shown + PAGE)}>Show {Math.min(PAGE, rows.length - shown)} more</button>}
    </>
  );
}
