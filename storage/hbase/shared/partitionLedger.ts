import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../../domain/errors.ts';
import type { Json } from '../../table/state.ts';
import type { HBaseClient } from '../gateway/client.ts';
import type { Cell, CellRow } from '../gateway/rows.ts';
import type { Span } from '../steps/spans.ts';
import {
  type Head, headCell, type Intent, intentCells, ledgerCell, NO_HEAD, partitionKey, type PartitionName, partitionOf, type PartitionState,
  stateCells, type Version, VERSION, versionText,
} from './partitionRow.ts';

export interface PartitionLedgerOptions {
  /** Of the table of ledgers. */
  readonly client: HBaseClient;
  readonly name: PartitionName;
  /** How many partitions the topic has. */
  readonly partitions: number;
  /** A name that no other process has, and no earlier run. */
  readonly worker: string;
  /** So long a worker that has the partition may go on with its step before it is taken away, ms. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
}

/** What commits with a step. */
export interface CommittedStep {
  readonly head: Omit<Head, 'partitions'>;
  /** Null forgets a name. */
  readonly state: Readonly<Record<string, Json>>;
  /** Those that have changed, by pump. */
  readonly spans: ReadonlyMap<string, readonly Span[]>;
}

const LOOK_MS = 100;

/**
 * The ledger of a partition: one row of HBase, which its worker alone changes, as long as nobody has raised its epoch.
 *
 *   claim    reads it, and raises the epoch: who had it before changes nothing any more
 *   intend   what a step will do, before its first put: whoever does it anew does the same
 *   commit   the step is in the table: positions, counts, state, spans, all at once
 *   release  nobody has it: the next one need not wait
 *
 * Each throws FENCED when another worker has taken the partition over.
 */
export class PartitionLedger {
  readonly #options: PartitionLedgerOptions;
  readonly #key: Buffer;
  #version: Version = { epoch: 0, number: 0, worker: undefined };
  #head: Head;
  #state = new Map<string, Json>();
  #spans = new Map<string, readonly Span[]>();
  #intent: Intent | undefined;
  #undo: readonly CellRow[] = [];

  constructor(options: PartitionLedgerOptions) {
    this.#options = options;
    this.#key = partitionKey(options.name);
    this.#head = { partitions: options.partitions, ...NO_HEAD };
  }

  get head(): Head {
    return this.#head;
  }

  get state(): ReadonlyMap<string, Json> {
    return this.#state;
  }

  get spans(): ReadonlyMap<string, readonly Span[]> {
    return this.#spans;
  }

  /** What the step was about to do that its worker did not commit. */
  get intent(): Intent | undefined {
    return this.#intent;
  }

  /** Rows as they were before those of the intent came over them. */
  get undo(): readonly CellRow[] {
    return this.#undo;
  }

  /** Takes the partition over. Throws CONFIG when the topic had another number of partitions. */
  async claim(): Promise<void> {
    for (let found = await this.#otherIsDone(); ; found = await this.#read()) {
      this.#checkPartitions(found);
      const before = found?.version ?? { epoch: 0, number: 0 };
      const next = { epoch: before.epoch + 1, number: before.number + 1, worker: this.#options.worker };
      const head = found ? [] : [headCell(this.#head, next.number)];
      if (await this.#put(head, found?.version, next)) return this.#take(found, next);
    }
  }

  async intend(intent: Omit<Intent, 'undo'>, undo: readonly CellRow[]): Promise<void> {
    await this.#change((number) => intentCells(intent, undo, number));
    this.#intent = { ...intent, undo: 0 };
    this.#undo = undo;
  }

  async commit({ head, state, spans }: CommittedStep): Promise<void> {
    const whole = { ...head, partitions: this.#head.partitions };
    const next = { state: new Map(this.#state), spans: new Map([...this.#spans, ...spans]) };
    for (const [name, value] of Object.entries(state)) {
      if (value === null) next.state.delete(name);
      else next.state.set(name, value);
    }
    const changed = [...Object.keys(state), ...spans.keys()];
    await this.#change((number) => [headCell(whole, number), ...intentCells(undefined, [], number), ...stateCells(next, changed, number)]);
    [this.#head, this.#state, this.#spans, this.#intent, this.#undo] = [whole, next.state, next.spans, undefined, []];
  }

  async release(): Promise<void> {
    await this.#change(() => [], null);
  }

  async #change(cells: (number: number) => Cell[], worker: string | null = this.#options.worker): Promise<void> {
    const next = { ...this.#version, number: this.#version.number + 1, worker: worker ?? undefined };
    if (!(await this.#put(cells(next.number), this.#version, next))) throw this.#fenced();
    this.#version = next;
  }

  /** One atomic change of the row; says whether it came about. */
  async #put(cells: readonly Cell[], before: Version | undefined, next: Version): Promise<boolean> {
    const version = (of: Version | undefined, text = of ? versionText(of) : '') => ledgerCell(VERSION, next.number, text);
    if (await this.#options.client.putIf(this.#key, [...cells, version(next)], version(before))) return true;
    // Either somebody else was first, or it is our own whose answer was lost.
    const now = await this.#read();
    return now !== undefined && versionText(now.version) === versionText(next);
  }

  async #read(): Promise<PartitionState | undefined> {
    const [row] = await this.#options.client.getRows([this.#key]);
    return row && partitionOf(row);
  }

  /** Waits until a worker that is still at it has let go, for a while. */
  async #otherIsDone(): Promise<PartitionState | undefined> {
    const { worker, graceMs, signal } = this.#options;
    const until = performance.now() + graceMs;
    for (;;) {
      const found = await this.#read();
      const owner = found?.version.worker;
      if (owner === undefined || owner === worker || performance.now() >= until || signal.aborted) return found;
      await pause(LOOK_MS);
    }
  }

  #take(found: PartitionState | undefined, version: Version): void {
    this.#version = version;
    if (!found) return;
    this.#head = found.head;
    this.#state = new Map(found.state);
    this.#spans = new Map(found.spans);
    this.#intent = found.intent;
    this.#undo = found.undo;
  }

  #checkPartitions(found: PartitionState | undefined): void {
    const { name: { topic }, partitions } = this.#options;
    if (!found || found.head.partitions === partitions) return;
    throw new AppError(
      'CONFIG',
      `receivers.kafka.topic: ${topic} had ${found.head.partitions} partitions when its rows were first stored and has ${partitions} now, so ` +
        'that rows of a pump may lie in two of them. Make a topic with the new number, send to that, and read the old one to its end first',
    );
  }

  #fenced(): AppError {
    const { topic, partition } = this.#options.name;
    return new AppError('FENCED', `partition ${partition} of ${topic} has been taken over by another worker: this one drops it`);
  }
}
