import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask } from '../../support/duckdb.ts';
import fc from '../../support/property.ts';
import { tempDir } from '../../support/tempDir.ts';
import { type Crash, HOUR, MINUTE, ONE, Recorder, type Row } from '../../support/recorder.ts';

async function recorder(dir = tempDir()): Promise<Recorder> {
  const opened = await Recorder.open(dir);
  onTestFinished(() => opened.close());
  return opened;
}

const A: Row = ['A', 1, 80, ONE];
const B: Row = ['Ä_B "x"', 1, -0, ONE + 1];
const NEXT: Row = ['A', 2, 70, ONE + HOUR];

describe('an hour of receipt', () => {
  test('becomes a file when a later hour has begun, with typed columns and rows as they came', async () => {
    const site = await recorder();
    await site.step([B, A]);
    await site.step([NEXT]);
    await site.files.settle();
    expect(site.names()).toEqual(['readings-2026-11-21T13.parquet']);
    const { types, rows } = await ask(`select * from '${site.out}/*.parquet'`);
    expect(types).toEqual({
      pump: 'VARCHAR',
      at: 'TIMESTAMP',
      receivedAt: 'TIMESTAMP WITH TIME ZONE',
      hz: 'DOUBLE',
      disp: 'DOUBLE',
      flo: 'DOUBLE',
      sedPPM: 'DOUBLE',
      psi: 'DOUBLE',
      chlPPM: 'DOUBLE',
    });
    expect(rows[0]).toEqual({
      pump: 'Ä_B "x"',
      at: new Date(MINUTE),
      receivedAt: new Date(ONE + 1),
      hz: -0,
      disp: -0,
      flo: -0,
      sedPPM: -0,
      psi: -0,
      chlPPM: -0,
    });
    expect(await site.rows()).toEqual([B, A]);
    expect(readdirSync(site.spools)).toEqual([`readings-2026-11-21T14.${ONE + HOUR}.spool`]);
  });

  test('is the present one where times of receipt are pinned by a clock that was ahead once', async () => {
    const ahead = ONE + 48 * HOUR;
    const site = await recorder();
    await site.step([A]);
    await site.step([['A', 2, 70, ahead]]);
    site.behind = true;
    site.now = ONE + MINUTE;
    await site.step([['A', 3, 60, ahead + 1], ['A', 4, 50, ahead + 1]]);
    expect(readdirSync(site.spools)).toContain(`readings-2026-11-21T13.${ahead + 1}.spool`);
    site.now = ONE + HOUR + MINUTE;
    await site.files.settle();
    expect(site.names()).toEqual(['readings-2026-11-21T13-2.parquet', 'readings-2026-11-21T13.parquet', 'readings-2026-11-23T13.parquet']);
    expect((await site.rows()).map(([, minute]) => minute)).toEqual([3, 4, 1, 2]);
  });

  test('becomes a file by the clock when nothing more comes, a minute after its end', async () => {
    const site = await recorder();
    await site.step([A]);
    for (const [now, names] of [[ONE + HOUR + MINUTE - 1, []], [ONE + HOUR + MINUTE, ['readings-2026-11-21T13.parquet']]] as const) {
      site.now = now;
      await site.files.settle();
      expect(site.names()).toEqual(names);
    }
    expect(await site.rows()).toEqual([A]);
  });

  test('waits while rows of it may still lie in the journal', async () => {
    const site = await recorder();
    await site.step([A]);
    site.now = ONE + 2 * HOUR;
    site.caughtUp = false;
    await site.files.settle();
    expect(site.names()).toEqual([]);
  });

  test('gets a second file when rows of it come after all', async () => {
    const site = await recorder();
    await site.step([A]);
    site.now = ONE + 2 * HOUR;
    await site.files.settle();
    await site.step([B]);
    await site.files.settle();
    expect(site.names()).toEqual(['readings-2026-11-21T13-2.parquet', 'readings-2026-11-21T13.parquet']);
    expect((await site.rows()).sort()).toEqual([A, B]);
  });

  test('takes no more rows while it is made into a file: those go into the second', async () => {
    const site = await recorder();
    const rows = Array.from({ length: 20_000 }, (_, i): Row => ['A', i, i, ONE]);
    await site.step(rows);
    site.now = ONE + 2 * HOUR;
    site.files.tick();
    await site.step([B]);
    await site.files.settle();
    expect((await site.rows()).sort((a, b) => a[3] - b[3])).toEqual([...rows, B]);
    expect(site.names()).toHaveLength(2);
  });

  test('within one step is told from the next, and duplicates are in no file', async () => {
    const site = await recorder();
    await site.step([A]);
    await site.step([['A', 1, 80, ONE + 5], B, NEXT, ['A', 2, 70, ONE + HOUR + 1], ['C', 1, 1, ONE + 3 * HOUR]]);
    await site.files.settle();
    expect(site.names()).toEqual(['readings-2026-11-21T13.parquet', 'readings-2026-11-21T14.parquet']);
    expect(await site.rows()).toEqual([A, B, NEXT]);
  });

  test('of many rows is a file of bounded row groups', async () => {
    const site = await recorder();
    const rows = Array.from({ length: 40_000 }, (_, i): Row => [`P${i % 7}`, i, i / 3, ONE + Math.floor(i / 100)]);
    await site.step(rows.slice(0, 100));
    await site.step(rows.slice(100));
    await site.step([['P0', 1e6, 1, ONE + HOUR]]);
    await site.files.settle();
    expect(await site.rows()).toEqual(rows);
    const { rows: groups } = await ask(
      `select distinct row_group_id as id, row_group_num_rows as n from parquet_metadata('${site.out}/readings-2026-11-21T13.parquet') ` +
        'order by id',
    );
    expect(groups.map(({ n }) => n)).toEqual([16_384n, 16_384n, 7232n]);
  });
});

