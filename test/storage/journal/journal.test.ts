import { appendFileSync, cpSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { AppError } from '../../../domain/errors.ts';
import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { MAX_PAYLOAD } from '../../../storage/journal/journalFrame.ts';
import { Journal, type JournalOptions, type Origin } from '../../../storage/journal/journal.ts';
import { damagedPieces } from '../../../storage/journal/keptAside.ts';
import { JournalReader } from '../../../storage/journal/reader.ts';
import { pendingRows } from '../../../storage/journal/recover.ts';
import { JOURNAL_START, type JournalPosition } from '../../../storage/journal/segments.ts';
import { tempDir } from '../../support/tempDir.ts';

/** Payloads of lines, from a receiver of its own. */
const LINES: Origin = { receiver: 'pigeons', format: 'lines', rowsOf: (payload) => payload.toString().split('\n').length };

const clock = (now: () => number = () => 1000) => new ReceiptClock(ReceiptClock.shared(), now);

function open(dir: string, options: Partial<JournalOptions> = {}): Journal {
  return Journal.open({
    dir, from: JOURNAL_START, clock: clock(), limit: Infinity,
    onFailure: (error) => { throw error; },
    ...options,
  });
}

/** All messages from a position to the journal's durable end, as `topic=payload`. */
function readAll(dir: string, from: JournalPosition, to: JournalPosition): { messages: string[]; next: JournalPosition } {
  const reader = new JournalReader(dir, from);
  const messages: string[] = [];
  let next = from;
  for (let frame = reader.peek(to); frame; frame = reader.peek(to)) {
    for (const message of frame.messages) messages.push(`${message.topic}=${frame.bytes.toString('utf8', message.from, message.to)}`);
    next = frame.next;
    reader.advance();
  }
  reader.close();
  return { messages, next };
}

const lastSegment = (dir: string) => join(dir, readdirSync(dir).sort().at(-1)!);

describe('the journal', () => {
  test('gives back what was appended, in order, across a reopening', async () => {
    const dir = tempDir();
    const first = open(dir);
    first.append('pumps/A/readings', Buffer.from('one'), LINES);
    first.append('pumps/B/readings', Buffer.from('two\nthree'), LINES);
    await first.flush();
    first.append('pumps/A/readings', Buffer.from(''), LINES);
    await first.close();
    const second = open(dir);
    second.append('pumps/C/readings', Buffer.from('four'), LINES);
    await second.flush();
    expect(readAll(dir, JOURNAL_START, second.mark.end).messages).toEqual([
      'pumps/A/readings=one',
      'pumps/B/readings=two\nthree',
      'pumps/A/readings=',
      'pumps/C/readings=four',
    ]);
    expect(second.mark.rows).toBe(5);
    expect(pendingRows(dir, JOURNAL_START)).toBe(5);
    await second.close();
  });

  test('says of each message who brought it and which format it had when it came', async () => {
    const dir = tempDir();
    const journal = open(dir);
    const json = journal.inlet({ receiver: 'doves', format: 'json', rowsOf: () => 7 });
    journal.append('t', Buffer.from('one'), LINES);
    json.append('t', Buffer.from('two'));
    await json.flush();
    const messages = new JournalReader(dir, JOURNAL_START).peek(journal.mark.end)?.messages;
    expect(messages?.map(({ receiver, format, topic }) => [receiver, format, topic])).toEqual([
      ['pigeons', 'lines', 't'],
      ['doves', 'json', 't'],
    ]);
    expect(pendingRows(dir, JOURNAL_START)).toBe(8);
    await journal.close();
  });

  test.each([
    ['version1', ['mqtt csv pumps/A/readings A', 'mqtt csv pumps/B/readings B', 'mqtt csv pumps/A/readings A'], 4],
    ['version2', ['mqtt csv pumps/A/readings A', 'pigeons lines loft/B B', 'mqtt csv pumps/A/readings A'], 4],
  ])('reads what %s wrote, and goes on behind it', async (version, before, rows) => {
    const dir = tempDir();
    cpSync(join(import.meta.dirname, version), dir, { recursive: true });
    const journal = open(dir);
    expect(journal.mark.rows).toBe(rows);
    journal.append('pumps/C/readings', Buffer.from('new'), LINES);
    await journal.flush();
    const reader = new JournalReader(dir, JOURNAL_START);
    const messages: string[] = [];
    for (let frame = reader.peek(journal.mark.end); frame; frame = reader.peek(journal.mark.end)) {
      for (const { receiver, format, topic, from, to } of frame.messages)
        messages.push([receiver, format, topic, frame.bytes.toString('utf8', from, to).slice(0, 1)].join(' '));
      reader.advance();
    }
    expect(messages).toEqual([...before, 'pigeons lines pumps/C/readings n']);
    await journal.close();
    appendFileSync(lastSegment(dir), 'torn');
    expect(open(dir).mark.rows).toBe(rows + 1);
  });

  test('calls a message durable only when a reader finds it on disk', async () => {
    const dir = tempDir();
    const journal = open(dir);
    const seen: number[] = [];
    journal.onDurable((upTo) => {
      seen.push(upTo);
      expect(readAll(dir, JOURNAL_START, journal.mark.end).messages.length).toBe(upTo);
    });
    for (let i = 1; i <= 50; i++) {
      expect(journal.append('t', Buffer.from(`m${i}`), LINES)).toBe(i);
      if (i % 7 === 0) await sleep(1);
    }
    await journal.flush();
    expect(seen.at(-1)).toBe(50);
    expect(seen.length).toBeLessThan(50);
    await journal.close();
  });

  test('cuts off a frame that a crash left half written, and goes on after the frame before it', async () => {
    for (const cut of [1, 10, 27, 29]) {
      const dir = tempDir();
      const journal = open(dir);
      journal.append('t', Buffer.from('kept'), LINES);
      await journal.flush();
      const { end } = journal.mark;
      journal.append('t', Buffer.from('torn'), LINES);
      await journal.close();
      truncateSync(lastSegment(dir), end.offset + cut);
      const again = open(dir);
      expect(again.mark.end).toEqual(end);
      again.append('t', Buffer.from('after'), LINES);
      await again.flush();
      expect(readAll(dir, JOURNAL_START, again.mark.end).messages).toEqual(['t=kept', 't=after']);
      await again.close();
    }
  });

  test('refuses to go on when a frame before the last one is damaged', async () => {
    const dir = tempDir();
    const journal = open(dir);
    for (const text of ['one', 'two', 'three']) {
      journal.append('t', Buffer.from(text), LINES);
      await journal.flush();
    }
    await journal.close();
    const bytes = readFileSync(lastSegment(dir));
    for (const at of [4, 9, 40]) {
      const damaged = Buffer.from(bytes);
      damaged[at] ^= 0xff;
      writeFileSync(lastSegment(dir), damaged);
      expect(() => open(dir)).toThrow(expect.objectContaining({ code: 'JOURNAL_DAMAGED' }));
    }
  });

  test.each([
    ['a bit of its body has changed', (bytes: Buffer, at: number) => void (bytes[at + 50] ^= 4)],
    ['a bit of its magic has changed', (bytes: Buffer, at: number) => void (bytes[at] ^= 1)],
    ['its length has become longer', (bytes: Buffer, at: number) => void (bytes[at + 6] ^= 1)],
    ['its length has become shorter', (bytes: Buffer, at: number) => void (bytes[at + 4] ^= 1)],
    ['its number of rows has changed', (bytes: Buffer, at: number) => void (bytes[at + 12] ^= 1)],
    ['it is zeros', (bytes: Buffer, at: number) => void bytes.fill(0, at)],
  ])('a last frame that is long enough and broken is kept aside, and told: %s', async (_, damage) => {
    const dir = tempDir();
    const journal = open(dir);
    journal.append('t', Buffer.from('kept'), LINES);
    await journal.flush();
    const { end } = journal.mark;
    journal.append('t', Buffer.from('acknowledged'), LINES);
    await journal.close();
    const bytes = readFileSync(lastSegment(dir));
    damage(bytes, end.offset);
    writeFileSync(lastSegment(dir), bytes);
    const told: string[] = [];
    const again = open(dir, { onDamage: (message) => told.push(message), onWarning: (message) => told.push(`warning: ${message}`) });
    expect(told).toEqual([expect.stringContaining('acknowledged may be among them')]);
    const [kept] = damagedPieces(dir);
    expect(told[0]).toContain(kept);
    expect(readFileSync(kept)).toEqual(bytes.subarray(end.offset));
    again.append('t', Buffer.from('after'), LINES);
    await again.flush();
    expect(readAll(dir, JOURNAL_START, again.mark.end).messages).toEqual(['t=kept', 't=after']);
    await again.close();
    await open(dir, { onDamage: (message) => told.push(message) }).close();
    expect(told.length).toBe(1);
  });

  test.each(['version1', 'version2', 'its own'])('a payload that holds a frame confuses nothing: one of %s', async (version) => {
    const dir = tempDir();
    const journal = open(dir);
    journal.append('t', Buffer.from('kept'), LINES);
    await journal.flush();
    const { end } = journal.mark;
    const frame =
      version === 'its own' ? readFileSync(lastSegment(dir)) : readFileSync(join(import.meta.dirname, version, '0000000001.journal'));
    journal.append('t', Buffer.concat([frame, Buffer.from('rest')]), LINES);
    await journal.close();
    truncateSync(lastSegment(dir), statSync(lastSegment(dir)).size - 2); // a crash cut the outer frame short
    const again = open(dir, { onDamage: (message) => { throw new Error(message); } });
    expect(again.mark.end).toEqual(end);
    await again.close();
  });

  test('a frame that lies where it was not written is none', async () => {
    const dir = tempDir();
    const journal = open(dir);
    for (const text of ['one', 'two']) {
      journal.append('t', Buffer.from(text), LINES);
      await journal.flush();
    }
    await journal.close();
    const bytes = readFileSync(lastSegment(dir));
    const half = bytes.length / 2;
    writeFileSync(lastSegment(dir), Buffer.concat([bytes.subarray(0, half), bytes.subarray(0, half)]));
    const told: string[] = [];
    const again = open(dir, { onDamage: (message) => told.push(message) });
    expect([again.mark.rows, told.length]).toEqual([1, 1]);
    await again.close();
  });

  test('keeps only the beginning of a payload that is too long, and its size', async () => {
    const dir = tempDir();
    const journal = open(dir);
    journal.append('t', Buffer.alloc(MAX_PAYLOAD + 1, 65), LINES);
    await journal.flush();
    expect(statSync(lastSegment(dir)).size).toBeLessThan(10_000);
    const reader = new JournalReader(dir, JOURNAL_START);
    expect(reader.peek(journal.mark.end)!.messages[0]).toMatchObject({ size: MAX_PAYLOAD + 1 });
    reader.close();
    expect(pendingRows(dir, JOURNAL_START)).toBe(1);
    await journal.close();
  });

  test('stops committing at its limit, says so, and goes on when the table has taken what is there', async () => {
    const dir = tempDir();
    const said: boolean[] = [];
    const journal = open(dir, { limit: 1000, onFull: (full) => said.push(full) });
    journal.append('t', Buffer.alloc(990, 65), LINES);
    await journal.flush();
    const { end } = journal.mark;
    journal.append('t', Buffer.from('later'), LINES);
    await sleep(50);
    expect(said).toEqual([true]);
    expect(readAll(dir, JOURNAL_START, journal.mark.end).messages.length).toBe(1);
    journal.trim(end);
    await journal.flush();
    expect(said).toEqual([true, false]);
    expect(readAll(dir, end, journal.mark.end).messages).toEqual(['t=later']);
    await journal.close();
    const again = open(dir, { from: end });
    expect(again.mark.rows).toBe(1);
    await again.close();
  });

  test('begins a new segment when one is large, and removes it once the table is beyond it', async () => {
    const dir = tempDir();
    const journal = open(dir);
    for (let i = 0; i < 20; i++) {
      journal.append('t', Buffer.alloc(1_000_000, 65 + i), LINES);
      await journal.flush();
    }
    expect(readdirSync(dir).length).toBe(2);
    const { messages, next } = readAll(dir, JOURNAL_START, journal.mark.end);
    expect(messages.map((message) => message[2])).toEqual([...'ABCDEFGHIJKLMNOPQRST']);
    journal.trim(next);
    expect(readdirSync(dir)).toEqual(['0000000002.journal']);
    await journal.close();
    const again = open(dir, { from: next });
    expect(again.mark).toEqual({ end: next, rows: 0 });
    await again.close();
  });

  test('goes on beyond the position of the table when its files were removed by hand', async () => {
    const dir = tempDir();
    const journal = open(dir, { from: { segment: 7, offset: 123 } });
    expect(journal.mark.end.segment).toBe(8);
    journal.append('t', Buffer.from('x'), LINES);
    await journal.flush();
    expect(readAll(dir, { segment: 7, offset: 123 }, journal.mark.end).messages).toEqual(['t=x']);
    await journal.close();
  });

  test('takes topics of any length and number', async () => {
    const dir = tempDir();
    const journal = open(dir);
    for (let i = 0; i < 70_000; i++) journal.append(`t${i}`, Buffer.from('x'), LINES);
    journal.append('\uFFFD'.repeat(30_000), Buffer.from('long'), LINES);
    await journal.flush();
    const { messages } = readAll(dir, JOURNAL_START, journal.mark.end);
    expect(messages.length).toBe(70_001);
    expect(messages[69_999]).toBe('t69999=x');
    expect(messages[70_000]).toBe(`${'\uFFFD'.repeat(30_000)}=long`);
    await journal.close();
  });

  test('says what it cut off, and that its files are gone', async () => {
    const dir = tempDir();
    const first = open(dir);
    first.append('t', Buffer.from('x'), LINES);
    await first.flush();
    const { end } = first.mark;
    await first.close();
    appendFileSync(lastSegment(dir), 'torn');
    const said: string[] = [];
    await open(dir, { onWarning: (message) => said.push(message) }).close();
    expect(said).toEqual([expect.stringContaining('4 bytes at the end of the journal')]);
    unlinkSync(lastSegment(dir));
    await open(dir, { from: end, onWarning: (message) => said.push(message) }).close();
    expect(said[1]).toContain('was removed');
  });

  test('a missing segment between others is damage', async () => {
    const dir = tempDir();
    const journal = open(dir);
    for (let i = 0; i < 40; i++) {
      journal.append('t', Buffer.alloc(1_000_000), LINES);
      await journal.flush();
    }
    await journal.close();
    unlinkSync(join(dir, '0000000002.journal'));
    expect(() => open(dir)).toThrow(expect.objectContaining({ code: 'JOURNAL_DAMAGED' }));
  });

  test('times of receipt never fall, whatever the clock does', async () => {
    const dir = tempDir();
    let now = 5000;
    const journal = open(dir, { clock: clock(() => now) });
    journal.append('t', Buffer.from('a'), LINES);
    await journal.flush();
    now = 4000;
    journal.append('t', Buffer.from('b'), LINES);
    await journal.close();
    now = 3000;
    const later = clock(() => now);
    const again = open(dir, { clock: later });
    expect(later.next()).toBe(5000);
    await again.close();
  });

  test('a full disk fails the journal for good: nothing is called durable, and the error says what to do', async () => {
    const dir = tempDir();
    symlinkSync('/dev/full', join(dir, '0000000001.journal'));
    const failures: AppError[] = [];
    const journal = open(dir, { onFailure: (error) => failures.push(error) });
    let durable = 0;
    journal.onDurable((upTo) => { durable = upTo; });
    journal.append('t', Buffer.from('x'), LINES);
    await expect(journal.flush()).rejects.toMatchObject({
      code: 'JOURNAL_UNAVAILABLE',
      message: expect.stringContaining('its disk is full; make room') as string,
    });
    expect(failures.length).toBe(1);
    expect(durable).toBe(0);
    expect(() => journal.append('t', Buffer.from('y'), LINES)).toThrow(expect.objectContaining({ code: 'JOURNAL_UNAVAILABLE' }));
    await journal.close();
  });
});
