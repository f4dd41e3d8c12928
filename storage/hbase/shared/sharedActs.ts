import { randomUUID } from 'node:crypto';
import type { Act, Deed } from '../../../domain/alarm/acts/act.ts';
import { actJson, actOfLine } from '../../../domain/alarm/acts/actJson.ts';
import { AppError } from '../../../domain/errors.ts';
import { actsOf, type Author, broughtBefore, type KeptActs } from '../../files/keptActs.ts';
import { HBaseClient } from '../gateway/client.ts';
import type { CellRow } from '../gateway/rows.ts';
import { ledgerCell } from './partitionRow.ts';
import { ledgerTable, type SharedTableOptions } from './sharedOptions.ts';

/*
 * What people did about alarms of a fleet, in `sensor_ledger`: a row for what was done at once, with the number of its first act. Who puts
 * the next one does so only where it is not there yet, so all see the same acts in the same order, and nothing of them changes.
 *
 *   a/000000000017   stats:acts   { token, acts: [act 17, act 18] } as JSON
 */
const COLUMN = 'stats:acts';
const PREFIX = 'a/';
const END = Buffer.from('a0');
const DIGITS = 12;

interface Entry {
  /** Tells an entry that is our own, though its answer was lost, from another one. */
  readonly token: string;
  readonly acts: readonly unknown[];
}

export type SharedActsOptions = Pick<SharedTableOptions, 'gateway' | 'table' | 'patienceMs' | 'signal' | 'onLog'>;

/** The acts of a fleet as they were known at the last look. */
export class SharedActs implements KeptActs {
  readonly path: string;
  readonly generation = 0;
  readonly #client: HBaseClient;
  readonly #acts: Act[] = [];
  #torn = 0;
  #next = 1;
  #isKnown = false;
  #isThere = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SharedActsOptions) {
    this.#client = new HBaseClient({ ...options, table: ledgerTable(options.table) });
    this.path = this.#client.name;
  }

  get torn(): number {
    return this.#torn;
  }

  read(): readonly Act[] {
    if (this.#isKnown) return this.#acts;
    throw new AppError('STORE_UNAVAILABLE', `what was done about alarms is not known yet: ${this.path} has not answered`);
  }

  refresh(): Promise<void> {
    return this.#inTurn(() => this.#readOn());
  }

  append(author: Author, deeds: (acts: readonly Act[]) => readonly Deed[]): Promise<readonly Act[]> {
    return this.#inTurn(() => this.#append(author, deeds));
  }

  /** Ends connections. */
  close(): void {
    this.#client.close();
  }

  async #append(author: Author, deeds: (acts: readonly Act[]) => readonly Deed[]): Promise<readonly Act[]> {
    const token = randomUUID();
    for (;;) {
      await this.#readOn();
      if (!this.#isThere) return []; // what a start says before there is a table is said by the next one
      const before = broughtBefore(this.#acts, author);
      if (before.length > 0) return before;
      const acts = actsOf(deeds(this.#acts), author, this.#next);
      if (acts.length === 0 || (await this.#put(acts, token))) return acts;
    }
  }

  /** Says whether these are the next. */
  async #put(acts: readonly Act[], token: string): Promise<boolean> {
    const number = acts[0].number;
    const cell = ledgerCell(COLUMN, number, JSON.stringify({ token, acts: acts.map(actJson) } satisfies Entry));
    if (!(await this.#client.putIf(keyOf(number), [cell], ledgerCell(COLUMN, number, '')))) {
      const [row] = await this.#client.getRows([keyOf(number)]);
      if (!row || entryOf(row).token !== token) return false;
    }
    this.#take(acts, acts.length);
    return true;
  }

  async #readOn(): Promise<void> {
    this.#isThere ||= (await this.#client.describe()) !== undefined;
    if (!this.#isThere) return void (this.#isKnown = true); // no worker has begun yet
    for await (const page of this.#client.scan({ from: keyOf(this.#next), to: END, columns: [COLUMN], cellsARow: 1 })) {
      for (const row of page) {
        const { acts } = entryOf(row);
        const known = acts.flatMap((act) => actOfLine(JSON.stringify(act)) ?? []);
        this.#torn += acts.length - known.length;
        this.#take(known, acts.length);
      }
    }
    this.#isKnown = true;
  }

  #take(acts: readonly Act[], count: number): void {
    this.#acts.push(...acts);
    this.#next += count;
  }

  #inTurn<T>(what: () => Promise<T>): Promise<T> {
    const done = this.#last.then(what);
    this.#last = done.catch(() => undefined); // who asked is told
    return done;
  }
}

function keyOf(number: number): Buffer {
  return Buffer.from(PREFIX + String(number).padStart(DIGITS, '0'));
}

function entryOf({ Cell: [{ $ }] }: CellRow): Entry {
  return JSON.parse(Buffer.from($, 'base64').toString()) as Entry;
}
