import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, lutimesSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Act, Deed } from '../../../domain/alarm/acts/act.ts';
import { ActLog } from '../../../storage/files/actLog.ts';
import type { Author } from '../../../storage/files/keptActs.ts';
import fc from '../../support/property.ts';
import { tempDir } from '../../support/tempDir.ts';
import { compileInto } from '../compiled.ts';

const author = (rest: Partial<Author> = {}): Author => ({ at: 1000, by: 'anna', verified: false, via: 'cli', key: null, ...rest });
const comment = (text: string): Deed => ({ kind: 'comment', pump: 'A', rule: 'low', seen: [{ from: 0, to: 60_000 }], comment: text });
const texts = (acts: readonly Act[]) => acts.map((act) => ('comment' in act ? act.comment : act.kind));

function newLog(): ActLog {
  return new ActLog(join(tempDir(), 'acts.log'));
}

test('what was appended is read again, by others too, and numbered from 1', async () => {
  const log = newLog();
  const other = new ActLog(log.path);
  expect(log.read()).toEqual([]);
  const [first] = await log.append(author(), () => [comment('one')]);
  expect(first).toEqual({ number: 1, ...author(), ...comment('one') });
  expect(other.read()).toEqual([first]);
  await other.append(author({ by: 'ben' }), () => [comment('two\nlines'), comment('drei ✓')]);
  expect(texts(log.read())).toEqual(['one', 'two\nlines', 'drei ✓']);
  expect(log.read().map(({ number, by }) => [number, by])).toEqual([[1, 'anna'], [2, 'ben'], [3, 'ben']]);
  expect(new ActLog(log.path).read()).toEqual(log.read());
});

test('the same key of the same person does it once, whoever writes', async () => {
  const log = newLog();
  const first = await log.append(author({ key: 'k1' }), () => [comment('one'), comment('two')]);
  const again = await new ActLog(log.path).append(author({ key: 'k1', at: 2000 }), () => [comment('one'), comment('two')]);
  expect(again).toEqual(first);
  await log.append(author({ key: 'k1', by: 'ben' }), () => [comment('three')]);
  expect(texts(log.read())).toEqual(['one', 'two', 'three']);
});

test('what is done is decided when all that others did is known', async () => {
  const log = newLog();
  await new ActLog(log.path).append(author(), () => [comment('of another process')]);
  await log.append(author(), (acts) => acts.map((_, i) => comment(`after ${i + 1}`)));
  await expect(log.append(author(), () => { throw new Error('no'); })).rejects.toThrow('no');
  await log.append(author(), () => []);
  expect(texts(log.read())).toEqual(['of another process', 'after 1']);
});

test('a line that is torn at any byte costs only itself, and one that is being written is read when it is whole', async () => {
  const log = newLog();
  await log.append(author(), () => [comment('one')]);
  await log.append(author(), () => [comment('zwei ✓ "2"')]);
  const bytes = readFileSync(log.path);
  const begin = bytes.lastIndexOf(0x0a);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: begin, max: bytes.length - 1 }), async (length) => {
      const torn = newLog();
      writeFileSync(torn.path, bytes.subarray(0, length));
      const reader = new ActLog(torn.path);
      expect(texts(reader.read())).toEqual(['one']);
      await torn.append(author(), () => [comment('three')]);
      expect(texts(reader.read())).toEqual(['one', 'three']);
      expect(reader.torn).toBe(length > begin + 1 ? 1 : 0);
      expect(texts(new ActLog(torn.path).read())).toEqual(['one', 'three']);

      const growing = newLog();
      writeFileSync(growing.path, bytes.subarray(0, length));
      const early = new ActLog(growing.path);
      expect(early.read().length).toBe(1);
      appendFileSync(growing.path, bytes.subarray(length));
      expect(texts(early.read())).toEqual(['one', 'zwei ✓ "2"']);
      expect(early.torn).toBe(0);
    }),
    { numRuns: 25 },
  );
});

test('acts of kinds that only a newer version knows are left alone, and what follows them is read', async () => {
  const log = newLog();
  await log.append(author(), () => [comment('one')]);
  appendFileSync(log.path, '\n{"number":2,"at":"2026-01-01T00:00:00.000Z","by":"x","verified":true,"via":"api","key":null,"kind":"sing"}');
  await log.append(author(), () => [comment('two')]);
  expect(texts(log.read())).toEqual(['one', 'two']);
  expect(log.torn).toBe(1);
});

