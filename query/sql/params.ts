/** The values of a statement's parameters: `$1`, `?` by place, or `$pump` by name. */
export type SqlParams = readonly SqlParam[] | Readonly<Record<string, SqlParam>>;
export type SqlParam = string | number | boolean | null;

/** The values as the engine takes them. */
export function boundValues(params: SqlParams): SqlParam[] | Record<string, SqlParam> {
  return isList(params) ? [...params] : { ...params };
}

/** A parsed statement in which texts stand for their parameters: only to tell which rows it leaves out. */
export function withValues(node: unknown, params: SqlParams): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((each) => withValues(each, params));
  const { class: kind, identifier } = node as { readonly class?: unknown; readonly identifier?: unknown };
  if (kind === 'PARAMETER' && typeof identifier === 'string') {
    const value = valueOf(identifier, params);
    if (typeof value === 'string') return { class: 'CONSTANT', type: 'VALUE_CONSTANT', value: { type: { id: 'VARCHAR' }, is_null: false, value } };
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withValues(value, params)]));
}

function valueOf(identifier: string, params: SqlParams): SqlParam | undefined {
  if (isList(params)) return params[Number(identifier) - 1];
  return Object.hasOwn(params, identifier) ? params[identifier] : undefined;
}

function isList(params: SqlParams): params is readonly SqlParam[] {
  return Array.isArray(params);
}
