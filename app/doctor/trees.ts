import { join } from 'node:path';
import { described, PUMP_NAMES } from '../../storage/lmdb/deepCheck.ts';
import { pumpOfKey } from '../../storage/lmdb/keys.ts';
import { checkTrees, type DamagedPage } from '../../storage/lmdb/treeCheck.ts';
import type { Config } from '../config/types.ts';
import { ledgerDir, tableDir } from '../store/storeDirs.ts';
import { failed, type Finding } from './finding.ts';

/** What to do about a table that a disk has damaged. */
export const RESTORE = 'put back the last backup with "wellwatch restore" into an empty data directory, and drop what came since again; all else in ' +
  'the table is as it was written';
const STOP = 'stop the job, which such a page can end at any moment, and look at the disk; then ';

/** The pages of the table's file that a disk has changed so that no tree goes on there; empty when all are sound. Nothing else may open it then. */
export async function treeFindings({ dataDir }: Pick<Config, 'dataDir'>): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const dir of [tableDir(dataDir), ledgerDir(dataDir)]) {
    const path = join(dir, 'data.mdb');
    const check = await checkTrees(path, PUMP_NAMES);
    if (!check) continue;
    const names = new Map([...check.kept].map(([key, name]) => [pumpOfKey(Buffer.from(key, 'hex')), name.toString()]));
    for (const page of check.damaged) found.push(failed('deep', `${path}: ${sentence(page, names)}`, STOP + RESTORE));
  }
  return found;
}

/** `page 12 is damaged, its keys are not in order: readings of pump B from 2014-03-10T00:00:00 up to pump C from 2014-03-10T00:00:00`. */
function sentence({ store, page, problem, from, to }: DamagedPage, names: ReadonlyMap<number, string>): string {
  const head = `page ${page} is damaged, ${problem}`;
  if (store === '') return `${head}: nothing can be told of what lies behind it`;
  const at = (key: Buffer | undefined, otherwise: string) => (key ? described(store, key, names) : otherwise);
  return `${head}: ${store} of ${at(from, 'the beginning')} up to ${at(to, 'the end')}`;
}
