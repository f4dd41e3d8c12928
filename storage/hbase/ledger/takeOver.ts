import { type Counts, NO_COUNTS } from '../../../domain/balance.ts';
import type { PumpDay } from '../../../domain/day/pumpDay.ts';
import type { ByReceiver } from '../../../domain/receivers.ts';
import type { OriginRecord } from '../../table/origins.ts';
import { type Json, RECEIPT_STATE } from '../../table/state.ts';
import type { Table } from '../../table/table.ts';
import { putOriginRecord } from '../../lmdb/origins/originRecords.ts';
import type { SiteLedger } from './siteLedger.ts';

/** What has been taken over before is kept in the state under this name. */
const TAKEN_OVER = 'takenOver';

/**
 * Takes over from a table whose rows have been copied what else a ledger has to know: counts, positions that it has
 * none of its own for, and which pump-days have lost readings, in one transaction; a second time adds what has been
 * counted since the first. Where rows came from is taken over by a ledger that knows of no source yet, before that.
 */
export async function takeOver(source: Table, ledger: SiteLedger): Promise<void> {
  await takeOverOrigins(source, ledger);
  const counts = await source.counts();
  const own = await ledger.records.state();
  const before = (own.get(TAKEN_OVER) as ByReceiver<Partial<Counts>> | undefined) ?? {};
  const state: Record<string, Json> = { [TAKEN_OVER]: counts as unknown as Json };
  for (const [name, value] of await source.state()) if (!own.has(name)) state[name] = value;
  const receipts = [own.get(RECEIPT_STATE), (await source.state()).get(RECEIPT_STATE)].filter((at) => typeof at === 'number');
  if (receipts.length > 0) state[RECEIPT_STATE] = Math.max(...receipts);
  const expired: PumpDay[] = [];
  for await (const days of source.days({})) expired.push(...days.filter((day) => day.expired));
  await ledger.change('take over counts and positions', ({ bookkeeping, days }) => {
    for (const [receiver, now] of Object.entries(counts))
      bookkeeping.credit(receiver, difference(now, { ...NO_COUNTS, ...before[receiver] }));
    bookkeeping.setState(state);
    for (const { pump, day } of expired) days.markDropped(pump, day);
  });
}

/** In pieces; receipts last and together: one that is cut off begins anew, and a ledger that has some has all. */
async function takeOverOrigins(source: Table, ledger: SiteLedger): Promise<void> {
  if (await ledger.knowsSources()) return;
  const put = (records: readonly OriginRecord[]) =>
    ledger.change('take over where rows came from', (parts) => records.forEach((record) => putOriginRecord(parts, record)));
  const receipts: OriginRecord[] = [];
  for await (const records of source.originRecords()) {
    receipts.push(...records.filter(({ kind }) => kind === 'receipts'));
    await put(records.filter(({ kind }) => kind !== 'receipts'));
  }
  await put(receipts);
}

function difference(now: Counts, before: Counts): Counts {
  return {
    stored: now.stored - before.stored,
    replaced: now.replaced - before.replaced,
    duplicate: now.duplicate - before.duplicate,
    retracted: now.retracted - before.retracted,
    replayed: now.replayed - before.replayed,
    rejected: now.rejected - before.rejected,
    alerts: now.alerts - before.alerts,
  };
}
