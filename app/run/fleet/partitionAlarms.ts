import type { PumpDay } from '../../../domain/day/pumpDay.ts';
import type { Reference } from '../../../domain/pump/reference.ts';
import { SITE } from '../../../domain/alarm/rule.ts';
import type { AlarmFacts, PendingFacts } from '../../../query/alarms/alarmFacts.ts';
import type { AlarmIndex } from '../../../query/alarms/alarmIndex.ts';
import { partitionOfKey } from '../../../ingest/receivers/kafka/keyPartition.ts';
import type { Owner } from '../../../storage/hbase/shared/partitionRow.ts';
import type { SharedTable } from '../../../storage/hbase/shared/sharedTable.ts';
import type { Config } from '../../config/types.ts';
import { openAlarmIndex } from '../../store/alarmIndex.ts';
import type { OwnPartitions } from '../alarmTeller.ts';

export interface PartitionAlarmsOptions {
  readonly config: Config;
  readonly table: SharedTable;
  readonly group: string;
  readonly topic: string;
  /** What the names of this process's workers begin with. */
  readonly worker: string;
  readonly reference: () => Reference;
}

/** So often it is looked who is heard, ms. */
const FLEET_MS = 10_000;

interface Own {
  readonly owner: Owner;
  readonly index: AlarmIndex;
  /** Pump-days that the index has not seen yet. */
  readonly due: PumpDay[];
  /** It has been told of all there were. */
  isFilled: boolean;
}

/**
 * The alarms of the partitions that a worker has: an index for each, which begins when the ledger says that the partition is this worker's
 * and ends when that is over. Which pump-days have changed is looked up once for all of them.
 */
export class PartitionAlarms {
  readonly #options: PartitionAlarmsOptions;
  readonly #own = new Map<number, Own>();
  /** Where pumps belong, as ledgers say. */
  #places: ReadonlyMap<string, number> = new Map();
  /** Of pumps that no ledger knows yet: their first step is under way. */
  #unplaced: PumpDay[] = [];
  #seen = 0;
  #complete: readonly number[] = [];
  #orphans: readonly number[] = [];
  #orphansAt = -Infinity;

  constructor(options: PartitionAlarmsOptions) {
    this.#options = options;
  }