describe('a crash', () => {
  /** A spool that is committed and whose hour is over, and its path. */
  async function due(): Promise<{ site: Recorder; spool: string }> {
    const site = await recorder();
    await site.step([A, B]);
    site.now = ONE + 2 * HOUR;
    return { site, spool: join(site.spools, readdirSync(site.spools)[0]) };
  }

  test.each<Crash>(['decided', 'committed'])('after a step was %s neither loses nor doubles its rows', async (crash) => {
    const site = await recorder();
    await site.step([A]);
    await site.step([B, NEXT], crash);
    await site.step([B, NEXT]);
    site.now = ONE + 3 * HOUR;
    await site.files.settle();
    expect(await site.rows()).toEqual([A, B, NEXT]);
    expect(readdirSync(site.spools)).toEqual([]);
  });

  test('before an hour\'s first step was committed leaves nothing of it', async () => {
    const site = await recorder();
    await site.step([A, B], 'decided');
    expect(readdirSync(site.spools)).toEqual([]);
    site.now = ONE + 2 * HOUR;
    await site.files.settle();
    expect(site.names()).toEqual([]);
  });

  test('while the file is written: it is written anew, and what was begun is gone', async () => {
    const { site, spool } = await due();
    writeFileSync(join(site.out, `.${spool.slice(spool.lastIndexOf('/') + 1, -'.spool'.length)}.parquet.tmp`), 'PAR1 and half a group');
    await site.restart();
    await site.files.settle();
    expect(site.names()).toEqual(['readings-2026-11-21T13.parquet']);
    expect(await site.rows()).toEqual([A, B]);
  });

  test('between rename and removal of the spool: the file is known again', async () => {
    const { site, spool } = await due();
    cpSync(spool, `${spool}.copy`);
    await site.files.settle();
    renameSync(`${spool}.copy`, spool);
    await site.restart();
    await site.files.settle();
    expect(site.names()).toEqual(['readings-2026-11-21T13.parquet']);
    expect(existsSync(spool)).toBe(false);
  });

  test('after the removal, before the table hears of it: nothing is made of it again, though the file was moved away meanwhile', async () => {
    const { site } = await due();
    await site.files.settle();
    rmSync(join(site.out, 'readings-2026-11-21T13.parquet'));
    await site.step([['C', 1, 1, ONE + 10]], 'decided');
    await site.step([['C', 1, 1, ONE + 11]]);
    await site.files.settle();
    expect(await site.rows()).toEqual([['C', 1, 1, ONE + 11]]);
  });

  test('at any time: the files hold each stored row once, in order of receipt', async () => {
    const event = fc.record({
      pumps: fc.array(fc.constantFrom('A', 'B', 'C'), { minLength: 1, maxLength: 4 }),
      minute: fc.nat(5),
      later: fc.constantFrom(1, 30 * MINUTE, HOUR, 3 * HOUR),
      then: fc.constantFrom(undefined, undefined, 'decided', 'committed', 'tick', 'late tick', 'settle', 'restart'),
    });
    await fc.assert(fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
      const site = await Recorder.open(join(tempDir(), 'site'));
      try {
        const stored: Row[] = [];
        const table = new Map<string, number>();
        let received = ONE;
        for (const { pumps, minute, later, then } of events) {
          received += later;
          const rows = pumps.map((pump, i): Row => [pump, minute, i % 2, received + i * 20 * MINUTE]);
          received = rows[rows.length - 1][3];
          site.now = received;
          const crash = then === 'decided' || then === 'committed' ? then : undefined;
          await site.step(rows, crash);
          if (then !== 'decided') for (const row of rows) {
            const key = `${row[0]} ${row[1]}`;
            if (table.get(key) !== row[2]) stored.push(row);
            table.set(key, row[2]);
          }
          if (then === 'late tick') site.now += 2 * HOUR;
          if (then === 'tick' || then === 'late tick') site.files.tick();
          if (then === 'settle') {
            site.now += 2 * HOUR;
            await site.files.settle();
          }
          if (then === 'restart') await site.restart();
        }
        site.now = received + 2 * HOUR;
        await site.files.settle();
        const byReceipt = (await site.rows()).sort((a, b) => a[3] - b[3]);
        expect(byReceipt).toEqual(stored);
        expect(readdirSync(site.spools)).toEqual([]);
        expect(site.events).toEqual([]);
      } finally {
        await site.close();
      }
    }), { numRuns: 25 });
  });
});

