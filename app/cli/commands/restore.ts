import { balanceText } from '../balanceText.ts';
import type { Context } from '../context.ts';
import { restoreBackup } from '../../backup/restoreBackup.ts';

/** `wellwatch restore DIR`: puts a backup into the data directory. With `--json` `{"restored":…,"takenAt":…,"balance":{…},"outside":[…]}`. */
export async function restore({ config, json, output, notes }: Context, from: string): Promise<number> {
  const { manifest: { takenAt, balance }, outside } = await restoreBackup({ config, from, onProgress: (text) => notes.progress(text) });
  notes.progress('');
  if (json) output.line(JSON.stringify({ restored: config.dataDir, takenAt, balance, outside }));
  else output.line(`Restored ${from} of ${takenAt} to ${config.dataDir}, and read it again.\n${balanceText(balance)}`);
  for (const { path, from: place } of json ? [] : outside) notes.say(`${place} differs from the backup, or is gone: ${path} is how it was.`);
  await output.flush();
  return 0;
}
