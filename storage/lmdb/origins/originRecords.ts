import type { OriginRecord } from '../../table/origins.ts';
import type { Snapshot } from '../environment.ts';
import { pumpOfKey, readingSeries } from '../keys.ts';
import type { Parts } from '../parts.ts';

const PUMP_BYTES = 4;
/** Receipts last: who finds some has all the others. */
const KINDS = ['origins', 'changes', 'receipts'] as const;

/** All that says where rows came from, as it lies in its stores: a pump's with its name, as another table has another number for it. */
export function* originRecords({ pumps, originStores }: Parts, snapshot: Snapshot): Iterable<OriginRecord> {
  for (const kind of KINDS)
    for (const { key, value } of originStores[kind].all(snapshot)) {
      const pump = kind === 'receipts' ? null : pumps.name(pumpOfKey(key), snapshot);
      yield { kind, pump, key: Uint8Array.from(pump === null ? key : key.subarray(PUMP_BYTES)), value: Uint8Array.from(value) };
    }
}

/** Whether a table knows where some of its rows came from. */
export function hasOrigins({ originStores }: Parts, snapshot: Snapshot): boolean {
  for (const _ of originStores.receipts.all(snapshot)) return true;
  return false;
}

/** Puts a record of another table; only within a transaction. A second time changes nothing. */
export function putOriginRecord({ pumps, originStores }: Parts, { kind, pump, key, value }: OriginRecord): void {
  originStores[kind].put(pump === null ? key : Buffer.concat([readingSeries(pumps.intern(pump)), key]), value);
}
