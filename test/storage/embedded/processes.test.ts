import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import type { Table } from '../../../storage/table/table.ts';
import { compileInto } from '../compiled.ts';

let root: string;
let code: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'wellwatch-processes-'));
  code = await compileInto(join(root, 'code'));
});
afterAll(() => rm(root, { recursive: true }));

const script = (name: string): string => join(code, 'processes', name);

/** Waits until a writer has said that a step is on disk; returns the last one it has told. */
async function untilStep(writer: ChildProcess, step: number): Promise<() => number> {
  let told = 0;
  const lines = createInterface({ input: writer.stdout as NodeJS.ReadableStream });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      told = Number(line);
      if (told >= step) resolve();
    });
    lines.on('close', () => reject(new Error('the writer ended')));
  });
  return () => told;
}

async function stepsIn(table: Table): Promise<Map<number, number>> {
  const steps = new Map<number, number>();
  for await (const piece of table.readings('A', {})) {
    for (let i = 0; i < piece.length; i++) steps.set(piece.values[0][i], (steps.get(piece.values[0][i]) ?? 0) + 1);
  }
  return steps;
}

test('two processes read whole steps while a third writes', async () => {
  const dir = join(root, 'shared');
  const writer = spawn(process.execPath, [script('writer.js'), dir]);
  try {
    await untilStep(writer, 2);
    const readers = await Promise.all([1, 2].map(() => promisify(execFile)(process.execPath, [script('reader.js'), dir, '20'])));
    for (const { stdout } of readers) expect(Number(stdout)).toBeGreaterThanOrEqual(2);
  } finally {
    writer.kill('SIGKILL');
    await once(writer, 'close');
  }
});

test('a killed writer leaves whole steps, and every one that it had told', async () => {
  const dir = join(root, 'killed');
  let before = 0;
  for (let round = 0; round < 3; round++) {
    const writer = spawn(process.execPath, [script('writer.js'), dir]);
    const told = await untilStep(writer, before + 5);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    const table = await openEmbeddedTable({ dir, mode: 'reader', ttl: { data: null, alerts: null }, now: () => 0 });
    const steps = await stepsIn(table);
    const last = (await table.state()).get('step') as number;
    expect(last).toBeGreaterThanOrEqual(told());
    expect([...steps.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(new Set(steps.values())).toEqual(new Set([1000]));
    expect((await table.counts()).mqtt).toMatchObject({ stored: last * 1000, duplicate: 0 });
    await table.close();
    before = last;
  }
});

test('a writer that may write no more says so, and what it had written stays', async () => {
  const dir = join(root, 'full');
  // A limit on the size of files stands for a full disk; the signal that comes with it is ignored.
  const run = promisify(execFile)('bash', [
    '-c',
    `trap '' XFSZ; ulimit -f 600; exec "$0" "$@"`,
    process.execPath,
    script('writer.js'),
    dir,
  ]);
  const { stdout, stderr } = await run.then(
    () => expect.unreachable('it should fail'),
    (error: { stdout: string; stderr: string }) => error,
  );
  const lines = stdout.trim().split('\n');
  expect(stderr).toBe('');
  expect(lines.at(-1)).toMatch(/^failed STORE_UNAVAILABLE: write 1000 rows in .*full: .+; check its free space/);
  const table = await openEmbeddedTable({ dir, mode: 'writer', ttl: { data: null, alerts: null }, now: () => 0 });
  const told = Number(lines.at(-2));
  expect((await stepsIn(table)).size).toBe(told);
  expect((await table.state()).get('step')).toBe(told);
  await table.close();
});
