import type { Config } from '../config/types.ts';

/** What is said where the table has readings, and another machine their rejects. */
export function keptElsewhere({ dataDir }: Config): string {
  return `Rejects are kept where "wellwatch run" runs, in its data directory, and not in HBase: ask there. None are kept in ${dataDir}.`;
}
