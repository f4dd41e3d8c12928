import { balanceText } from '../balanceText.ts';
import type { Context } from '../context.ts';
import { takeBackup } from '../../backup/takeBackup.ts';

/**
 * `wellwatch backup DIR`: the data directory as of one moment, beside a running job. With `--json`
 * `{"backup":…,"takenAt":…,"files":…,"bytes":…,"records":…,"balance":{…}}`.
 */
export async function backup({ config, json, output, notes }: Context, to: string, configFile: string | undefined): Promise<number> {
  const taken = await takeBackup({ config, configFile, to, onProgress: (text) => notes.progress(text) });
  notes.progress('');
  if (json) output.line(JSON.stringify({ backup: to, ...taken }));
  else output.line(`Backed up ${config.dataDir} as of ${taken.takenAt} to ${to}, and read it again: ${taken.records} records, ` +
    `${taken.files} files, ${taken.bytes} bytes.\n${balanceText(taken.balance)}`);
  if (config.store.kind === 'hbase' && !json)
    notes.say(config.store.shared
      ? `All that workers know is in HBase, in ${config.store.table} and ${config.store.table}_ledger, which has snapshots of its own: this holds what one worker was started with.`
      : 'The readings are in HBase, which has snapshots of its own: a backup holds the ledger and what is not there yet.');
  await output.flush();
  return 0;
}
