import { ownCopy } from '../ownCopy.ts';
import type { StreamSource } from '../source.ts';
import { StateMap } from '../stateMap.ts';

/** So many items a batch; ends after the last. Its position is kept: after a restart the same items are gone through to it. */
export function fromIterable<T>(
  items: Iterable<T>,
  { rowsPerBatch, name }: { readonly rowsPerBatch: number; readonly name?: string },
): StreamSource<T> {
  const position = new StateMap<'taken', number>();
  let iterator: Iterator<T> | undefined;
  let done = false;

  /** The items from where the last batch ended; gone to once, after a restart. */
  const begin = (): Iterator<T> => {
    const fresh = items[Symbol.iterator]();
    for (let i = position.get('taken') ?? 0; i > 0 && !done; i--) done = fresh.next().done === true;
    return fresh;
  };

  return {
    kind: 'iterable',
    name,
    state: { position },
    take(_, limit = Infinity) {
      iterator ??= begin();
      const batch: T[] = [];
      while (!done && batch.length < Math.min(rowsPerBatch, limit)) {
        const next = iterator.next();
        if (next.done) done = true;
        else batch.push(ownCopy(next.value));
      }
      position.set('taken', (position.get('taken') ?? 0) + batch.length);
      return batch;
    },
    ended: () => done,
  };
}
