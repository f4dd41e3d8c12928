import { counted } from '../../domain/counted.ts';
import { systemCode } from '../../domain/errors.ts';
import { type FailedFiles, failedFiles } from '../../ingest/receivers/directory/failedFiles.ts';
import type { Config } from '../config/types.ts';

/** The files that could not be read, as `status --json` and the API have them; times in ISO 8601, UTC. */
export interface FailedFilesAnswer {
  readonly count: number;
  readonly newest: readonly { readonly name: string; readonly reason: string | null; readonly at: string }[];
}

/** What lies in failed/ of the configured inbox, or why that can't be told. */
export function failedFilesOf({ receivers: { directory } }: Pick<Config, 'receivers'>): FailedFiles & { readonly problem?: string } {
  const none: FailedFiles = { count: 0, isMore: false, newest: [] };
  try {
    return directory ? failedFiles(directory.path) : none;
  } catch (error) {
    const problem = systemCode(error);
    if (problem === undefined) throw error;
    return { ...none, problem };
  }
}

/** The same as JSON. */
export function failedFilesAnswer({ count, newest }: FailedFiles): FailedFilesAnswer {
  return { count, newest: newest.map(({ name, reason, at }) => ({ name, reason: reason ?? null, at: new Date(at).toISOString() })) };
}

/**
 * `2 files could not be read and lie in var/inbox/failed:`, and a line for each of the newest, names as they are; empty
 * when there are none.
 */
export function failedFilesText(config: Pick<Config, 'receivers'>, unread = failedFilesOf(config)): string[] {
  const { directory } = config.receivers;
  const { count, isMore, newest, problem } = unread;
  if (!directory) return [];
  if (problem !== undefined) return [`${directory.path}/failed can't be looked at: ${problem}`];
  if (count === 0) return [];
  return [
    `${isMore ? 'More than ' : ''}${counted(count, 'file')} could not be read and ${count === 1 ? 'lies' : 'lie'} in ` +
      `${directory.path}/failed:`,
    ...newest.map(({ name, reason }) => `  ${name}: ${reason ?? 'no note beside it says why'}`.replaceAll('\n', ' ')),
    ...(count > newest.length ? [`  and ${count - newest.length} more`] : []),
  ];
}
