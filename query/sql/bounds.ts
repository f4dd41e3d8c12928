import { DAY_MS, parseTime } from '../../domain/reading/wallClock.ts';
import { type AstNode, definedNames, namedTables, nodesOf } from './ast.ts';
import type { SqlTableName } from './catalog.ts';

/** What a scan may leave out: all pumps but these, and what is not in a half-open range of wall times. */
export interface ScanBounds {
  readonly pumps?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Nothing may be left out. */
const ALL: ScanBounds = {};

/**
 * The bounds that a statement gives a table by itself, for all places where it names it. They are taken from what WHERE joins by
 * AND: `pump = 'A'`, `pump in (…)`, comparisons of `at` and of its day. WHERE stays as it is, so what is not seen costs time and
 * never truth; and a form that is not understood bounds nothing.
 */
export function boundsOf(statement: unknown, table: SqlTableName): ScanBounds {
  if (definedNames(statement).has(table)) return ALL;
  const wanted = namedTables(statement).filter(({ name }) => name === table);
  const found: ScanBounds[] = [];
  for (const node of nodesOf(statement)) {
    if (node.type !== 'SELECT_NODE') continue;
    const tables = joinedTables(node.from_table as AstNode | null);
    for (const each of tables) {
      if (each.type !== 'BASE_TABLE' || String(each.table_name).toLowerCase() !== table) continue;
      found.push(boundsBy(node.where_clause as AstNode | null, { named: nameOf(each), alone: tables.length === 1, plain: isPlain(each) }));
    }
  }
  return found.length === wanted.length && found.length > 0 ? found.reduce(either) : ALL;
}

/** The tables that are joined in ways which a WHERE of one of them passes through; as of other joins nothing is known. */
function joinedTables(from: AstNode | null): AstNode[] {
  if (!from) return [];
  if (from.type !== 'JOIN') return [from];
  if (from.ref_type !== 'REGULAR' && from.ref_type !== 'CROSS') return [];
  return [...joinedTables(from.left as AstNode), ...joinedTables(from.right as AstNode)];
}

function nameOf({ alias, table_name }: AstNode): string {
  return String(alias === '' ? table_name : alias).toLowerCase();
}

function isPlain({ sample, column_name_alias }: AstNode): boolean {
  return sample === null && (column_name_alias as readonly unknown[]).length === 0;
}

/** How a column of the table is told from others. */
interface Naming {
  readonly named: string;
  /** A column without its table's name is the table's own. */
  readonly alone: boolean;
  readonly plain: boolean;
}

function boundsBy(where: AstNode | null, naming: Naming): ScanBounds {
  if (!where || !naming.plain) return ALL;
  if (where.type === 'CONJUNCTION_AND')
    return (where.children as readonly AstNode[]).map((each) => boundsBy(each, naming)).reduce(both, ALL);
  if (where.type === 'COMPARE_IN') return pumpsIn(where.children as readonly AstNode[], naming);
  if (where.type === 'COMPARE_BETWEEN')
    return both(
      compared('>=', where.input as AstNode, where.lower as AstNode, naming),
      compared('<=', where.input as AstNode, where.upper as AstNode, naming),
    );
  const comparison = COMPARISONS[where.type ?? ''];
  if (where.class !== 'COMPARISON' || !comparison) return ALL;
  const [left, right] = [where.left as AstNode, where.right as AstNode];
  return both(compared(comparison, left, right, naming), compared(MIRRORED[comparison], right, left, naming));
}

type Comparison = '=' | '<' | '<=' | '>' | '>=';
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  COMPARE_EQUAL: '=', COMPARE_LESSTHAN: '<', COMPARE_LESSTHANOREQUALTO: '<=', COMPARE_GREATERTHAN: '>', COMPARE_GREATERTHANOREQUALTO: '>=',
};
const MIRRORED: Readonly<Record<Comparison, Comparison>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function pumpsIn([what, ...values]: readonly AstNode[], naming: Naming): ScanBounds {
  const pumps = values.map(textOf);
  return columnOf(what, naming) === 'pump' && pumps.every((pump) => pump !== undefined) ? { pumps } : ALL;
}

/** The bounds of `what COMPARISON value`. */
function compared(comparison: Comparison, what: AstNode, value: AstNode, naming: Naming): ScanBounds {
  const column = columnOf(what, naming);
  const text = textOf(value);
  if (column === 'pump') return comparison === '=' && text !== undefined ? { pumps: [text] } : ALL;
  if (column === 'at') return within(comparison, timeOf(value), 1);
  const isDay = what.type === 'OPERATOR_CAST' && typeOf(what) === 'DATE' && columnOf(what.child as AstNode, naming) === 'at';
  const day = isDay ? timeOf(value) : undefined;
  return day !== undefined && day % DAY_MS === 0 ? within(comparison, day, DAY_MS) : ALL;
}

/** Where times of a step of so many ms compare so with one of them. */
function within(comparison: Comparison, time: number | undefined, step: number): ScanBounds {
  if (time === undefined) return ALL;
  switch (comparison) {
    case '=': return { from: time, to: time + step };
    case '<': return { to: time };
    case '<=': return { to: time + step };
    case '>': return { from: time + step };
    case '>=': return { from: time };
  }
}

function columnOf({ type, column_names }: AstNode, { named, alone }: Naming): string | undefined {
  if (type !== 'COLUMN_REF') return undefined;
  const names = (column_names as readonly string[]).map((name) => name.toLowerCase());
  if (names.length === 1) return alone ? names[0] : undefined;
  return names.length === 2 && names[0] === named ? names[1] : undefined;
}

/** The text of a literal, or undefined. */
function textOf({ type, value }: AstNode): string | undefined {
  if (type !== 'VALUE_CONSTANT') return undefined;
  const { value: text, type: { id }, is_null: isNull } = value as { value: unknown; type: { id: string }; is_null: boolean };
  return !isNull && id === 'VARCHAR' && typeof text === 'string' ? text : undefined;
}

/** The wall time of `'2014-03-14 12:00'`, and of that as a date or a timestamp; undefined for all else, and for microseconds. */
function timeOf(node: AstNode): number | undefined {
  if (node.type !== 'OPERATOR_CAST') return parsed(textOf(node));
  const type = typeOf(node);
  if (type !== 'DATE' && type !== 'TIMESTAMP') return undefined;
  const time = parsed(textOf(node.child as AstNode));
  return type === 'DATE' && time !== undefined && time % DAY_MS !== 0 ? undefined : time;
}

function parsed(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTime(text.trim().replace(' ', 'T'));
}

function typeOf({ cast_type }: AstNode): string {
  return (cast_type as { readonly id: string }).id;
}

function both(a: ScanBounds, b: ScanBounds): ScanBounds {
  const pumps = a.pumps && b.pumps ? a.pumps.filter((pump) => b.pumps!.includes(pump)) : (a.pumps ?? b.pumps);
  return {
    pumps,
    from: a.from === undefined || b.from === undefined ? (a.from ?? b.from) : Math.max(a.from, b.from),
    to: a.to === undefined || b.to === undefined ? (a.to ?? b.to) : Math.min(a.to, b.to),
  };
}

function either(a: ScanBounds, b: ScanBounds): ScanBounds {
  return {
    pumps: a.pumps && b.pumps && [...new Set([...a.pumps, ...b.pumps])],
    from: a.from === undefined || b.from === undefined ? undefined : Math.min(a.from, b.from),
    to: a.to === undefined || b.to === undefined ? undefined : Math.max(a.to, b.to),
  };
}
