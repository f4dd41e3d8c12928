import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ReceiptClock } from '../../../../domain/reading/receiptClock.ts';
import { StepBuffer } from '../../../../ingest/decode/stepBuffer.ts';
import { DirectoryReceiver } from '../../../../ingest/receivers/directory/receiver.ts';
import type { Json } from '../../../../storage/table/state.ts';
import { rowOf } from '../../../support/feed.ts';
import { tempDir } from '../../../support/tempDir.ts';

const FILES = 200;
const MIB = 1024 * 1024;

test('many small files of one step are read through one buffer', async () => {
  const path = tempDir();
  for (let i = 0; i < FILES; i++) writeFileSync(join(path, `f${i}.csv`), `${rowOf(i)}\n`);
  const clock = new ReceiptClock(ReceiptClock.shared(), Date.now);
  const receiver = new DirectoryReceiver({ path, settle: 0, clock, now: Date.now, state: new Map<string, Json>(), onLog: () => undefined });
  receiver.start();
  expect(receiver.hasMore).toBe(true);
  const buffer = new StepBuffer(1000);
  const before = process.memoryUsage().arrayBuffers;
  await receiver.take({ buffer, state: {} });
  expect(buffer.readings.length).toBe(FILES);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((FILES / 4) * MIB);
  await receiver.committed();
  await receiver.close();
});
