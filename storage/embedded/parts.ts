import { BlockStore } from './blockStore.ts';
import { Days } from './days.ts';
import type { Stores } from './format.ts';
import { Interned } from './interned.ts';
import { Ledger } from './ledger.ts';
import { RejectsStore } from './rejectsStore.ts';
import { StatsStore } from './statsStore.ts';

/** What a table is made of. */
export interface Parts {
  readonly pumps: Interned;
  readonly rules: Interned;
  readonly readings: BlockStore;
  readonly alerts: BlockStore;
  readonly days: Days;
  readonly stats: StatsStore;
  readonly rejects: RejectsStore;
  readonly ledger: Ledger;
}

/** The parts over their sub-databases. */
export function partsOf(stores: Stores): Parts {
  const pumps = new Interned({ numbers: stores.pumpNumbers, names: stores.pumpNames });
  const pumpName = (pump: number): string => pumps.name(pump);
  return {
    pumps,
    rules: new Interned({ numbers: stores.ruleNumbers, names: stores.rules }),
    readings: new BlockStore(stores.readings, 'readings', pumpName),
    alerts: new BlockStore(stores.alerts, 'alerts', pumpName),
    days: new Days(stores.days),
    stats: new StatsStore(stores.stats),
    rejects: new RejectsStore(stores),
    ledger: new Ledger(stores),
  };
}
