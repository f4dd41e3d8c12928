import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FolderWatch } from '../../../app/run/folderWatch.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';

function watched(path: string) {
  const heard: string[] = [];
  const events: LogEvent[] = [];
  const watch = new FolderWatch({ path, onEvent: (event, name) => heard.push(`${event} ${name}`), onLog: (event) => events.push(event) });
  onTestFinished(() => watch.close());
  return { watch, heard, events };
}

test('names that appear are heard, and what is written to; a folder that is made anew is heard again', async () => {
  const path = join(tempDir(), 'inbox');
  mkdirSync(path);
  const { watch, heard, events } = watched(path);
  writeFileSync(join(path, '.a.csv'), 'x');
  renameSync(join(path, '.a.csv'), join(path, 'a.csv'));
  await until(() => heard.includes('rename a.csv') && heard.includes('change .a.csv'));
  rmSync(path, { recursive: true });
  await until(() => heard.includes('rename inbox'));
  mkdirSync(path);
  watch.again();
  writeFileSync(join(path, 'b.csv'), 'x');
  await until(() => heard.includes('rename b.csv'));
  expect(events).toEqual([]);
});

test('a folder that is not there is no error: whoever looks at it tells', () => {
  expect(watched(join(tempDir(), 'nowhere')).events).toEqual([]);
});
