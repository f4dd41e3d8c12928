import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ActWatch } from '../../../app/http/actWatch.ts';
import { ActBook } from '../../../query/acts/actBook.ts';
import { ActLog } from '../../../storage/files/actLog.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';

test('acts of another process are told as they come, those from before are not', async () => {
  const path = join(tempDir(), 'acts.log');
  const other = new ActLog(path);
  const say = (comment: string) =>
    other.append({ at: Date.now(), by: 'anna', verified: false, via: 'cli', key: null }, () => [
      { kind: 'comment', pump: 'A', rule: 'low', seen: [], comment },
    ]);
  await say('before');
  const told: (string | null)[] = [];
  const book = new ActBook({ log: new ActLog(path), rules: [], windows: [], zone: 'UTC', now: Date.now });
  const watch = new ActWatch(book, { onAct: ({ comment }) => told.push(comment), onLog: () => undefined });
  watch.start();
  onTestFinished(() => watch.stop());
  await say('one');
  await say('two');
  await until(() => told.length === 2);
  expect(told).toEqual(['one', 'two']);
});
