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
