import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { randomNumbers, rowOf } from '../../support/feed.ts';
import { tempDir } from '../../support/tempDir.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/docs/examples/recoverable.js', import.meta.url));
const BATCHES = 300;
const ROWS_A_BATCH = 20;
const KILLS = 5;

/** The program on its readings, with a checkpoint and an output folder of its own. */
class Program {
  readonly dir = tempDir();
  readonly checkpoint = join(this.dir, 'checkpoint');
  readonly output = join(this.dir, 'output');
  stderr = '';

  start(): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM, join(this.dir, 'readings.csv'), this.checkpoint, this.output], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => { child.kill('SIGKILL'); });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { this.stderr += text; });
    return child;
  }

  write(lines: readonly string[]): this {
    writeFileSync(join(this.dir, 'readings.csv'), `${lines.join('\n')}\n`);
    return this;
  }

  /** Names of the output files that are whole. */
  files(): string[] {
    return existsSync(this.output) ? readdirSync(this.output).filter((name) => !name.startsWith('.')) : [];
  }

  /** Takes the output files away: by name, what they say. */
  take(): Map<string, string> {
    const taken = join(this.dir, `taken-${process.hrtime.bigint()}`);
    if (existsSync(this.output)) renameSync(this.output, taken);
    else mkdirSync(taken);
    const whole = readdirSync(taken).filter((name) => !name.startsWith('.'));
    return new Map(whole.map((name) => [name, readFileSync(join(taken, name), 'utf8')]));
  }
}

/** Of a file's name. */
const timeOf = (name: string): number => Number(/-(\d+)\.txt$/.exec(name)![1]);

test(`${KILLS} kills and a checkpoint that is cut off: every batch says what it says without them, and none before the last `
  + 'checkpoint runs again', async () => {
  const random = randomNumbers(20140310);
  const lines = Array.from({ length: BATCHES * ROWS_A_BATCH }, (_, i) =>
    i % 50 === 49 ? 'ERROR' : rowOf(Math.floor(random() * 1e6)).replace(/^(.*),([^,]*),([^,]*)$/, `$1,${(random() * 100).toFixed(3)},$3`),
  );
  const quiet = new Program().write(lines);
  expect(await once(quiet.start(), 'exit')).toEqual([0, null]);
  const expected = quiet.take();
  expect(expected.size).toBeGreaterThanOrEqual(2 * BATCHES);

  const killed = new Program().write(lines);
  const told = new Map<string, string>();
  let last = 0;
  const collect = (): void => {
    const life = killed.take();
    // The batch that a kill cut off runs again, those before it don't.
    expect(Math.min(...Array.from(life.keys(), timeOf))).toBeGreaterThanOrEqual(last);
    last = Math.max(...Array.from(life.keys(), timeOf));
    for (const [name, text] of life) told.set(name, text);
  };
  for (let kill = 0; kill < KILLS; kill++) {
    const program = killed.start();
    const gone = once(program, 'exit');
    const some = 5 + Math.floor(random() * 50);
    while (killed.files().length < some && program.exitCode === null) await sleep(1);
    program.kill('SIGKILL');
    expect(await gone, killed.stderr).toEqual([null, 'SIGKILL']);
    collect();
    expect(killed.stderr).toBe('');
  }
  const newest = join(
    killed.checkpoint,
    readdirSync(killed.checkpoint)
      .filter((name) => name.endsWith('.checkpoint'))
      .sort()
      .at(-1)!,
  );
  truncateSync(newest, 100);
  expect(await once(killed.start(), 'exit')).toEqual([0, null]);
  collect();
  expect(killed.stderr).toContain(".checkpoint can't be used: it is cut off. The one before it is taken and its log read on");
  expect([...told].sort()).toEqual([...expected].sort());
});
