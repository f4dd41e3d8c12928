import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { JobEvent } from '../source.ts';
import { applyEntries, type Checkpoint, type CheckpointStore, type Entry } from './checkpoint.ts';
import { type CheckpointRecord, checkpointLine, readCheckpoints } from './checkpointLine.ts';
import { writeAtomically } from '../../storage/atomicFile.ts';

export interface FileCheckpointsOptions {
  readonly onEvent?: (event: JobEvent) => void;
  /** A log shorter than this is not replaced by a new whole checkpoint, bytes. */
  readonly compactAbove?: number;
}

const NAME = /^(\d{10})\.(checkpoint|log)$/;
const COMPACT_ABOVE = 4 * 1024 * 1024;

/**
 * Checkpoints in a folder of their own, for one context at a time:
 *
 *   0000000007.checkpoint   one line: all there is after a batch; written under another name, synced, renamed
 *   0000000007.log          a line for each batch after it: what it changed; synced line by line
 *
 * A log that has grown longer than its checkpoint gives way to the next generation, so a batch costs what it changes,
 * twice over the long run. Two generations are kept: a damaged checkpoint is made good from the one before it and its
 * log. A torn last line is the batch that a crash cut off; it runs again.
 *
 * Throws AppError STORE_UNAVAILABLE when the folder can't be read or written, STORE_DAMAGED when no checkpoint in it
 * can be used.
 */
export class FileCheckpoints implements CheckpointStore {
  readonly #dir: string;
  readonly #onEvent: (event: JobEvent) => void;
  readonly #compactAbove: number;
  /** The newest generation that is known to be good. */
  #current: number | undefined;
  #newest = 0;
  #number = 0;
  #logBytes = 0;
  #wholeBytes = 0;

  constructor(dir: string, { onEvent = ({ level, message }) => console.error(`${level}: ${message}`), compactAbove = COMPACT_ABOVE }: FileCheckpointsOptions = {}) {
    this.#dir = dir;
    this.#onEvent = onEvent;
    this.#compactAbove = compactAbove;
  }

  async load(): Promise<Checkpoint | undefined> {
    return this.#or('read', async () => {
      await mkdir(this.#dir, { recursive: true });
      const generations = await this.#generations();
      this.#newest = generations.at(-1) ?? 0;
      for (const generation of generations.toReversed()) {
        const { records: [whole], damage } = await readCheckpoints(this.#path(generation, 'checkpoint'));
        if (whole) return this.#goOn(whole, generations.filter((later) => later >= generation));
        await this.#setAside(generation, damage ?? 'it is cut off');
      }
      if (generations.length > 0) throw new AppError('STORE_DAMAGED', `expected a checkpoint that can be used in ${this.#dir}, got none: move the folder away to begin without state`);
      return undefined;
    });
  }

  async save(changes: Checkpoint, whole: () => Checkpoint): Promise<void> {
    await this.#or('write', async () => {
      this.#number += 1;
      if (this.#current === undefined) return this.#begin(whole());
      const line = checkpointLine({ ...changes, number: this.#number });
      const file = await open(this.#path(this.#current, 'log'), 'a');
      try {
        await file.appendFile(line);
        await file.datasync();
      } finally {
        await file.close();
      }
      this.#logBytes += Buffer.byteLength(line);
      if (this.#logBytes > Math.max(this.#compactAbove, this.#wholeBytes)) await this.#begin(whole());
    });
  }

  /** Writes the next generation, with an empty log, and removes all but it and the one before it. */
  async #begin(whole: Checkpoint): Promise<void> {
    const generation = this.#newest + 1;
    const line = checkpointLine({ ...whole, number: this.#number });
    await mkdir(this.#dir, { recursive: true });
    writeAtomically(this.#path(generation, 'log'), '');
    writeAtomically(this.#path(generation, 'checkpoint'), line);
    const kept = [generation, this.#current];
    for (const old of await this.#generations()) {
      if (kept.includes(old)) continue;
      await rm(this.#path(old, 'checkpoint'), { force: true });
      await rm(this.#path(old, 'log'), { force: true });
    }
    this.#newest = this.#current = generation;
    this.#wholeBytes = Buffer.byteLength(line);
    this.#logBytes = 0;
  }

  /** A checkpoint and all that the logs say happened after it; it becomes a generation of its own, so no torn log is written on. */
  async #goOn(whole: CheckpointRecord, [base, ...later]: readonly number[]): Promise<Checkpoint> {
    const records = [whole];
    for (const generation of [base, ...later]) {
      const { records: changes, damage } = await readCheckpoints(this.#path(generation, 'log'));
      const expected = records.at(-1)!.number + 1;
      const gap = changes.length > 0 && changes[0].number !== expected ? `it begins with batch ${changes[0].number} instead of ${expected}` : undefined;
      if (!gap) records.push(...changes);
      const { time } = records.at(-1)!;
      if (gap ?? damage) this.#onEvent({ level: 'warn', message: `${this.#path(generation, 'log')}: ${gap ?? damage}; batches after ${new Date(time).toISOString()} run again` });
    }
    const { number, time } = records.at(-1)!;
    const checkpoint = { time, state: merged(records) };
    this.#number = number;
    this.#current = base;
    await this.#begin(checkpoint);
    return checkpoint;
  }

  async #setAside(generation: number, why: string): Promise<void> {
    const path = this.#path(generation, 'checkpoint');
    await rename(path, `${path}.unusable`);
    this.#onEvent({ level: 'warn', message: `${path} can't be used: ${why}. The one before it is taken and its log read on; it is kept as ${path}.unusable` });
  }

  async #generations(): Promise<number[]> {
    const names = await readdir(this.#dir);
    const found = names.map((name) => NAME.exec(name)).filter((match) => match !== null).filter(([, , what]) => what === 'checkpoint');
    return found.map(([, generation]) => Number(generation)).sort((a, b) => a - b);
  }

  #path(generation: number, what: 'checkpoint' | 'log'): string {
    return join(this.#dir, `${String(generation).padStart(10, '0')}.${what}`);
  }

  async #or<T>(what: 'read' | 'write', act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('STORE_UNAVAILABLE', `the checkpoint in ${this.#dir} could not be ${what === 'read' ? 'read' : 'written'}: ${messageOf(error)}`, { cause: error });
    }
  }
}

function merged(records: readonly Checkpoint[]): Checkpoint['state'] {
  const state = new Map<string, Map<string, Entry>>();
  for (const record of records) {
    for (const [name, changes] of Object.entries(record.state)) {
      const entries = state.get(name) ?? new Map<string, Entry>();
      applyEntries(entries, changes);
      state.set(name, entries);
    }
  }
  return Object.fromEntries(Array.from(state, ([name, entries]) => [name, [...entries.values()]]));
}
