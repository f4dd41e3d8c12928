import { pathReader } from '../../ingest/decode/mapping/json/path.ts';

/** A path of documents of JSON, and what stands at its end in each. */
export type Leaf = readonly [path: string, values: readonly unknown[]];

const DEEPEST = 6;

/** The path of the first list of objects. */
export function listPath(value: unknown, path: string, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return path !== '' && typeof value[0] === 'object' && value[0] !== null ? path : undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = listPath(inner, path === '' ? name : `${path}.${name}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Lists of objects whose items have the same names, in one object: one for each pump, or for each tag. */
export interface Lists {
  /** The path of the object, `.` for the whole. */
  readonly parent: string;
  /** The names of the lists. */
  readonly names: readonly string[];
  /** Whether nothing else is in the object. */
  readonly areAll: boolean;
}

/** The list at a path and those beside it that are like it. */
export function listsBeside(each: string, root: unknown): Lists {
  const parent = each.includes('.') ? each.slice(0, each.lastIndexOf('.')) : '.';
  const siblings = pathReader(parent)(root, root) as Readonly<Record<string, unknown>>;
  const shape = (list: unknown) => (Array.isArray(list) && typeof list[0] === 'object' ? Object.keys((list[0] ?? {}) as object).join() : undefined);
  const own = lastOf(each);
  const all = Object.keys(siblings);
  const names = all.filter((name) => name === own || shape(siblings[name]) === shape(siblings[own]));
  return { parent, names, areAll: names.length === all.length };
}

/** The values at the end of each path of some documents. */
export function leavesOf(items: readonly unknown[]): Leaf[] {
  const leaves = new Map<string, unknown[]>();
  const visit = (value: unknown, path: string, depth: number): void => {
    if (Array.isArray(value) || depth > DEEPEST) return;
    if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`, depth + 1);
    else if (path !== '') leaves.set(path, [...(leaves.get(path) ?? []), value]);
  };
  for (const item of items) visit(item, '', 0);
  return [...leaves];
}

/** The texts and numbers among values, each once. */
export function texts(values: readonly unknown[]): string[] {
  return [...new Set(values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String))];
}

/** The last name of a path. */
export function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
