import type { Batch, Operator, Stream } from '../stream.ts';

/** Hands each batch to `f`, empty ones too, and waits for it. After a crash the last batch may come again: make what it does repeatable. */
export function foreachBatch<T>(f: (batch: Batch<T>) => void | Promise<void>): Operator<Stream<T>, void> {
  return (input) => {
    input.derive({
      kind: 'foreachBatch',
      output: true,
      async compute(items, time) {
        await f({ time, items });
        return items;
      },
    });
  };
}
