import { mkdirSync } from 'node:fs';
import nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../../domain/errors.ts';

/**
 * Lets Node keep what it has compiled of the program, in `~/.cache/wellwatch/compiled` or below `XDG_CACHE_HOME`: a start then takes less
 * processor time. Node has that from 22.8 on. Where the folder can't be made, as on a read-only root, nothing is kept, and nothing else
 * changes. `NODE_DISABLE_COMPILE_CACHE=1` switches it off, `NODE_COMPILE_CACHE` names another folder.
 */
export function keepCompiled(env: Readonly<Record<string, string | undefined>> = process.env): void {
  const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: (dir: string) => unknown };
  if (!enableCompileCache || env.NODE_COMPILE_CACHE) return;
  try {
    const [first, ...below] = env.XDG_CACHE_HOME ? [env.XDG_CACHE_HOME, 'wellwatch', 'compiled'] : [homedir(), '.cache', 'wellwatch', 'compiled'];
    enableCompileCache(below.reduce(made, first));
  } catch {
    // there is no home, or it is read-only: the program is compiled anew
  }
}

/** One folder after the other: where none can be made, as below /proc, Node would try for ever to make all. */
function made(parent: string, name: string): string {
  const dir = join(parent, name);
  try {
    mkdirSync(dir);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  return dir;
}
