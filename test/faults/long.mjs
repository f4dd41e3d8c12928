// The long fault runs (npm run build first): each prints HELD or FAILED, and ends with 0 or 1.
//   node test/faults/long.mjs stops [50]     SIGTERM at random moments under load on both receivers
//   node test/faults/long.mjs slow [20]      seconds in which each fdatasync takes 300 ms more; needs strace
//   node test/faults/long.mjs power [8]      power losses at an unlucky moment: root, mkfs.ext4, and a loop device
//   node test/faults/long.mjs soak [420]     seconds of load and of questions, with one SIGKILL and one SIGTERM
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { balanceOf, drop, Feed, Job, keyOf, missingOf, rowAt, runOnce, storedOf } from './longSite.mjs';

const [what, number] = process.argv.slice(2);
const top = mkdtempSync(join(tmpdir(), 'wellwatch-long-'));
const FILE_ROWS = 3000;
const FIRST_FILE_ROW = 10_000_000;
const rows = (from, count, psi) => Array.from({ length: count }, (_, i) => rowAt(from + i, psi?.(i)));
const fileRow = (file) => FIRST_FILE_ROW + file * FILE_ROWS;

/** What is wrong at the end: acknowledged rows or rows of files that are missing, a balance that does not hold. */
function losses(dir, feed, files) {
  const { code, stderr } = runOnce(dir);
  const balance = balanceOf(dir);
  const known = storedOf(dir);
  const lost = missingOf(known, [...feed.acknowledged].map((i) => rowAt(i)));
  const lostOfFiles = missingOf(known, rows(FIRST_FILE_ROW, files * FILE_ROWS));
  console.log(`${feed.acknowledged.size} acknowledged, ${lost} missing; ${files} files, ${lostOfFiles} rows missing;`, balance);
  return [
    ...(code === 0 ? [] : [`run --once ended with ${code}: ${stderr}`]), ...(lost + lostOfFiles > 0 ? ['rows are missing'] : []),
    ...(balance.received === balance.stored + balance.duplicate + balance.rejected && balance.pending === 0 ? [] : ['the balance does not hold']),
  ];
}

async function stops(times) {
  const dir = join(top, 'data');
  const job = new Job(dir);
  const bad = [];
  await job.start();
  const feed = new Feed(job.port).start();
  for (let stop = 0; stop < times; stop++) {
    drop(dir, `f${stop}.csv`, rows(fileRow(stop), FILE_ROWS));
    await wait(Math.random() * 1200);
    const asked = performance.now();
    const code = await job.end('SIGTERM');
    const took = performance.now() - asked;
    if (code !== 0 || took > 10_000) bad.push(`stop ${stop}: code ${code} after ${Math.round(took)} ms`);
    if (stop < times - 1) job.begin(); // the next signal may come at any moment of its start
    while (stop < times - 1 && !job.hasLock()) await wait(5);
  }
  await feed.stop();
  return [...bad, ...losses(dir, feed, times)];
}

