/** What became of rows. Counted in the transaction that made it so. */
export interface Counts {
  readonly stored: number;
  /** Part of the stored ones: those that came to a key with other values than it had. One of the two rows gave way, the older. */
  readonly replaced: number;
  /** Part of the stored ones: those that somebody took back since, with `wellwatch retract`. */
  readonly retracted: number;
  readonly duplicate: number;
  /** Part of the stored and duplicate ones: those that took the place of a reject. */
  readonly replayed: number;
  readonly rejected: number;
  /** Alerts stored; a reading may break several rules. */
  readonly alerts: number;
}

export const NO_COUNTS: Counts = { stored: 0, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 0, alerts: 0 };

/** The sum of two counts. */
export function addCounts(a: Counts, b: Counts): Counts {
  return {
    stored: a.stored + b.stored,
    replaced: a.replaced + b.replaced,
    retracted: a.retracted + b.retracted,
    duplicate: a.duplicate + b.duplicate,
    replayed: a.replayed + b.replayed,
    rejected: a.rejected + b.rejected,
    alerts: a.alerts + b.alerts,
  };
}

/** The balance: `received = stored + duplicate + rejected + pending`. Pending rows are on disk, not yet in the table. */
export interface Balance extends Counts {
  readonly received: number;
  readonly pending: number;
}

/** The balance of counted and pending rows. */
export function balance(counts: Counts, pending: number): Balance {
  return { received: counts.stored + counts.duplicate + counts.rejected + pending, ...counts, pending };
}
