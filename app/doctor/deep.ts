import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { counted } from '../../domain/counted.ts';
import { messageOf } from '../../domain/errors.ts';
import { journalPosition } from '../../ingest/receivers/journalProgress.ts';
import { ActLog } from '../../storage/files/actLog.ts';
import { listSegments, SegmentFile } from '../../storage/journal/segments.ts';
import type { JournalPosition } from '../../storage/journal/segments.ts';
import { damagedRecords } from '../../storage/lmdb/deepCheck.ts';
import { TableAccess } from '../../storage/lmdb/tableAccess.ts';
import { decodeLines } from '../../storage/outbox/lines.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Config } from '../config/types.ts';
import { ledgerDir, tableDir } from '../store/storeDirs.ts';
import { failed, type Finding, ok, warning } from './finding.ts';
import { RESTORE } from './trees.ts';

const CHECK = 'deep';
/** So many are listed one by one. */
const MOST_LISTED = 100;

/** Reads every record of the table, every frame of the journal, and the logs; gives a finding for each that is damaged. */
export async function* checkDeep(config: Config, onProgress: (text: string) => void): AsyncIterable<Finding> {
  let state: ReadonlyMap<string, Json> = new Map();
  for (const dir of [tableDir(config.dataDir), ledgerDir(config.dataDir)]) {
    if (!existsSync(join(dir, 'data.mdb'))) continue;
    const isMain = (basename(dir) === 'hbase') === (config.store.kind === 'hbase');
    yield* tableFindings(dir, onProgress, (found) => { if (isMain) state = found; });
  }
  yield* journalFindings(join(config.dataDir, 'journal'), state, onProgress);
  yield* logFindings(config.dataDir);
  if (config.store.kind === 'hbase')
    yield warning(CHECK, 'the readings are in HBase, and were not read', 'let HBase check itself: "hbase hbck", and its own check sums at each read');
}

async function* tableFindings(
  dir: string, onProgress: (text: string) => void, onState: (state: ReadonlyMap<string, Json>) => void,
): AsyncIterable<Finding> {
  const file = join(dir, 'data.mdb');
  const access = new TableAccess({ dir, mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now });
  try {
    const opened = await access.open();
    if (!opened) return;
    const stores = await opened.environment.everyStore();
    const snapshot = opened.environment.snapshot();
    try {
      let damaged = 0;
      let read = 0;
      const progress = (records: number) => onProgress(`${basename(dir)}: ${counted(read = records, 'record')} read`);
      for await (const { store, what, key, problem } of damagedRecords({ stores, snapshot }, progress))
        if (++damaged <= MOST_LISTED) yield failed(CHECK, `${file}: ${store} of ${what} (key ${key}): ${problem}`, RESTORE);
      if (damaged > MOST_LISTED) yield failed(CHECK, `${file}: ${damaged - MOST_LISTED} more records are damaged`, RESTORE);
      if (damaged === 0) yield ok(CHECK, `${file}: ${counted(read, 'record')} read, and all are as they were written`);
      onState(opened.parts.bookkeeping.state('', snapshot));
    } finally {
      await opened.environment.release(snapshot);
    }
  } catch (error) {
    yield failed(CHECK, `${file}: ${messageOf(error)}`, RESTORE);
  } finally {
    await access.close();
  }
}

function* journalFindings(dir: string, state: ReadonlyMap<string, Json>, onProgress: (text: string) => void): Iterable<Finding> {
  const from = journalPosition(dir, state);
  let frames = 0;
  for (const segment of listSegments(dir).filter((each) => each >= from.segment)) {
    const file = new SegmentFile(dir, segment);
    try {
      const { end, count } = wholeFrames(file, segment === from.segment ? from : { segment, offset: 0 });
      onProgress(`journal: ${counted(frames += count, 'frame')} read`);
      if (end >= file.size || file.isCutShort(end)) continue; // a last one may be just being written
      yield failed(CHECK, `${file.path}: no whole frame at byte ${end}, of ${file.size}: rows that were acknowledged may be behind it`,
        'put back the file from a backup, or send again what the senders still have of that time');
    } finally {
      file.close();
    }
  }
  if (listSegments(dir).length > 0) yield ok(CHECK, `journal: ${counted(frames, 'frame')} that the table does not have yet, read`);
}

function wholeFrames(file: SegmentFile, { offset }: JournalPosition): { readonly end: number; readonly count: number } {
  let end = offset;
  let count = 0;
  for (let frame = file.frameAt(end); frame; frame = file.frameAt(end)) {
    end += frame.length;
    count++;
  }
  return { end, count };
}

function* logFindings(dataDir: string): Iterable<Finding> {
  const acts = join(dataDir, 'acts.log');
  const torn = existsSync(acts) ? new ActLog(acts).torn : 0;
  if (torn > 0)
    yield warning(CHECK, `${acts}: ${counted(torn, 'line')} can't be read: torn by a crash before they were confirmed, or changed by the disk`,
      'compare them with a backup');
  const outbox = join(dataDir, 'notify/outbox.log');
  const damaged = existsSync(outbox) ? decodeLines(readFileSync(outbox)).damaged : 0;
  if (damaged > 0)
    yield failed(CHECK, `${outbox}: ${counted(damaged, 'line')} the disk has changed: messages in them are not sent`, 'put it back from a backup, or look ' +
      'at "wellwatch notify list" and tell by hand what is missing');
}
