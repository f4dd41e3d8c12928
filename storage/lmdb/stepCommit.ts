import type { Alert } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import { type Counts, NO_COUNTS } from '../../domain/balance.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import { type Places, STORED, type TimedCells } from '../../domain/reading/rowFate.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import { firstNotBefore } from '../../domain/search.ts';
import { type Json, REPLACED_ALERTS_STATE, withReplacedAlerts } from '../table/state.ts';
import { AlertsMerge } from './alertsMerge.ts';
import type { RowSource } from './columns.ts';
import { type CommittedOrigins, commitOrigins } from './origins/commitOrigins.ts';
import type { Parts } from './parts.ts';
import type { PlacedBreach } from './placedBreach.ts';
import type { RejectReplay } from './rejectsStore.ts';

/** The rows of one pump in a step: those at the places `from` to `to - 1`, times rising or the same. */
export interface PumpRows {
  readonly name: string;
  readonly rows: RowSource;
  readonly from: number;
  readonly to: number;
  /** What became of each row, by place. */
  readonly fates: Uint8Array;
}

/** What the rows of a pump do to its alerts. */
export interface PumpAlerts {
  /** Breaches of its rows whose cell holds, unless the store refuses the row, in order of their places. */
  readonly breaches: readonly PlacedBreach[];
  /** Cells that were replaced, times rising: the alerts of these measures go, unless they are raised again. */
  readonly replaced: readonly TimedCells[];
  /** Alerts received then or before have expired. */
  readonly expiredBefore: number;
}

/** What else commits with a step. */
export interface StepRest {
  readonly receiver: ReceiverName | null;
  readonly rejects: readonly Reject[];
  /** Rows that are in the table and take the place of rejects. */
  readonly replays: readonly RejectReplay[];
  readonly state: Readonly<Record<string, Json>>;
  readonly stored: number;
  readonly replaced: number;
  readonly duplicate: number;
  /** Alerts of rows that later rows of the step replaced; those of readings that were stored before are known. */
  readonly replacedAlerts: readonly Alert[];
  /** Where its rows come from. */
  readonly origins: Omit<CommittedOrigins, 'receiver'>;
}

/** What came of a step. */
export interface Committed {
  readonly counts: Counts;
  /** The breaches that became alerts now. */
  readonly raised: readonly Breach[];
  readonly withdrawn: readonly Alert[];
}

/** Brings all of a step but its readings into lmdb: `begin`, `takePump` for each pump, `end`; within one transaction. */
export class StepCommit {
  readonly #parts: Parts;
  readonly #alerts: AlertsMerge;
  #number = 0;
  #raised: Breach[] = [];
  #withdrawn: Alert[] = [];

  constructor(parts: Parts, blockBytes: number) {
    this.#parts = parts;
    this.#alerts = new AlertsMerge(parts.alerts, parts.rules, blockBytes);
  }

  begin(): void {
    this.#number = this.#parts.bookkeeping.nextStep();
    this.#raised = [];
    this.#withdrawn = [];
  }

  /** Alerts of stored rows come, those of replaced readings go, and the days of stored rows are marked as changed. */
  takePump(pump: PumpRows, { breaches, replaced, expiredBefore }: PumpAlerts): void {
    const number = this.#parts.pumps.intern(pump.name); // also without alerts: a pump that has rows is listed
    const raised = breaches.filter(({ place }) => pump.fates[place] === STORED);
    if (raised.length > 0 || replaced.length > 0) {
      const changes = { pump: { name: pump.name, number }, rows: pump.rows, raised, replaced, expiredBefore };
      const { withdrawn, known } = this.#alerts.apply(changes);
      for (const { breach } of raised) if (!known.has(breach)) this.#raised.push(breach);
      for (const alert of withdrawn) this.#withdrawn.push(alert);
    }
    this.#markDays(pump);
  }

  end({ receiver, rejects, replays, state, stored, replaced, duplicate, replacedAlerts, origins }: StepRest): Committed {
    const replayed = this.#parts.rejects.replay(replays);
    const counts = { ...NO_COUNTS, stored, replaced, duplicate, replayed, rejected: rejects.length, alerts: this.#raised.length };
    this.#parts.rejects.add(rejects);
    this.#parts.bookkeeping.setState(state);
    this.#keep([...replacedAlerts, ...this.#withdrawn]);
    if (receiver) {
      this.#parts.bookkeeping.credit(receiver, counts);
      commitOrigins(this.#parts, { receiver, ...origins });
    }
    return { counts, raised: this.#raised, withdrawn: this.#withdrawn };
  }

  #keep(gone: readonly Alert[]): void {
    if (gone.length === 0) return;
    const { bookkeeping } = this.#parts;
    bookkeeping.setState({ [REPLACED_ALERTS_STATE]: withReplacedAlerts(bookkeeping.stateOf(REPLACED_ALERTS_STATE), gone) });
  }

  #markDays({ name, rows, from, to, fates }: PumpRows): void {
    const { time } = rows;
    for (let place = from; place < to;) {
      const day = dayOf(time[place]);
      const end = firstNotBefore(place, to, (at) => time[at] < (day + 1) * DAY_MS); // times do not fall
      let [first, last] = [place, end - 1];
      while (first < end && fates[first] !== STORED) first++;
      while (last > first && fates[last] !== STORED) last--;
      if (first < end) {
        const receivedAt = oldestOf(rows, fates, { from: first, to: last + 1 });
        this.#parts.days.markChanged(name, day, { at: this.#number, receivedAt, first: time[first], last: time[last] });
      }
      place = end;
    }
  }
}

/** When the oldest cell of the stored rows at some places was received. */
function oldestOf({ receivedAt, cellReceipts }: RowSource, fates: Uint8Array, { from, to }: Places): number {
  let oldest = Infinity;
  for (const receipts of cellReceipts ?? [receivedAt]) {
    for (let place = from; place < to; place++) if (receipts[place] < oldest && fates[place] === STORED) oldest = receipts[place];
  }
  return oldest;
}
