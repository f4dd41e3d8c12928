import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { PAGE_BYTES } from '../lmdb/block.ts';
import { Expiry } from '../lmdb/expiry.ts';
import { pumpOfKey, timeBounds } from '../lmdb/keys.ts';
import type { Parts } from '../lmdb/parts.ts';
import { type Expiring, SiteRecords } from '../lmdb/siteRecords.ts';
import { transactStep } from '../lmdb/stepTransaction.ts';
import { TableAccess, type TableAccessOptions } from '../lmdb/tableAccess.ts';
import type { ReadingRange } from '../table/readings.ts';
import { NOTHING_RECOVERED, type Outcome, type Recovered, type Step } from '../table/steps.ts';
import type { Retracted, RetractedPiece, RetractOptions, RetractSelection } from '../table/retractions.ts';
import type { Table } from '../table/table.ts';
import { Retraction } from './retraction.ts';
import { StepWriter } from './stepWriter.ts';

/**
 * Opens the table in an lmdb environment. Throws FORMAT_NEWER when a newer version wrote it, and
 * STORE_UNAVAILABLE when it can't be opened.
 */
export async function openEmbeddedTable(options: TableAccessOptions): Promise<Table> {
  const access = new TableAccess(options);
  await access.open();
  return new EmbeddedTable(access, options.blockBytes);
}

/** The table in lmdb: what a site keeps of any table, and the readings beside it. */
export class EmbeddedTable extends SiteRecords implements Table {
  readonly #blockBytes: number;
  #writer: StepWriter | undefined;

  constructor(access: TableAccess, blockBytes = PAGE_BYTES) {
    super(access);
    this.#blockBytes = blockBytes;
  }

  async recover(): Promise<Recovered> {
    return NOTHING_RECOVERED; // lmdb has all of a step or nothing, and opening has brought the format up
  }

  async write(step: Step): Promise<Outcome> {
    const opened = await this.access.writable('write a step');
    const writer = (this.#writer ??= new StepWriter(opened.parts, this.#blockBytes));
    return transactStep(opened, `write ${step.readings.length} rows`, { run: () => writer.write(step, this.access.expired()) });
  }

  async lookup(pump: string, time: number): Promise<readonly number[] | undefined> {
    return this.access.read<readonly number[] | undefined>(undefined, ({ pumps, readingsReader }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return undefined;
      return readingsReader.lookup(number, time, this.access.expired().data, snapshot);
    });
  }

  async *readings(pump: string, range: ReadingRange): AsyncIterable<Readings> {
    yield* this.access.stream(({ pumps, readingsReader }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return [];
      return readingsReader.between({ name: pump, number }, { ...timeBounds(range), only: range.only }, this.access.expired().data, snapshot);
    });
  }

  async lastReading(pump: string): Promise<Readings | undefined> {
    return this.access.read<Readings | undefined>(undefined, ({ pumps, readingsReader }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return undefined;
      return readingsReader.last({ name: pump, number }, this.access.expired().data, snapshot);
    });
  }

  async newestTime(pump: string): Promise<number | undefined> {
    return this.access.read<number | undefined>(undefined, ({ pumps, readingsReader }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      return number === undefined ? undefined : readingsReader.lastTime(number, snapshot);
    });
  }

  async retractable(selection: RetractSelection): Promise<Retracted> {
    return this.access.read<Retracted>({ retracted: 0, pumpDays: 0 }, (parts) => new Retraction(parts, this.#blockBytes, selection).lookAll());
  }

  async *retract(selection: RetractSelection, options: RetractOptions): AsyncIterable<RetractedPiece> {
    const opened = await this.access.writable('take readings back');
    const { environment, parts } = opened;
    const retraction = new Retraction(parts, this.#blockBytes, selection);
    let soFar = options.before;
    for (const pump of environment.transact('list the pumps', () => retraction.taken.pumps())) {
      for (const times of environment.transact('look for readings', () => retraction.timesOf(pump))) {
        const before = soFar;
        const piece = transactStep(opened, `take ${times.length} readings back`, { run: () => retraction.run(pump, times, before, options) });
        soFar = piece;
        yield piece;
      }
    }
    environment.transact('end taking back', () => parts.bookkeeping.setState(options.state(soFar, undefined)));
  }

  protected override expiring(parts: Parts): Expiring[] {
    const readings = new Expiry(parts.readings, MEASURES.length, (key, days) => {
      const pump = parts.pumps.name(pumpOfKey(key));
      for (const day of days) parts.days.markDropped(pump, day);
    });
    return [{ family: 'data', expiry: readings }, ...super.expiring(parts)];
  }
}
