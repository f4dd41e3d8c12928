import type { Operator, Stream } from '../stream.ts';
import { textOf } from '../textOf.ts';
import { writeBatchFile } from '../writeBatchFile.ts';

/**
 * Writes each batch to a file `prefix-TIME.suffix` (Spark writes a folder of that name), a line an item, also when it
 * is empty. A file is there whole or not at all; a batch that runs again after a crash writes the same one. Fails with
 * AppError STORE_UNAVAILABLE. Spark's saveAsTextFiles.
 */
export function saveAsTextFiles<T>(prefix: string, suffix?: string): Operator<Stream<T>, void> {
  return (input) => {
    input.derive({
      kind: 'saveAsTextFiles',
      output: true,
      async compute(items, time) {
        await writeBatchFile({ prefix, suffix, time }, items.map(textOf));
        return items;
      },
    });
  };
}
