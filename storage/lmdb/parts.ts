import { REJECT_BOUNDS, type RejectBounds } from '../table/rejects.ts';
import { AlarmDays } from './alarmDays.ts';
import { BlockStore } from './blockStore.ts';
import { Days } from './days.ts';
import type { Store } from './environment.ts';
import type { Stores } from './format.ts';
import { Interned } from './interned.ts';
import { Bookkeeping } from './bookkeeping.ts';
import { ChangeLog } from './origins/changeLog.ts';
import { OriginLog } from './origins/originLog.ts';
import { Receipts } from './origins/receipts.ts';
import { ReadingsReader } from './readingsStore.ts';
import { RejectsStore } from './rejectsStore.ts';
import { StatsStore } from './statsStore.ts';

/** What a table is made of. */
export interface Parts {
  /** Small things under names of their own. */
  readonly meta: Store;
  readonly pumps: Interned;
  readonly rules: Interned;
  readonly readings: BlockStore;
  readonly readingsReader: ReadingsReader;
  readonly alerts: BlockStore;
  readonly days: Days;
  readonly stats: StatsStore;
  readonly rejects: RejectsStore;
  readonly bookkeeping: Bookkeeping;
  readonly receipts: Receipts;
  readonly origins: OriginLog;
  readonly changes: ChangeLog;
  /** What the last three lie in. */
  readonly originStores: Pick<Stores, 'receipts' | 'origins' | 'changes'>;
  readonly alarmDays: AlarmDays;
}

/** The parts over their sub-databases. */
export function partsOf(stores: Stores, { most }: Pick<RejectBounds, 'most'> = REJECT_BOUNDS): Parts {
  const pumps = new Interned({ numbers: stores.pumpNumbers, names: stores.pumpNames });
  const pumpName = (pump: number): string => pumps.name(pump);
  const readings = new BlockStore(stores.readings, 'readings', pumpName);
  return {
    meta: stores.meta,
    pumps,
    rules: new Interned({ numbers: stores.ruleNumbers, names: stores.rules }),
    readings,
    readingsReader: new ReadingsReader(readings),
    alerts: new BlockStore(stores.alerts, 'alerts', pumpName),
    days: new Days(stores.days),
    stats: new StatsStore(stores.stats),
    rejects: new RejectsStore(stores, most),
    bookkeeping: new Bookkeeping(stores),
    receipts: new Receipts(stores.receipts),
    origins: new OriginLog(stores.origins),
    changes: new ChangeLog(stores.changes),
    originStores: stores,
    alarmDays: new AlarmDays(stores.alarmDays),
  };
}
