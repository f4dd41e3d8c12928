import { statSync, type Stats } from 'node:fs';
import { systemCode } from '../../domain/errors.ts';

/**
 * What stands at a path, or undefined when nothing does. Throws the system's error for anything else, ENOTDIR too: a file
 * in the middle of a path is a wrong path. From Node 22 on, `throwIfNoEntry: false` takes that for nothing.
 */
export function statAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
