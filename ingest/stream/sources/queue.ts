import { ownCopies } from '../ownCopy.ts';
import type { StreamSource } from '../source.ts';
import { StateMap } from '../stateMap.ts';

export interface QueueOptions<T> {
  readonly name?: string;
  /** It does not end after the last batch: the program adds more to the array. So it is with a default. */
  readonly open?: boolean;
  /** What a batch gets when none waits. */
  readonly default?: readonly T[];
  /** False: a batch gets all that wait, one after the other. True by default. */
  readonly oneAtATime?: boolean;
}

/**
 * Arrays of items, one a batch, in order; ends after the last, unless it is open. Those that a program adds to `batches`
 * later are taken too, also after it was empty. Its position is kept: give the same batches after a restart. Spark's
 * queueStream.
 */
export function queue<T>(
  batches: readonly (readonly T[])[],
  { name, default: otherwise, open = otherwise !== undefined, oneAtATime = true }: QueueOptions<T> = {},
): StreamSource<T> {
  const position = new StateMap<'taken', number>();
  const taken = (): number => position.get('taken') ?? 0;
  return {
    kind: 'queue',
    name,
    state: { position },
    take() {
      const waiting = batches.slice(taken(), oneAtATime ? taken() + 1 : undefined);
      if (waiting.length > 0) position.set('taken', taken() + waiting.length);
      return ownCopies(waiting.length > 0 ? waiting.reduce((all, batch) => [...all, ...batch]) : (otherwise ?? []));
    },
    ended: () => !open && taken() >= batches.length,
  };
}
