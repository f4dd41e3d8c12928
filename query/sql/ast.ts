/** A node of a statement as DuckDB's `json_serialize_sql` says it. */
export interface AstNode {
  readonly type?: string;
  readonly class?: string;
  readonly [field: string]: unknown;
}

/** All nodes of a statement, those that hold others before what they hold. */
export function* nodesOf(value: unknown): Generator<AstNode> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as AstNode;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

/** A table that is named in FROM. */
export interface NamedTable {
  readonly node: AstNode;
  readonly name: string;
  readonly schema: string;
}

/** The tables that are named anywhere in a statement, those that it defines itself among them. */
export function namedTables(statement: unknown): NamedTable[] {
  return [...nodesOf(statement)].filter(({ type, table_name }) => type === 'BASE_TABLE' && typeof table_name === 'string').map((node) => ({
    node, name: String(node.table_name).toLowerCase(), schema: String(node.schema_name).toLowerCase(),
  }));
}

/** The names that a statement defines itself, by WITH. */
export function definedNames(statement: unknown): Set<string> {
  const names = new Set<string>();
  for (const { cte_map } of nodesOf(statement)) {
    const entries = (cte_map as { readonly map?: readonly { readonly key: string }[] } | undefined)?.map ?? [];
    for (const { key } of entries) names.add(key.toLowerCase());
  }
  return names;
}
