import { getSystemErrorName } from 'node:util';
import { messageOf, systemCode } from '../../domain/errors.ts';

const CLOSED = 'it is not open to this user; do it as the user whose it is, or give it to this one (chown)';
const PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full; make room there',
  EDQUOT: 'the quota of this user on its disk is used up; remove files of this user, or have the quota raised',
  EROFS: "its disk can only be read, as one that fails may be; see the system's log (dmesg), and mount it for writing",
  EACCES: CLOSED,
  EPERM: CLOSED,
  // A write that ended early is EIO to lmdb, which a full disk is as well.
  EIO: "its disk fails or has no more room; check its free space and the system's log (dmesg)",
};

/** Why the system does not let something on a disk be written or read, and what to do; undefined for errors of another kind. */
export function diskProblem(error: unknown): string | undefined {
  return PROBLEMS[nameOf(error) ?? ''];
}

/** Why not, as `diskProblem` has it, or else in the error's own words: what stands behind "FILE can't be written: ". */
export function whyNot(error: unknown): string {
  return diskProblem(error) ?? messageOf(error);
}

/** The same of a store, whose own words tell nobody what to do. */
export function diskTrouble(error: unknown): string {
  return diskProblem(error) ?? `${messageOf(error)}; check the disk's free space and health`;
}

/** Whether there is no room: nothing is wrong with the place otherwise. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(nameOf(error) ?? '');
}

/** The path that an error is about, of two the one that was to be made; none for a write to a file that is open. */
export function pathOf(error: unknown): string | undefined {
  const { dest, path } = error as { readonly dest?: unknown; readonly path?: unknown };
  return [dest, path].find((each) => typeof each === 'string');
}

/** `ENOSPC`, which lmdb gives as a number. */
function nameOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' && code > 0 && code < 200 ? getSystemErrorName(-code) : systemCode(error);
}
