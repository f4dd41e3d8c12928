import { counted } from '../../domain/counted.ts';
import type { Config } from '../config/types.ts';
import { failedFilesOf } from '../run/failedFilesAnswer.ts';
import { printable } from './textTable.ts';

/** `2 files could not be read and lie in var/inbox/failed:`, and a line for each of the newest; empty when there are none. */
export function failedFilesText(config: Pick<Config, 'receivers'>, unread = failedFilesOf(config)): string[] {
  const { directory } = config.receivers;
  const { count, isMore, newest, problem } = unread;
  if (!directory) return [];
  if (problem !== undefined) return [`${directory.path}/failed can't be looked at: ${problem}`];
  if (count === 0) return [];
  return [
    `${isMore ? 'More than ' : ''}${counted(count, 'file')} could not be read and ${count === 1 ? 'lies' : 'lie'} in ${directory.path}/failed:`,
    ...newest.map(({ name, reason }) => `  ${printable(name)}: ${printable(reason ?? 'no note beside it says why')}`),
    ...(count > newest.length ? [`  and ${count - newest.length} more`] : []),
  ];
}
