import { existsSync } from 'node:fs';
import { decodeMessages, type JournalMessage } from '../../storage/journal/journalFrame.ts';
import { listSegments, SegmentFile, segmentPath } from '../../storage/journal/segments.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Formats } from './formats.ts';
import { journalProgress, pendingRows } from './journalProgress.ts';
import { topicSource } from './topicSource.ts';

/** So much of the journal is read: rows beyond it are told together. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Numbers of rows that wait. */
export interface PendingTopics {
  readonly topics: ReadonlyMap<string, number>;
  readonly others: number;
}

/** Rows in the journal that the table does not have yet, by `mqtt:` and the topic, and those that were not looked at. */
export function pendingByTopic(dir: string, state: ReadonlyMap<string, Json>, formats: Formats): PendingTopics {
  const topics = new Map<string, number>();
  let counted = 0;
  for (const { message, rows } of waitingMessages(dir, state, formats)) {
    counted += rows;
    const source = topicSource(message);
    topics.set(source, (topics.get(source) ?? 0) + rows);
  }
  return { topics, others: Math.max(0, pendingRows(dir, state) - counted) };
}

interface WaitingMessage {
  readonly message: JournalMessage;
  readonly rows: number;
}

function* waitingMessages(dir: string, state: ReadonlyMap<string, Json>, formats: Formats): Iterable<WaitingMessage> {
  const { at, messages: done, inMessage } = journalProgress(dir, state);
  let bytesRead = 0;
  for (const segment of listSegments(dir).filter((number) => number >= at.segment)) {
    if (!existsSync(segmentPath(dir, segment))) continue; // trimmed meanwhile
    const file = new SegmentFile(dir, segment);
    try {
      let offset = segment === at.segment ? at.offset : 0;
      for (let bytes = file.frameAt(offset); bytes && bytesRead < MOST_BYTES; bytes = file.frameAt(offset)) {
        const isFirst = segment === at.segment && offset === at.offset;
        for (const [i, message] of decodeMessages(bytes).entries()) {
          if (isFirst && i < done) continue;
          const { format, from, to, size } = message;
          const rows = to - from < size ? 1 : formats.decoderOf(format).rowsOf(bytes.subarray(from, to));
          yield { message, rows: rows - (isFirst && i === done ? (inMessage?.line ?? 0) : 0) };
        }
        offset += bytes.length;
        bytesRead += bytes.length;
      }
    } finally {
      file.close();
    }
  }
}
