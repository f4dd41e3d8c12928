import type { ComponentChildren } from 'preact';

/** A column: what its cells hold, and, where the rows can be put in its order, by what. */
export interface Column<Row> {
  readonly key: string;
  readonly head: string;
  readonly unit?: string;
  readonly numeric?: boolean;
  readonly class?: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly sort?: (row: Row) => number | string | null;
}

/** `pump` or `-pump`: which column the rows are sorted by, descending with a minus. */
export type Sort = string;

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly rowClass?: (row: Row) => string | undefined;
  readonly sort?: Sort | undefined;
  readonly onSort?: (sort: Sort) => void;
  /** On a phone: wide tables scroll beside their first column, rows of few facts become cards. */
  readonly phone?: 'scroll' | 'cards';
  /** Opens a row in place: its first column becomes a button. */
  readonly openRow?: string | null;
  readonly onOpen?: (key: string | null) => void;
  readonly detail?: (row: Row) => ComponentChildren;
}

/** A table with a header that stays, aligned numbers, sortable columns and rows that open. The rows come sorted: see {@link sorted}. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, sort, onSort, phone = 'scroll' } = props;
  return (
    <div class={`table ${phone}`}>
      <div class="scroller" role="group" aria-label={caption} tabIndex={0}>
        <table role="table">
          <caption class="unseen">{caption}</caption>
          <thead role="rowgroup">
            <tr role="row">{columns.map((column) => <Head key={column.key} column={column} sort={sort} onSort={onSort} />)}</tr>
          </thead>
          <tbody role="rowgroup">{rows.map((row) => <Row key={rowKey(row)} {...props} row={row} />)}</tbody>
        </table>
      </div>
    </div>
  );
}

/** Rows in the order of a column; those without a value come last either way. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort): readonly Row[] {
  const descending = sort.startsWith('-');
  const by = columns.find(({ key }) => key === (descending ? sort.slice(1) : sort))?.sort;
  if (!by) return rows;
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const order = typeof a === 'string' ? a.localeCompare(String(b)) : a - Number(b);
    return descending ? -order : order;
  });
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly onSort: ((sort: Sort) => void) | undefined;
}

function Head<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const { key, head, unit, numeric = false } = column;
  const label = <>{head}{unit && <span class="unit"> {unit}</span>}</>;
  const direction = sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : 'none';
  const sortable = column.sort !== undefined && onSort !== undefined;
  return (
    <th role="columnheader" scope="col" class={cellClass(column)} aria-sort={sortable ? direction : undefined}>
      {sortable ? (
        <button
          type="button"
          class="sort"
          onClick={() => onSort((numeric ? direction === 'descending' : direction !== 'ascending') ? key : `-${key}`)}
        >
          {label}
        </button>
      ) : (
        label
      )}
    </th>
  );
}

function Row<Row>({ row, columns, rowKey, rowClass, openRow, onOpen, detail }: TableProps<Row> & { readonly row: Row }) {
  const key = rowKey(row);
  const open = openRow === key;
  return (
    <>
      <tr role="row" class={rowClass?.(row)}>
        {columns.map((column, i) => (
          <td role="cell" key={column.key} class={cellClass(column)} data-label={column.head}>
            {i === 0 && onOpen ? (
              <button type="button" class="opener" aria-expanded={open} onClick={() => onOpen(open ? null : key)}>
                {column.cell(row)}
              </button>
            ) : (
              column.cell(row)
            )}
          </td>
        ))}
      </tr>
      {open && detail && (
        <tr role="row" class="detail">
          <td role="cell" colSpan={columns.length}>
            {detail(row)}
          </td>
        </tr>
      )}
    </>
  );
}

function cellClass<Row>({ numeric, class: name }: Column<Row>): string | undefined {
  return [numeric && 'number', name].filter(Boolean).join(' ') || undefined;
}
