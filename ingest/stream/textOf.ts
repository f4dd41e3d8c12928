/** An item as a line: tuples as Spark prints them, `(COHUTTA,(88,3))`, texts as they are, objects as JSON, undefined as `none`. */
export function textOf(item: unknown): string {
  if (Array.isArray(item)) return `(${item.map(textOf).join(',')})`;
  if (typeof item === 'string') return item;
  return typeof item === 'object' ? JSON.stringify(item) : item === undefined ? 'none' : `${item as number}`;
}