  get pumps(): readonly string[] {
    return [...new Set(this.#indexes().flatMap(({ pumps }) => pumps))];
  }

  get newestHeard(): number {
    return Math.max(...this.#indexes().map(({ newestHeard }) => newestHeard));
  }

  /** A pump's alarms; of SITE the silence of all pumps of a partition. */
  alarmsOf(pump: string, bounds: { readonly endedFrom?: number } = {}): AlarmFacts[] {
    if (pump === SITE) return this.#indexes().flatMap((index) => index.alarmsOf(SITE)).sort((a, b) => b.from - a.from);
    return this.#indexOf(pump)?.alarmsOf(pump, bounds) ?? [];
  }

  /** Wall time of a pump's last reading; undefined while none is known. */
  lastOf(pump: string): number | undefined {
    return this.#indexOf(pump)?.lastOf(pump);
  }

  pendingOf(pump: string): PendingFacts[] {
    return this.#indexOf(pump)?.pendingOf(pump) ?? [];
  }

  /** Nothing is kept of alarms in HBase. */
  async keep(): Promise<void> {
    // all follows from readings
  }

  /** Which partitions are this worker's, of which all is known among those that are `ready`, and where some pumps belong. */
  own(pumps: readonly string[], ready: readonly number[]): OwnPartitions {
    const of = pumps.flatMap((pump): [string, number][] => {
      const place = this.#placeOf(pump);
      return place === undefined ? [] : [[pump, place]];
    });
    const complete = this.#complete.filter((partition) => ready.includes(partition));
    return { mine: [...this.#own.values()].map(({ owner }) => owner), complete, orphans: this.#orphans, of: Object.fromEntries(of) };
  }

  /** Resolves when everything is known that had changed before the call. Throws STORE_UNAVAILABLE. */
  async catchUp(): Promise<void> {
    this.#begin(await this.#owners());
    await this.#look();
    for (const { index } of this.#own.values()) await index.catchUp();
    const after = new Map((await this.#owners()).map(({ partition, epoch }) => [partition, epoch]));
    const known = [...this.#own.values()].filter(({ owner: { partition, epoch } }) => after.get(partition) === epoch);
    await this.#lookForOrphans();
    this.#complete = this.#unplaced.length > 0 ? [] : known.map(({ owner }) => owner.partition);
  }

  /** Of the workers that are heard the first one by name says what nobody has. */
  async #lookForOrphans(): Promise<void> {
    const { table, topic, worker } = this.#options;
    if (performance.now() - this.#orphansAt < FLEET_MS) return;
    this.#orphansAt = performance.now();
    const { workers, partitions } = await table.fleet();
    const heard = workers.filter(({ isHeard }) => isHeard).map(({ name }) => name).sort();
    const orphans = partitions.filter((one) => one.topic === topic && (one.worker === null || !heard.includes(one.worker)));
    this.#orphans = heard[0]?.startsWith(worker) ? orphans.map(({ partition }) => partition) : [];
  }

  async #owners(): Promise<Owner[]> {
    const { table, worker } = this.#options;
    return (await table.owners(this.#options)).filter((owner) => owner.worker.startsWith(worker));
  }

  #begin(owners: readonly Owner[]): void {
    const epochs = new Map(owners.map(({ partition, epoch }) => [partition, epoch]));
    for (const [partition, { owner }] of this.#own) if (epochs.get(partition) !== owner.epoch) this.#own.delete(partition);
    for (const owner of owners) if (!this.#own.has(owner.partition)) this.#own.set(owner.partition, this.#newOf(owner));
  }

  #newOf(owner: Owner): Own {
    const { config, table } = this.#options;
    const due: PumpDay[] = [];
    const days = async function* () {
      yield due.splice(0);
    };
    const view = {
      days, readings: table.readings.bind(table), lookup: table.lookup.bind(table), lastReading: table.lastReading.bind(table),
      newestTime: table.newestTime.bind(table), alarmDays: table.alarmDays.bind(table), keepAlarmDays: table.keepAlarmDays.bind(table),
    };
    const index = openAlarmIndex(config, view, { reference: () => this.#expectedIn(owner.partition, owner.partitions), rests: true });
    return { owner, index, due, isFilled: false };
  }

  /** Pumps that never reported belong where their key will bring them. */
  #expectedIn(partition: number, partitions: number): Reference {
    const reference = this.#options.reference();
    const its = [...reference.pumps].filter(([pump]) => (this.#places.get(pump) ?? partitionOfKey(pump, partitions)) === partition);
    return { ...reference, pumps: new Map(its) };
  }

  async #look(): Promise<void> {
    const { table } = this.#options;
    const all = [...this.#own.values()];
    if (all.length === 0) return;
    let seen = this.#seen;
    const days = this.#unplaced.splice(0);
    for await (const piece of table.days({ changedAfter: all.every(({ isFilled }) => isFilled) ? seen : 0 })) {
      for (const day of piece) seen = Math.max(seen, day.changedAt);
      days.push(...piece);
    }
    if (days.some(({ pump }) => !this.#places.has(pump))) this.#places = await table.places(this.#options);
    for (const day of days) {
      const place = this.#places.get(day.pump);
      if (place === undefined) this.#unplaced.push(day);
      else this.#own.get(place)?.due.push(day);
    }
    for (const one of all) one.isFilled = true;
    this.#seen = seen;
  }

  #placeOf(pump: string): number | undefined {
    const known = this.#places.get(pump);
    if (known !== undefined) return known;
    return [...this.#own].find(([, { index }]) => index.pumps.includes(pump))?.[0];
  }

  #indexOf(pump: string): AlarmIndex | undefined {
    const place = this.#placeOf(pump);
    return place === undefined ? undefined : this.#own.get(place)?.index;
  }

  #indexes(): AlarmIndex[] {
    return [...this.#own.values()].map(({ index }) => index);
  }
}
