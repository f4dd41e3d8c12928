/** The order of pumps in the table: that of the bytes of their UTF-8 ids. Negative when `a` comes before `b`. */
export function comparePumps(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
