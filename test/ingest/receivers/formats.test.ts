import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { StepBuffer } from '../../../ingest/decode/stepBuffer.ts';
import { FileFormats } from '../../../ingest/receivers/directory/fileFormats.ts';
import { DirectoryReceiver } from '../../../ingest/receivers/directory/receiver.ts';
import { Formats } from '../../../ingest/receivers/formats.ts';
import { pendingRows } from '../../../ingest/receivers/journalProgress.ts';
import { JournalSource } from '../../../ingest/receivers/journalSource.ts';
import { compileFormat } from '../../../ingest/receivers/mappedFormats.ts';
import { originOf } from '../../../ingest/receivers/origin.ts';
import { TopicLog } from '../../../ingest/receivers/mqtt/topicLog.ts';
import { Journal } from '../../../storage/journal/journal.ts';
import { JOURNAL_START } from '../../../storage/journal/segments.ts';
import type { Json } from '../../../storage/table/state.ts';
import { tempDir } from '../../support/tempDir.ts';
import { rowsOf } from '../decode/mapping/mapping.ts';

const CONFIG = {
  formats: {
    hist: {
      kind: 'csv', tag: { column: 'Tag', pattern: '(?<pump>[^.]+)\\.(?<measure>.+)' }, time: { column: 'Time' }, value: { column: 'Value' },
      measures: { psi: 'psi', hz: 'hz' },
    },
    gateway: { kind: 'json', each: 'v', pump: { path: 'p' }, time: { path: 't' }, measures: { psi: 'psi' } },
  },
};

function formatsOf(config: Record<string, unknown> = CONFIG): Formats {
  return new Formats(loadConfig({ defaults: config, env: {} }).formats, 'UTC', compileFormat);
}

const FILES = [{ files: 'hist-*.csv', format: 'hist' }, { files: '*.jsonl', format: 'gateway' }];

function receiverOn(path: string, state: ReadonlyMap<string, Json>, formats = formatsOf()): DirectoryReceiver {
  const receiver = new DirectoryReceiver({
    path, settle: 0, state, formats: new FileFormats(formats, FILES), clock: new ReceiptClock(ReceiptClock.shared(), () => 1000),
    now: () => 1000, ticks: () => 1e9, onLog: () => undefined,
  });
  receiver.start();
  return receiver;
}

const HIST = ['Tag,Time,Value', ...[1, 2, 3, 4].flatMap((i) => [`A.psi,2014-03-14T01:0${i},${i}`, `A.hz,2014-03-14T01:0${i},${i}0`]), ''].join('\n');

test('a record of more pumps than a step has room for goes on with each step', async () => {
  const path = tempDir();
  const heads = Array.from({ length: 9 }, (_, i) => `S.W${i}.psi`).join(',');
  writeFileSync(join(path, 'wide-1.csv'), `t,${heads}\n2014-03-14T01:00,1,2,3,4,5,6,7,8,9\n`);
  const wide = { kind: 'csv', tag: { header: true, pattern: 'S\\.(?<pump>[^.]+)\\.(?<measure>.+)' }, time: { column: 't' }, measures: { psi: 'psi' } };
  const receiver = new DirectoryReceiver({
    path, settle: 0, state: new Map(), formats: new FileFormats(formatsOf({ formats: { wide } }), [{ files: 'wide-*', format: 'wide' }]),
    clock: new ReceiptClock(ReceiptClock.shared(), () => 1000), now: () => 1000, ticks: () => 1e9, onLog: () => undefined,
  });
  receiver.start();
  const rows: string[] = [];
  for (let i = 0; i < 9; i++) {
    const step = { buffer: new StepBuffer(2), state: {} as Record<string, Json> };
    if (receiver.hasMore && (await receiver.take(step))) await receiver.committed();
    rows.push(...rowsOf(step.buffer));
  }
  expect(rows).toEqual(Array.from({ length: 9 }, (_, i) => `W${i} 2014-03-14T01:00:00 psi=${i + 1}`));
});

