import type { StreamSource } from '../source.ts';
import { StateMap } from '../stateMap.ts';

/** One array of items a batch, in order; ends after the last. Its position is kept: give the same batches after a restart. */
export function queue<T>(batches: readonly (readonly T[])[], name?: string): StreamSource<T> {
  const position = new StateMap<'taken', number>();
  const taken = (): number => position.get('taken') ?? 0;
  return {
    kind: 'queue',
    name,
    state: { position },
    take() {
      const batch = batches[taken()] ?? [];
      position.set('taken', taken() + 1);
      return batch;
    },
    ended: () => taken() >= batches.length,
  };
}
