import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type InstanceLock, lockInstance } from '../../storage/files/instanceLock.ts';

/** A folder that no other program can take. */
export interface FolderHold {
  /** Not any more, once this program has taken the folder a second time. */
  readonly valid: boolean;
  release(): void;
}

export interface FolderHoldOptions {
  /** What the folder is for, in a sentence: `the checkpoint folder`. */
  readonly what: string;
  /** Of the lock's files. */
  readonly name?: string;
}

/** What this process holds, by the lock's path; it stays locked when who held it was given up. */
const held = new Map<string, { readonly lock: Promise<InstanceLock>; readonly hold: FolderHold }>();

/**
 * Takes a folder until it is released, or the process is gone. Throws AppError ALREADY_RUNNING when another process
 * has it; the same one may take it over from itself, as a context that was dropped is never told so.
 */
export async function holdFolder(dir: string, { what, name = 'run' }: FolderHoldOptions): Promise<FolderHold> {
  const path = join(realpathSync(dir), name);
  const refusal = (pid: string): string =>
    `another program uses ${what} ${dir} (process ${pid}). Stop it first, or give this one a folder of its own`;
  const lock = held.get(path)?.lock ?? lockInstance(dir, { name, refusal });
  const hold: FolderHold = {
    get valid() { return held.get(path)?.hold === hold; },
    release() {
      if (!hold.valid) return;
      held.delete(path);
      locked.release();
    },
  };
  held.set(path, { lock, hold });
  const locked = await lock.catch((error: unknown) => {
    if (hold.valid) held.delete(path);
    throw error;
  });
  return hold;
}
