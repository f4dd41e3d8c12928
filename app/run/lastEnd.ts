import { readStatus } from './statusFile.ts';

/** How a job that runs no more has ended. */
export interface LastEnd {
  /** When it said so, or else when it was last seen to live; ISO 8601 in UTC. */
  readonly at: string;
  /** It was stopped, or had done what it was to do. */
  readonly inOrder: boolean;
  /** Why it ended by itself; null when it was stopped, or was cut off before it could say anything. */
  readonly failure: string | null;
}

/** What the last job of a data directory left to know of its end; undefined where none has told. Ask only when none runs. */
export function lastEnd(dataDir: string): LastEnd | undefined {
  const last = readStatus(dataDir);
  if (!last) return undefined;
  const failure = last.failure ?? null;
  return { at: last.at, inOrder: last.state === 'stopped' && failure === null, failure };
}