describe('what is there already', () => {
  test('is never written over: a file of the same hour, of another table or of anybody', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'out'));
    writeFileSync(join(dir, 'out', 'readings-2026-11-21T13.parquet'), 'somebody\'s');
    const site = await recorder(dir);
    await site.step([A]);
    await site.step([NEXT]);
    await site.files.settle();
    expect(site.names()).toEqual(['readings-2026-11-21T13-2.parquet', 'readings-2026-11-21T13.parquet']);
    expect(readFileSync(join(dir, 'out', 'readings-2026-11-21T13.parquet'), 'utf8')).toBe('somebody\'s');
  });
});

describe('when a file can\'t be written', () => {
  test('that is told once, the job goes on, and the next tick tries again', async () => {
    const site = await recorder();
    await site.step([A]);
    rmSync(site.out, { recursive: true });
    writeFileSync(site.out, 'a file in the way');
    await site.step([NEXT]);
    await site.files.settle();
    await site.step([['A', 3, 1, ONE + HOUR + 1]]);
    await site.files.settle();
    expect(site.events).toEqual([
      {
        level: 'warn',
        message: expect.stringMatching(
          /^readings-2026-11-21T13\.parquet can't be written to .*out: .*Its rows are safe in .*\.spool; it is tried again$/,
        ) as string,
      },
    ]);
    rmSync(site.out);
    await site.files.settle();
    expect(await site.rows()).toEqual([A]);
  });

  test('because its spool is damaged, that is an error, and the hours after it are not held up', async () => {
    const site = await recorder();
    await site.step([A]);
    const spool = join(site.spools, readdirSync(site.spools)[0]);
    writeFileSync(spool, 'x');
    await site.step([NEXT]);
    await site.step([['A', 3, 1, ONE + 2 * HOUR]]);
    await site.files.settle();
    expect(site.events).toEqual([
      {
        level: 'error',
        message: expect.stringMatching(
          /expected a block of rows.*there will be no readings-2026-11-21T13\.parquet.*export readings/,
        ) as string,
      },
    ]);
    expect(await site.rows()).toEqual([NEXT]);
    expect(readdirSync(site.spools)).toContain(`${spool.slice(spool.lastIndexOf('/') + 1)}.damaged`);
  });

  test('a folder that can\'t be made is an error of the configuration', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'out'), 'x');
    await expect(Recorder.open(dir)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('parquet.path: ') as string,
    });
  });

  test('a spool that can\'t be written fails the step: nothing is stored that would be in no file', async () => {
    const site = await recorder();
    rmSync(site.spools, { recursive: true });
    await expect(site.step([A])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(".spool can't be written") as string,
    });
  });
});