test('files are read by their names, each from where a restart found it, and other names are left alone', async () => {
  const path = tempDir();
  writeFileSync(join(path, 'hist-1.CSV'), HIST);
  writeFileSync(join(path, 'b.jsonl'), '{"p":"B","t":"2014-03-14T01:00","v":[]}\n{"p":"B","v":[{"p":"B","t":"2014-03-14T01:01","psi":7}]}\n');
  writeFileSync(join(path, 'c.txt'), 'x');
  writeFileSync(join(path, 'plain.csv'), 'C,3/14/14,1:00,1,2,3,4,5,6\n');
  const state = new Map<string, Json>();
  const rows: string[] = [];
  for (let i = 0; i < 20; i++) {
    // Each step is one of a job that was killed after it.
    const receiver = receiverOn(path, state);
    const step = { buffer: new StepBuffer(2), state: {} as Record<string, Json> };
    const any = receiver.hasMore && (await receiver.take(step));
    rows.push(...rowsOf(step.buffer), ...step.buffer.rejects.map(({ reason }) => reason));
    for (const [name, value] of Object.entries(step.state)) if (value !== null) state.set(name, value);
    if (any) await receiver.committed();
    await receiver.close();
  }
  expect(rows.sort()).toEqual([
    ...[1, 2, 3, 4].map((i) => `A 2014-03-14T01:0${i}:00 hz=${i}0 psi=${i}`),
    'B 2014-03-14T01:01:00 psi=7',
    'C 2014-03-14T01:00:00 hz=1 disp=2 flo=3 sedPPM=4 psi=5 chlPPM=6',
  ]);
  expect(readdirSync(join(path, 'done')).sort()).toEqual(['b.jsonl', 'hist-1.CSV', 'plain.csv']);
  expect(readdirSync(path)).toContain('c.txt');
});

test('a file that was begun in a format which is gone is refused, and the reason says why', async () => {
  const path = tempDir();
  writeFileSync(join(path, 'hist-1.csv'), HIST);
  const first = receiverOn(path, new Map());
  const step = { buffer: new StepBuffer(2), state: {} as Record<string, Json> };
  expect([first.hasMore, await first.take(step)]).toEqual([true, true]);
  await first.close();
  const second = receiverOn(path, new Map(Object.entries(step.state)), formatsOf({}));
  await second.take({ buffer: new StepBuffer(2), state: {} });
  await second.committed();
  expect(readFileSync(join(path, 'failed', 'hist-1.csv.reason.txt'), 'utf8')).toContain('formats.hist: ');
  await second.close();
});

test('messages keep the format they came in; one may give many rows over many steps', async () => {
  const dir = join(tempDir(), 'journal');
  mkdirSync(dir);
  const journal = Journal.open({
    dir, from: JOURNAL_START, limit: Infinity, clock: new ReceiptClock(ReceiptClock.shared(), () => 1000),
    onFailure: (error) => { throw error; },
  });
  const formats = formatsOf();
  const values = Array.from({ length: 5 }, (_, i) => ({ t: `2014-03-14T01:0${i}`, p: 'B', psi: i }));
  const logs = [['k/+', 'gateway'], ['#', undefined]] as const;
  const log = new TopicLog(
    logs.map(([filter, format]) => ({ filter, log: journal.inlet(originOf('mqtt', formats.named(format))) })),
    journal.inlet(originOf('mqtt', formats.named(undefined))),
  );
  log.append('k/B', Buffer.from(JSON.stringify({ p: 'B', v: values })));
  log.append('pumps/C', Buffer.from('C,3/14/14,1:00,1,2,3,4,5,6'));
  await log.flush();
  const rows: string[] = [];
  let state = new Map<string, Json>();
  for (let left = 1, i = 0; left > 0 && i < 10; i++) {
    const source = new JournalSource({ dir, state, formats, onTaken: () => undefined });
    source.durable = journal.mark.end;
    const step = { buffer: new StepBuffer(2), state: {} as Record<string, Json> };
    await source.take(step);
    rows.push(...rowsOf(step.buffer));
    state = new Map(Object.entries(step.state));
    left = pendingRows(dir, state);
    await source.close();
  }
  expect(rows).toEqual([
    ...[0, 1, 2, 3, 4].map((i) => `B 2014-03-14T01:0${i}:00 psi=${i}`),
    'C 2014-03-14T01:00:00 hz=1 disp=2 flo=3 sedPPM=4 psi=5 chlPPM=6',
  ]);
  const gone = new JournalSource({ dir, state: new Map(), onTaken: () => undefined });
  gone.durable = journal.mark.end;
  await expect(gone.take({ buffer: new StepBuffer(2), state: {} })).rejects.toThrow('formats.gateway: the journal or a half-read file is in this format');
  await journal.close();
});
