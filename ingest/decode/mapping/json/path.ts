/** Reads a value of parsed JSON; undefined where nothing stands at the path. `root` is the whole document. */
export type PathReader = (item: unknown, root: unknown) => unknown;

/**
 * Compiles a path: names joined by dots, numbers for places in a list. `.` is the item itself; one that begins with `$.`
 * begins at the document, not at the item.
 */
export function pathReader(path: string): PathReader {
  const isRooted = path === '$' || path.startsWith('$.');
  const parts = partsOf(path);
  return (item, root) => {
    let value = isRooted ? root : item;
    for (const part of parts) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
      value = (value as Record<string, unknown>)[part];
    }
    return value;
  };
}

/** The names of a path, in order. */
export function partsOf(path: string): string[] {
  return path.replace(/^\$(?=\.|$)/, '').split('.').filter((part) => part !== '');
}