async function slow(seconds) {
  const dir = join(top, 'data');
  const job = new Job(dir, { before: ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:delay_enter=300000'] });
  await job.start();
  const feed = new Feed(job.port, { window: 5000 }).start();
  let peak = 0;
  for (let i = 0; i < seconds * 5; i++, await wait(200)) peak = Math.max(peak, job.megabytes());
  await job.end('SIGKILL');
  await feed.stop();
  console.log(`peak ${peak} MB`);
  return [...(peak > 500 ? ['it took too much memory'] : []), ...losses(dir, feed, 0)];
}

/**
 * The data directory lies on a file system of its own. A copy of its device has what was synced, and nothing that only the page
 * cache has. Two files correct each other; when both are claimed somebody else's sync comes. After the loss the second must hold.
 */
async function power(times) {
  const bad = [];
  for (let loss = 0; loss < times; loss++) {
    const disk = new Disk(join(top, 'disk'));
    const lost = new Disk(join(top, 'lost'));
    try {
      const dir = disk.make();
      const corrected = (psi) => rows(0, 16_000, () => psi);
      await fillWithHoles(dir);
      for (const psi of [10, 11]) {
        drop(dir, `v${psi}.csv`, corrected(psi));
        utimesSync(join(dir, 'inbox', `v${psi}.csv`), psi, psi);
      }
      disk.sync();
      const job = new Job(dir, { env: { WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '1500' } });
      job.begin();
      const lies = (folder) => (existsSync(join(dir, 'inbox', folder)) ? readdirSync(join(dir, 'inbox', folder)) : []);
      while (lies('.claimed').length < 2) await wait(0);
      await job.whileStopped(() => disk.sync());
      while (!lies('done').some((name) => name.startsWith('v'))) await wait(1);
      await wait(Math.random() * 250);
      await job.whileStopped(() => lost.copyOf(disk));
      await job.end('SIGKILL');
      const after = lost.mount();
      const { code, stderr } = runOnce(after);
      const wanted = new Set(corrected(11).map(keyOf));
      const old = [...storedOf(after)].filter(([key, psi]) => wanted.has(key) && psi !== 11).length;
      console.log(`loss ${loss}: ended with ${code}, ${old} older values`);
      if (code !== 0 || old > 0) bad.push(`loss ${loss}: ${old} older values, code ${code}: ${stderr}`);
    } finally {
      disk.remove();
      lost.remove();
    }
  }
  return bad;
}

/** Rows and corrections in any order: lmdb then has free pages, and its file does not grow by what follows. */
async function fillWithHoles(dir) {
  for (const [count, psi] of [[128_000, (i) => ((i * 7919) % 100_003) / 1000], [48_000, () => 51], [48_000, () => 52], [48_000, () => 53]]) {
    drop(dir, `age${count}-${psi(1)}.csv`, rows(0, count, psi));
    runOnce(dir);
  }
}

/** An ext4 in a file, which writes its own journal seldom. */
class Disk {
  constructor(path) {
    this.image = `${path}.img`;
    this.folder = path;
    mkdirSync(path, { recursive: true });
  }

  make() {
    execFileSync('truncate', ['-s', '96M', this.image]);
    execFileSync('mkfs.ext4', ['-q', '-F', this.image]);
    return this.mount('loop,commit=60');
  }

  mount(options = 'loop') {
    execFileSync('mount', ['-o', options, this.image, this.folder]);
    const dir = join(this.folder, 'data');
    mkdirSync(dir, { recursive: true });
    return dir;
  }

  sync() {
    execFileSync('sync', ['-f', this.folder]);
  }

  copyOf(other) {
    execFileSync('cp', ['--sparse=always', other.image, this.image]);
  }

  remove() {
    try {
      execFileSync('umount', ['-l', this.folder], { stdio: 'ignore' });
    } catch {
      // It was not mounted.
    }
    rmSync(this.image, { force: true });
  }
}

const QUESTIONS = ['/api/v1/pumps', '/api/v1/alarms', '/api/v1/pumps/PUMP_1/readings?points=200', '/metrics', '/'];

async function soak(seconds) {
  const dir = join(top, 'data');
  const job = new Job(dir, { served: true });
  await job.start();
  const feed = new Feed(job.port, { window: 20, pauseMs: 30 }).start();
  const looks = [];
  for (let second = 0; second < seconds; second++, await wait(1000)) {
    drop(dir, `f${second}.csv`, rows(fileRow(second), FILE_ROWS, (i) => (i % 97 === 0 ? 1 : 80)));
    for (const path of QUESTIONS) await fetch(job.url + path).then((answer) => answer.text(), () => undefined);
    looks.push({ megabytes: job.megabytes(), files: readdirSync(`/proc/${job.pid}/fd`).length });
    const signal = { [Math.floor(seconds / 10)]: 'SIGKILL', [Math.floor(seconds / 5)]: 'SIGTERM' }[second];
    if (!signal) continue;
    await job.end(signal);
    await job.start();
  }
  await feed.stop();
  const code = await job.end('SIGTERM');
  const mean = (some) => Math.round(some.reduce((sum, { megabytes }) => sum + megabytes, 0) / some.length);
  const half = looks.slice(looks.length / 2);
  const [middle, end] = [mean(half.slice(0, 20)), mean(half.slice(-20))];
  console.log(`memory: ${middle} MB in the middle, ${end} MB at the end; files: ${half[0].files}, ${half.at(-1).files}`);
  return [
    ...(code === 0 ? [] : [`the end had code ${code}`]), ...(end > middle * 1.3 + 20 ? ['memory grows'] : []),
    ...(half.at(-1).files > half[0].files + 10 ? ['open files grow'] : []), ...losses(dir, feed, seconds),
  ];
}

const RUNS = { stops: [stops, 50], slow: [slow, 20], power: [power, 8], soak: [soak, 420] };
if (!(what in RUNS)) throw new Error(`${readFileSync(import.meta.filename, 'utf8').split('\nimport')[0]}\nExpected one of these, got ${what}`);
const [run, usual] = RUNS[what];
try {
  const bad = await run(Number(number ?? usual));
  console.log(bad.length === 0 ? `HELD ${what}` : `FAILED ${what}: ${bad.join('; ')}`);
  process.exitCode = bad.length === 0 ? 0 : 1;
} finally {
  rmSync(top, { recursive: true, force: true });
}
