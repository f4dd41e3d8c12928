import type { Remote } from '../../storage/table/remote.ts';
import type { Table } from '../../storage/table/table.ts';
import { compareReadings } from './compareReadings.ts';
import { compareAlerts, compareStats } from './compareRest.ts';
import { copyReference, copyRejects, copyStats } from './copyRest.ts';
import { copyRows } from './copyRows.ts';
import { Differences } from './differences.ts';
import { NO_READINGS } from './noReadings.ts';
import { copyPlace, COPY_STATE, isCopied, placeState, versionOf } from './place.ts';

export interface CopyOptions {
  readonly source: Table;
  readonly target: Table & Pick<Remote, 'takeOver'>;
  /** Ends it between two steps, by throwing its reason. */
  readonly signal: AbortSignal;
  /** Readings received then or before have expired. */
  readonly expiredBefore: () => number;
  readonly listener: CopyListener;
}

/** Who looks on. */
export interface CopyListener {
  /** Copying begins, after a place that an earlier run has reached. */
  readonly onStart: (after: { readonly pump: string; readonly time: number } | undefined) => void;
  /** A step was written: its last row, and its number of rows. */
  readonly onStep: (place: { readonly pump: string; readonly time: number }, rows: number) => void;
  /** Both tables are read and compared: the pump, and the readings so far. */
  readonly onCompare: (pump: string, readings: number) => void;
}

/** What was found when both tables were compared. */
export interface Copied {
  /** It was all there before. */
  readonly already: boolean;
  readonly readings: number;
  readonly alerts: number;
  readonly stats: number;
  readonly rejects: number;
  /** Readings that HBase has received later, and differently. */
  readonly newer: number;
  /** Alerts that can't be copied, as their readings have expired. */
  readonly withoutReading: number;
  /** SHA-256 of the source's rows. */
  readonly digest: string;
  readonly verified: boolean;
  /** Sentences about what differs; none when it is verified. */
  readonly differences: readonly string[];
}

/**
 * Copies an embedded table into HBase and compares both. It may end anywhere and goes on where it was: the place
 * commits with the rows, and what is done twice comes to the same. Nobody else may write meanwhile.
 */
export async function copyTable({ source, target, signal, expiredBefore, listener }: CopyOptions): Promise<Copied> {
  await target.recover();
  const already = await isCopied(source, target);
  let rejects = 0;
  if (already) for await (const piece of source.rejects()) rejects += piece.length;
  else {
    const place = copyPlace(await target.state(COPY_STATE));
    const after = place?.done === false ? place : undefined;
    listener.onStart(after);
    await copyRows({ source, target, signal, after, onStep: listener.onStep });
    rejects = await copyRejects(source, target);
    await copyReference(source, target);
  }
  const differences = new Differences();
  const comparison = { source, target, differences, signal };
  const { ahead, sameDigest, ...readings } = await compareReadings({ ...comparison, expiredBefore, onPump: listener.onCompare });
  if (!already) {
    await copyStats({ source, target, ahead });
    await target.takeOver(source);
  }
  const stats = await compareStats({ ...comparison, ahead });
  const alerts = await compareAlerts(comparison);
  const verified = sameDigest && differences.count === 0;
  // What does not agree is copied anew by the next run, from the beginning: it must not pass for done.
  const state = verified ? placeState({ done: true, source: await versionOf(source) }) : { [COPY_STATE]: null };
  await target.write({ receiver: null, readings: NO_READINGS, breaches: [], rejects: [], state });
  return { already, ...readings, ...alerts, stats, rejects, verified, differences: differences.sentences };
}
