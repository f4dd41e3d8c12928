import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { type Checkpoint, type CheckpointStore, mergedState } from './checkpoint.ts';
import { type CheckpointRecord, checkpointLine, readCheckpoints } from './checkpointLine.ts';
import { type FolderHold, holdFolder } from './folderHold.ts';
import { writeAtomically } from '../../storage/files/atomicFile.ts';

export interface FileCheckpointsOptions {
  readonly onEvent?: (event: LogEvent) => void;
  /** A log shorter than this is not replaced by a new whole checkpoint, bytes. */
  readonly compactAbove?: number;
}

const NAME = /^(\d{10})\.(checkpoint|log)$/;
/** A generation that can't be used, and why. */
interface Unusable {
  readonly generation: number;
  readonly why: string;
}

const COMPACT_ABOVE = 4 * 1024 * 1024;

/**
 * Checkpoints in a folder of their own, for one context at a time:
 *
 *   0000000007.checkpoint   one line: all there is after a batch; written under another name, synced, renamed
 *   0000000007.log          a line for each batch after it: what it changed; synced line by line
 *   checkpoints.sock .pid   the lock: no other program takes the folder from `load` to `close`
 *
 * A log that has grown longer than its checkpoint gives way to the next generation, so a batch costs what it changes,
 * twice over the long run. Two generations are kept: a damaged checkpoint is made good from the one before it and its
 * log, and set aside as `.unusable`. A torn last line is the batch that a crash cut off; it runs again. What is lost
 * with a damaged line of the newest log is told as an error.
 *
 * Throws AppError STORE_UNAVAILABLE when the folder can't be read or written, ALREADY_RUNNING when another program has
 * it (in `save`: another context of this one), FORMAT_NEWER when a newer version has written it, STORE_DAMAGED when no
 * checkpoint in it can be used; it is then left as it is.
 */
export class FileCheckpoints implements CheckpointStore {
  readonly #dir: string;
  readonly #onEvent: (event: LogEvent) => void;
  readonly #compactAbove: number;
  /** The newest generation that is known to be good. */
  #current: number | undefined;
  #newest = 0;
  #number = 0;
  #logBytes = 0;
  #wholeBytes = 0;
  #hold: FolderHold | undefined;

  constructor(
    dir: string,
    { onEvent = ({ level, message }) => console.error(`${level}: ${message}`), compactAbove = COMPACT_ABOVE }: FileCheckpointsOptions = {},
  ) {
    this.#dir = dir;
    this.#onEvent = onEvent;
    this.#compactAbove = compactAbove;
  }

  async load(): Promise<Checkpoint | undefined> {
    return this.#or('read', async () => {
      await mkdir(this.#dir, { recursive: true });
      this.#hold = await holdFolder(this.#dir, { what: 'the checkpoint folder', name: 'checkpoints' });
      try {
        return await this.#loadNewest();
      } catch (error) {
        this.#hold.release();
        throw error;
      }
    });
  }

  async save(changes: Checkpoint, whole: () => Checkpoint): Promise<void> {
    if (this.#hold?.valid === false)
      throw new AppError(
        'ALREADY_RUNNING',
        `expected one context at a time on the checkpoint folder ${this.#dir}, got a second one `
        + 'of this program: stop the first before, or give each a folder of its own',
      );
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

  async close(): Promise<void> {
    this.#hold?.release();
  }

  async #loadNewest(): Promise<Checkpoint | undefined> {
    const generations = await this.#generations();
    this.#newest = generations.at(-1) ?? 0;
    const unusable: Unusable[] = [];
    for (const generation of generations.toReversed()) {
      const {
        records: [whole],
        damage,
      } = await readCheckpoints(this.#path(generation, 'checkpoint'));
      if (whole)
        return this.#goOn(
          whole,
          generations.filter((later) => later >= generation),
          unusable,
        );
      unusable.push({ generation, why: damage ?? 'it is cut off' });
    }
    if (unusable.length === 0) return undefined;
    const why = unusable.map((each) => `${this.#path(each.generation, 'checkpoint')}: ${each.why}`).join('; ');
    throw new AppError(
      'STORE_DAMAGED',
      `expected a checkpoint that can be used in ${this.#dir}, got none (${why}): move the folder away to begin without state`,
    );
  }

  /** Writes the next generation, with an empty log, and removes all but it and the one before it. */
  async #begin(whole: Checkpoint, unusable: readonly Unusable[] = []): Promise<void> {
    const generation = this.#newest + 1;
    const line = checkpointLine({ ...whole, number: this.#number });
    await mkdir(this.#dir, { recursive: true });
    writeAtomically(this.#path(generation, 'log'), '');
    writeAtomically(this.#path(generation, 'checkpoint'), line);
    for (const damaged of unusable) await this.#setAside(damaged); // Only now: what its log says is in the new one.
    const kept = [generation, this.#current];
    for (const old of await this.#generations()) {
      if (kept.includes(old)) continue;
      await rm(this.#path(old, 'checkpoint'), { force: true });
      await rm(this.#path(old, 'log'), { force: true });
    }
    for (const { generation: damaged } of unusable) await rm(this.#path(damaged, 'log'), { force: true });
    this.#newest = this.#current = generation;
    this.#wholeBytes = Buffer.byteLength(line);
    this.#logBytes = 0;
  }

  /** A checkpoint and all that the logs say happened after it; it becomes a generation of its own, so no torn log is written on. */
  async #goOn(whole: CheckpointRecord, [base, ...later]: readonly number[], unusable: readonly Unusable[]): Promise<Checkpoint> {
    const records = [whole];
    for (const generation of [base, ...later]) {
      const { records: changes, damage, until } = await readCheckpoints(this.#path(generation, 'log'));
      const expected = records.at(-1)!.number + 1;
      const gap =
        changes.length > 0 && changes[0].number !== expected
          ? `it begins with batch ${changes[0].number} instead of ${expected}`
          : undefined;
      if (!gap) records.push(...changes);
      const why = gap ?? damage;
      if (why !== undefined) this.#tellLoss(this.#path(generation, 'log'), why, { after: records.at(-1)!.time, until });
    }
    const { number, time } = records.at(-1)!;
    const checkpoint = { time, state: mergedState(records) };
    this.#number = number;
    this.#current = base;
    await this.#begin(checkpoint, unusable);
    return checkpoint;
  }

  #tellLoss(path: string, why: string, { after, until = after }: { readonly after: number; readonly until: number | undefined }): void {
    const span = `after ${new Date(after).toISOString()}${until > after ? `, up to ${new Date(until).toISOString()}` : ''}`;
    const gone =
      "a source that can't give them again (files of directoryReadings are in done/, messages of mqttReadings acknowledged, "
      + 'lines of a socket gone) gives other items or none';
    this.#onEvent({ level: 'error', message: `${path}: ${why}. What the batches ${span} changed is lost; they run again, but ${gone}` });
  }

  async #setAside({ generation, why }: Unusable): Promise<void> {
    const path = this.#path(generation, 'checkpoint');
    await rename(path, `${path}.unusable`);
    this.#onEvent({
      level: 'warn',
      message: `${path} can't be used: ${why}. The one before it is taken and its log read on; it is kept as ${path}.unusable`,
    });
  }

  async #generations(): Promise<number[]> {
    const names = await readdir(this.#dir);
    const found = names
      .map((name) => NAME.exec(name))
      .filter((match) => match !== null)
      .filter(([, , what]) => what === 'checkpoint');
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
      throw new AppError(
        'STORE_UNAVAILABLE',
        `the checkpoint in ${this.#dir} could not be ${what === 'read' ? 'read' : 'written'}: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
}
