import { AppError } from '../../../domain/errors.ts';
import type { OutboxState } from '../../../domain/notify/message.ts';
import type { KeptOutbox } from '../../outbox/keptOutbox.ts';
import { apply, type OutboxRecord } from '../../outbox/records.ts';
import { HBaseClient } from '../gateway/client.ts';
import type { Cell } from '../gateway/rows.ts';
import { allCell, LOG_CELLS, logCell, newOutbox, outboxKey, outboxOf, type StoredOutbox } from './outboxRow.ts';
import { ledgerCell, type PartitionName, type Version, VERSION, versionText } from './partitionRow.ts';
import { ledgerTable, type SharedTableOptions } from './sharedOptions.ts';

export interface PartitionOutboxOptions extends Omit<SharedTableOptions, 'signal'> {
  readonly name: PartitionName;
  /** Of the partition's ledger, and the worker that has it by that. */
  readonly epoch: number;
  readonly worker: string;
}

/** So long what is still to be written is waited for at the end; without it messages are sent again, with the same ids. */
const CLOSE_MS = 2000;

/**
 * The outbox of a partition: one row of HBase beside its ledger, which only that worker changes which has the ledger by the highest epoch.
 * What comes while a change is under way is the next one. While HBase is away nothing is told: nobody knows of alarms then either.
 */
export class PartitionOutbox implements KeptOutbox {
  readonly #client: HBaseClient;
  readonly #options: PartitionOutboxOptions;
  readonly #key: Buffer;
  readonly #stop = new AbortController();
  #state: OutboxState;
  #version: Version;
  /** How many changes lie behind all that was written last. */
  #behind = 0;
  #queued: OutboxRecord[] = [];
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #fenced: AppError | undefined;

  private constructor(options: PartitionOutboxOptions) {
    this.#options = options;
    this.#key = outboxKey(options.name);
    this.#client = new HBaseClient({ ...options, table: ledgerTable(options.table), signal: this.#stop.signal });
    this.#state = newOutbox();
    this.#version = { epoch: options.epoch, number: 0, worker: options.worker };
  }

  /** Takes the outbox over. Throws FENCED when a worker with a higher epoch has it, STORE_UNAVAILABLE. */
  static async claim(options: PartitionOutboxOptions): Promise<PartitionOutbox> {
    const outbox = new PartitionOutbox(options);
    try {
      await outbox.#claim();
    } catch (error) {
      outbox.#client.close();
      throw error;
    }
    return outbox;
  }

  get state(): OutboxState {
    return this.#state;
  }

  get problem(): string | undefined {
    return this.#client.away()?.reason;
  }

  /** Another worker has it: nothing more is kept here. */
  get isFenced(): boolean {
    return this.#fenced !== undefined;
  }

  add(record: OutboxRecord): Promise<void> {
    if (this.#fenced) return Promise.reject(this.#fenced);
    this.#state = apply(this.#state, record);
    this.#queued.push(record);
    this.#next ??= this.#afterwards();
    return this.#next;
  }

  note(record: OutboxRecord): void {
    this.add(record).catch(() => undefined); // who takes it over sends the message again
  }

  async close(): Promise<void> {
    const abort = setTimeout(() => this.#stop.abort(), CLOSE_MS);
    await (this.#next ?? this.#writing).catch(() => undefined);
    clearTimeout(abort);
    this.#stop.abort();
    this.#client.close();
  }

  /** Ends waiting for a store that is away. */
  abort(): void {
    this.#stop.abort();
  }

  async #afterwards(): Promise<void> {
    await this.#writing.catch(() => undefined);
    const records = this.#queued;
    this.#queued = [];
    this.#next = undefined;
    this.#writing = this.#write(records);
    await this.#writing;
  }

  async #write(records: readonly OutboxRecord[]): Promise<void> {
    const number = this.#version.number + 1;
    const isWhole = this.#behind >= LOG_CELLS;
    const next = { ...this.#version, number };
    if (!(await this.#put(isWhole ? allCell(this.#state, number) : logCell(records, number, this.#behind), this.#version, next)))
      throw (this.#fenced = fenced(this.#options.name));
    this.#version = next;
    this.#behind = isWhole ? 0 : this.#behind + 1;
  }

  async #claim(): Promise<void> {
    const { epoch, worker, name } = this.#options;
    for (let isTaken = false; !isTaken;) {
      const found = await this.#read();
      if (found && found.version.epoch > epoch) throw fenced(name);
      const next = { epoch, number: (found?.version.number ?? 0) + 1, worker };
      this.#state = found?.state ?? this.#state;
      isTaken = await this.#put(allCell(this.#state, next.number), found?.version, next);
      this.#version = next;
    }
  }

  /** One atomic change of the row; says whether it came about. */
  async #put(cell: Cell, before: Version | undefined, next: Version): Promise<boolean> {
    const version = (text: string) => ledgerCell(VERSION, next.number, text);
    const check = version(before ? versionText(before) : '');
    if (await this.#client.putIf(this.#key, [cell, version(versionText(next))], check)) return true;
    const now = await this.#read(); // it may be our own, whose answer was lost
    return now !== undefined && versionText(now.version) === versionText(next);
  }

  async #read(): Promise<StoredOutbox | undefined> {
    const [row] = await this.#client.getRows([this.#key]);
    return row && outboxOf(row);
  }
}

function fenced({ topic, partition }: PartitionName): AppError {
  return new AppError('FENCED', `who is told of partition ${partition} of ${topic} is another worker's now: this one tells no more of its alarms`);
}
