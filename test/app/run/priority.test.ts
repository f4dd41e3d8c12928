import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rowOf } from '../../support/feed.ts';
import { dropFile } from '../../support/inbox.ts';
import { lineMatching, PROGRAM } from '../../support/program.ts';
import { tempDir } from '../../support/tempDir.ts';

/** How far the job of a site steps back. */
const BEHIND_OTHERS = 10;
const settings = { WELLWATCH_RECEIVERS_MQTT_PORT: '0', WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false' };

/** Starts `wellwatch run` with a niceness that is so much higher than our own. */
function startNice(more: number, ...words: string[]): ChildProcess {
  const job = spawn('nice', ['-n', String(more), process.execPath, PROGRAM, 'run', ...words], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void job.kill('SIGKILL'));
  return job;
}

/** The niceness of each thread of a process, of none when it ends meanwhile: field 19 of its stat, see proc(5). */
function nicenesses(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').replace(/.*\) /, '').split(' ')[16]),
    );
  } catch (error) {
    if (/ENOENT|ESRCH/.test(String(error))) return [];
    throw error;
  }
}

describe.runIf(process.platform === 'linux')('when processors are short', () => {
  test.each([0, 15])(
    'the job of a site steps back behind whoever acknowledges, and before nobody, with a niceness of %i more than ours',
    async (more) => {
      const own = Math.min(19, getPriority() + more);
      const job = startNice(more, '--data-dir', tempDir());
      await lineMatching(job, 'stdout', /publish to/);
      const found = nicenesses(job.pid!);
      expect([Math.min(...found), Math.max(...found)]).toEqual([own, Math.max(own, BEHIND_OTHERS)]);
      const gone = once(job, 'exit');
      job.kill('SIGTERM');
      await gone;
    },
  );

  test('whoever waits for --once waits for the job alone: it steps back behind nobody', async () => {
    const dir = tempDir();
    dropFile(join(dir, 'inbox'), 'a.csv', Array.from({ length: 100_000 }, (_, i) => rowOf(i)));
    const job = startNice(0, '--once', '--quiet', '--data-dir', dir);
    const gone = once(job, 'exit');
    const seen = new Set<number>();
    let threads = 0;
    for (; job.exitCode === null; await sleep(10)) {
      const found = nicenesses(job.pid!);
      threads = Math.max(threads, found.length);
      for (const each of found) seen.add(each);
    }
    expect(await gone).toEqual([0, null]);
    expect(threads).toBeGreaterThan(10); // with the job's own, and what it does its reading with
    expect([...seen]).toEqual([getPriority()]);
  });
});
