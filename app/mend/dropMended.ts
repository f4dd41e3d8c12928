import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeAtomically } from '../../storage/files/atomicFile.ts';
import { MEND_HEAD } from './mendFile.ts';

/** Puts a file of mended rows into the inbox, whole or not at all; gives its name. Throws the system's error. */
export function dropMended(inbox: string, lines: readonly string[]): string {
  const stamp = new Date().toISOString().replace(/[-:.]/g, '');
  const name = `mended-${stamp}-${randomBytes(4).toString('hex')}.csv`;
  writeAtomically(join(inbox, name), [MEND_HEAD, ...lines, ''].join('\n'));
  return name;
}
