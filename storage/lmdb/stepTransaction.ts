import type { Opened } from './tableAccess.ts';
import type { Parts } from './parts.ts';

/** What happens in a step's transaction. */
export interface StepRun<T> {
  /** Does all of it; lmdb may begin anew, and then it is called again. */
  readonly run: () => T;
  /** Forgets what else a run that did not commit has left in memory. */
  readonly forget?: () => void;
}

/**
 * Runs a step's transaction. Numbers of pumps and rules that a run gave and did not commit are none: they are forgotten.
 * Throws as `Environment.transact` does.
 */
export function transactStep<T>({ environment, parts }: Opened, purpose: string, { run, forget }: StepRun<T>): T {
  let clean = true;
  const forgetAll = () => {
    forgetNumbers(parts);
    forget?.();
  };
  try {
    return environment.transact(purpose, () => {
      if (!clean) forgetAll();
      clean = false;
      return run();
    });
  } catch (error) {
    forgetAll();
    throw error;
  }
}

function forgetNumbers({ pumps, rules }: Parts): void {
  pumps.forget();
  rules.forget();
}
