import type { Retract } from '../../domain/alarm/acts/act.ts';
import { AppError } from '../../domain/errors.ts';
import { visible } from '../../domain/text.ts';
import { newestReceipt, RECEIPT_STATE } from '../../storage/table/state.ts';
import type { Retracted } from '../../storage/table/retractions.ts';
import type { Table } from '../../storage/table/table.ts';
import { isAskedFor } from '../store/receiptLines.ts';
import { selectionOf } from './carryOut.ts';

/** Which readings somebody wants taken back: all of a source, or a pump's in a range of wall times. The reason is empty where nothing is done. */
export interface Asked extends Pick<Retract, 'pump' | 'from' | 'to' | 'reason'> {
  /** A file's name, `mqtt:` and a topic, or `#` and a number. */
  readonly source: string | undefined;
}

/** What is meant, and what it comes to. */
export interface RetractPlan {
  readonly deed: Retract;
  readonly planned: Retracted;
}

/** How the question is called where it is asked, for sentences: `--source` or `source`. */
export type NameOf = (name: 'source' | 'pump' | 'from' | 'to') => string;

/** Throws USAGE for a question that means nothing, or all of a pump by a slip. */
export function requireMeaning({ source, pump, from, to }: Asked, name: NameOf): void {
  if ((source === undefined) === (pump === null))
    throw new AppError('USAGE', `expected either ${name('source')}, or ${name('pump')} with ${name('from')} and ${name('to')}: which readings are to be taken out?`);
  if (pump !== null && (from === null || to === null))
    throw new AppError('USAGE', `${name('pump')}: expected ${name('from')} and ${name('to')} with it, so that nobody takes out all of a pump by a slip`);
  if (from !== null && to !== null && from >= to) throw new AppError('USAGE', `${name('to')}: expected a time after ${name('from')}`);
  if (source !== undefined && (from !== null || to !== null))
    throw new AppError('USAGE', `${name('source')}: all that came from it is taken out; ${name('from')} and ${name('to')} go with ${name('pump')}`);
}

/** What is meant, as of the last receipt in the table, and what that comes to. Throws NOT_FOUND. */
export async function planRetraction(table: Table, { source, pump, from, to, reason }: Asked, name: NameOf): Promise<RetractPlan> {
  const sources = source === undefined ? null : await sourcesOf(table, source, name);
  if (pump !== null && !(await table.pumps()).includes(pump))
    throw new AppError('NOT_FOUND', `There is no pump ${visible(pump)}: "wellwatch pumps" lists those that there are.`);
  const receivedUntil = newestReceipt(await table.state(RECEIPT_STATE));
  const deed: Retract = { kind: 'retract', sources, pump, from, to, receivedUntil, reason };
  return { deed, planned: await table.retractable(await selectionOf(table, deed)) };
}

async function sourcesOf(table: Table, asked: string, name: NameOf): Promise<{ number: number; source: string }[]> {
  const { receipts, older } = await table.receipts();
  const found = receipts.filter((receipt) => isAskedFor(receipt, asked)).map(({ number, source }) => ({ number, source }));
  if (found.length > 0) return found;
  throw new AppError('NOT_FOUND', `${name('source')}: nothing has come from ${visible(asked)}, as "wellwatch receipts" lists sources` +
    (older ? `; of the oldest only sums are kept, so readings of these are named by ${name('pump')}, ${name('from')} and ${name('to')}` : ''));
}
