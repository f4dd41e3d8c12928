import { expect, test } from 'vitest';
import { readingKey } from '../../../../domain/reading/rowKey.ts';
import { MAX_TIME, MIN_TIME } from '../../../../domain/reading/wallClock.ts';
import { KeyWriter } from '../../../../storage/hbase/steps/keyWriter.ts';
import fc from '../../../support/property.ts';

const pump = fc.oneof(
  fc.constantFrom('COHUTTA', 'A_2014-03-10', '泵', '😀'.repeat(64), '+*,%. é'),
  fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }),
);
const time = fc.oneof(
  fc.integer({ min: 0, max: 2000 }).map((minute) => 1_394_409_600_000 + minute * 60_000),
  fc.integer({ min: MIN_TIME, max: MAX_TIME - 1 }),
);

test('keys that are written as bytes are those of readingKey', () => {
  const writer = new KeyWriter();
  fc.assert(fc.property(fc.array(fc.tuple(pump, time), { minLength: 1, maxLength: 10 }), (keys) => {
    let before: string | undefined;
    for (const [name, at] of keys) {
      if (Buffer.byteLength(name) > 256) continue;
      if (name !== before) writer.setPump(name);
      before = name;
      const length = writer.write(at);
      expect(Buffer.from(writer.bytes.subarray(0, length)).toString()).toBe(readingKey(name, at));
    }
  }));
});
