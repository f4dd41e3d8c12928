import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, messageOf } from '../../../domain/errors.ts';
import { writeAtomically } from '../../../storage/files/atomicFile.ts';
import type { Operator, Stream } from '../stream.ts';
import { textOf } from '../textOf.ts';

/**
 * Writes each batch to a file `prefix-TIME.suffix` (Spark writes a folder of that name), a line an item, also when it
 * is empty. A file is there whole or not at all; a batch that runs again after a crash writes the same one. Fails with
 * AppError STORE_UNAVAILABLE.
 */
export function saveAsTextFiles<T>(prefix: string, suffix?: string): Operator<Stream<T>, void> {
  return (input) => {
    input.derive({
      kind: 'saveAsTextFiles',
      output: true,
      async compute(items, time) {
        const path = `${prefix}-${time}${suffix === undefined ? '' : `.${suffix}`}`;
        try {
          await mkdir(dirname(path), { recursive: true });
          writeAtomically(path, items.map((item) => `${textOf(item)}\n`).join(''));
        } catch (error) {
          throw new AppError('STORE_UNAVAILABLE', `could not write ${items.length} lines to ${path}: ${messageOf(error)}`, {
            cause: error,
          });
        }
        return items;
      },
    });
  };
}
