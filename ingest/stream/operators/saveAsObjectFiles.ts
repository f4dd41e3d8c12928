import { encodeState } from '../stateValue.ts';
import type { Operator, Stream } from '../stream.ts';
import { writeBatchFile } from '../writeBatchFile.ts';

/**
 * Writes each batch to a file `prefix-TIME.suffix`, an item a line, as JSON from which `objectFiles` makes it again: numbers,
 * texts, booleans, dates, arrays and plain objects, undefined and Infinity too. A file is there whole or not at all, also
 * when the batch is empty; a batch that runs again after a crash writes the same one. Fails with AppError STORE_UNAVAILABLE,
 * and with CONFIG for an item that JSON can't hold. Spark's saveAsObjectFiles, which writes a folder of Java's objects.
 */
export function saveAsObjectFiles<T>(prefix: string, suffix?: string): Operator<Stream<T>, void> {
  return (input) => {
    input.derive({
      kind: 'saveAsObjectFiles',
      output: true,
      async compute(items, time) {
        await writeBatchFile({ prefix, suffix, time }, items.map((item) => JSON.stringify(encodeState(item))));
        return items;
      },
    });
  };
}
