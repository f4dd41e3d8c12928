import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** What makes a part of a path a pattern. */
const PATTERN = /[*?[{]/;

/**
 * The folders that a path means, in order of their names: itself, or those that fit, where parts of it are patterns as in
 * Hadoop: `*` and `?` within a name, `[a-c]`, `{2026,2027}`. A folder of exactly that name goes first. Rejects when what is
 * before the first pattern can't be read.
 */
export async function foldersOf(path: string): Promise<string[]> {
  if (!PATTERN.test(path) || (await isFolder(path))) return [path];
  const { fixed, rest } = partsOf(path);
  let folders = [fixed];
  for (const part of rest) folders = (await Promise.all(folders.map((folder) => within(folder, part)))).flat();
  return folders.sort();
}

/** What is before the first part of a path that is a pattern, and the parts from there on; without one, the path and none. */
export function partsOf(path: string): { readonly fixed: string; readonly rest: readonly string[] } {
  const parts = path.split(sep);
  const first = parts.findIndex((part) => PATTERN.test(part));
  if (first === -1) return { fixed: path, rest: [] };
  const fixed = parts.slice(0, first).join(sep) || (path.startsWith(sep) ? sep : '.');
  return { fixed, rest: parts.slice(first).filter((part) => part !== '') };
}

async function within(folder: string, part: string): Promise<string[]> {
  if (!PATTERN.test(part)) return (await isFolder(join(folder, part))) ? [join(folder, part)] : [];
  const fits = expressionOf(part);
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && fits.test(entry.name)).map(({ name }) => join(folder, name));
}

/** A pattern as a regular expression; braces and brackets that are not closed stand for themselves. */
function expressionOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*|\?|\[([^\]]+)\]|\{([^}]+)\}|[^*?]/gsu, (token, set?: string, choices?: string) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (set !== undefined) return `[${set.replace(/^!/, '^').replaceAll('\\', '\\\\')}]`;
    return choices === undefined ? literal(token) : `(?:${choices.split(',').map(literal).join('|')})`;
  });
  return new RegExp(`^${source}$`, 'su');
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}