test('a log that was put back from a copy is read anew', async () => {
  const log = newLog();
  await log.append(author(), () => [comment('one')]);
  const copy = readFileSync(log.path);
  await log.append(author(), () => [comment('two')]);
  expect(log.read().length).toBe(2);
  writeFileSync(`${log.path}.copy`, copy);
  renameSync(`${log.path}.copy`, log.path);
  expect(texts(log.read())).toEqual(['one']);
});

test.skipIf(process.getuid?.() === 0)('a log that can not be written says so, and nothing is confirmed', async () => {
  const log = newLog();
  await log.append(author(), () => [comment('one')]);
  chmodSync(log.path, 0o400);
  await expect(log.append(author(), () => [comment('two')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

describe('beside other processes', () => {
  let compiled: string;
  beforeAll(async () => {
    compiled = await compileInto(mkdtempSync(join(tmpdir(), 'wellwatch-built-')));
  });
  afterAll(() => rmSync(compiled, { recursive: true, force: true }));

  function write(path: string, name: string, count: number) {
    return spawn(process.execPath, [join(compiled, 'processes', 'actWriter.js'), path, name, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  test('two that append at once lose nothing, and no number twice', async () => {
    const log = newLog();
    const writers = ['ben', 'cleo'].map((name) => write(log.path, name, 60));
    const ends = writers.map((writer) => once(writer, 'exit'));
    for (const { stdout } of writers) stdout.resume();
    for (let i = 0; i < 20; i++) await log.append(author(), () => [comment(`${i}`)]);
    expect(await Promise.all(ends)).toEqual([[0, null], [0, null]]);
    const acts = log.read();
    expect(acts.map(({ number }) => number)).toEqual(Array.from({ length: 140 }, (_, i) => i + 1));
    expect(acts.filter(({ by }) => by === 'ben').length).toBe(60);
    expect(log.torn).toBe(0);
  });

  test('one that is killed loses nothing that it was told is safe, and holds up nobody', async () => {
    const log = newLog();
    for (let round = 0; round < 4; round++) {
      const writer = write(log.path, `w${round}`, 100_000);
      let said = '';
      const enough = new Promise<void>((resolve) => {
        writer.stdout.on('data', (data) => {
          said += String(data);
          if (said.split('\n').length > 5 + 7 * round) resolve();
        });
      });
      const gone = once(writer, 'close');
      await enough;
      writer.kill('SIGKILL');
      await gone;
      const safe = said.split('\n').slice(0, -1).map((line) => Number(line.split(' ')[0]));
      await log.append(author(), () => [comment('after')]);
      const numbers = new Set(log.read().filter(({ by }) => by === `w${round}`).map(({ number }) => number));
      expect(safe.filter((number) => !numbers.has(number))).toEqual([]);
    }
  });
});

test('a lock whose process is gone is taken over; one of a process that lives is waited for', async () => {
  const log = newLog();
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  symlinkSync(`${child.pid} ${hostname()}`, `${log.path}.lock`);
  await log.append(author(), () => [comment('one')]);
  symlinkSync('1 another-machine', `${log.path}.lock`);
  lutimesSync(`${log.path}.lock`, 1, 1);
  await log.append(author(), () => [comment('two')]);
  expect(log.read().length).toBe(2);
  symlinkSync(`${process.ppid} ${hostname()}`, `${log.path}.lock`);
  await expect(log.append(author(), () => [comment('three')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test('locks that follow each other are waited for longer than one that stays', async () => {
  const log = newLog();
  const lock = `${log.path}.lock`;
  symlinkSync(`${process.ppid} ${hostname()}`, lock);
  let changes = 0;
  const turns = setInterval(() => {
    rmSync(lock);
    if (++changes < 15) symlinkSync(`${process.ppid} ${hostname()}`, lock);
    else clearInterval(turns);
  }, 100);
  await log.append(author(), () => [comment('one')]);
  expect([changes, texts(log.read())]).toEqual([15, ['one']]);
});
