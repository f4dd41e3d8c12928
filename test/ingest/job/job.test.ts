import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { Journal } from '../../../storage/journal/journal.ts';
import type { Table } from '../../../storage/table/table.ts';
import { tempDir } from '../../support/tempDir.ts';
import { MQTT_CSV, RunningJob } from '../../support/runningJob.ts';
import { LOW_PSI } from '../../support/rules.ts';
import { dropFile } from '../../support/inbox.ts';
import { until } from '../../support/waiting.ts';
import { psiOf } from '../../support/measures.ts';

const row = (clock: string, psi: number | string, pump = 'P') => `${pump},3/10/14,${clock},10.27,1.73,881,1.56,${psi},1.94`;
const rows = (count: number, psi = 85) =>
  Array.from({ length: count }, (_, i) =>
    row(`${Math.floor(i / 60) % 24}:${String(i % 60).padStart(2, '0')}`, psi, `P${Math.floor(i / 1440)}`),
  ).join('\n');

async function all(table: Table, pump: string): Promise<Readings['length']> {
  let count = 0;
  for await (const piece of table.readings(pump, {})) count += piece.length;
  return count;
}

async function rejectsOf(table: Table): Promise<Reject[]> {
  const rejects: Reject[] = [];
  for await (const piece of table.rejects()) rejects.push(...piece);
  return rejects;
}

const psiAt = async (table: Table, clock: string) => psiOf(await table.lookup('P', parseTime(`2014-03-10T${clock}`)!));

describe('messages', () => {
  test('an alert is told as soon as its message is in the journal, before the table has the row', async () => {
    const job = await RunningJob.start(tempDir());
    await job.publish(row('01:01', 4.9));
    await until(() => job.alerts.length > 0);
    expect(await job.table.counts()).toMatchObject({ mqtt: { stored: 0 } });
    expect(job.alerts).toEqual([
      expect.objectContaining({ pump: 'P', rule: 'low-psi', value: 4.9, threshold: 5, known: false, vendor: null, maintenance: [] }),
    ]);
    await until(async () => (await job.table.counts()).mqtt.stored === 1);
    await job.stop();
    expect(job.alerts.length).toBe(1);
    expect(job.withdrawn).toEqual([]);
  });

  test('a reading that comes in six messages is one row, and alarms once, as soon as its measure is there', async () => {
    const job = await RunningJob.start(tempDir());
    const values = ['10.27', '1.73', '881', '1.56', '3', '1.94'];
    const part = (clock: string, tag: number) => `P,3/10/14,${clock},${values.map((value, i) => (i === tag ? value : '')).join(',')}`;
    await job.publish(part('01:01', 4));
    await until(() => job.alerts.length > 0);
    expect(await job.table.counts()).toMatchObject({ mqtt: { stored: 0 } });
    await job.publish(...[0, 1, 2, 3, 5].map((tag) => part('01:01', tag)));
    await until(async () => (await job.table.counts()).mqtt.stored === 6);
    await job.publish(part('01:02', 4));
    await until(async () => (await job.table.counts()).mqtt.stored === 7);
    await job.publish(part('01:02', 0), part('01:02', 4));
    await until(async () => (await job.table.counts()).mqtt.duplicate === 1);
    expect(await job.table.counts()).toMatchObject({ mqtt: { stored: 8, replaced: 0, duplicate: 1, alerts: 2 } });
    expect(await job.table.lookup('P', parseTime('2014-03-10T01:01')!)).toEqual(values.map(Number));
    expect(await job.table.lookup('P', parseTime('2014-03-10T01:02')!)).toEqual([10.27, NaN, NaN, NaN, 3, NaN]);
    await job.stop();
    expect([job.alerts.map(({ time }) => formatTime(time).slice(11, 16)), job.withdrawn]).toEqual([['01:01', '01:02'], []]);
  });

  test('a redelivered alarming message stays quiet and counts as a duplicate', async () => {
    const job = await RunningJob.start(tempDir());
    await job.publish(row('01:01', 0));
    await until(async () => (await job.table.counts()).mqtt.stored === 1);
    await job.publish(row('01:01', 0), row('01:01', 0));
    await until(async () => (await job.table.counts()).mqtt.duplicate === 2);
    await job.stop();
    expect(job.alerts.length).toBe(1);
  });

  test('a correction withdraws the alert that was told, in the table and while it is pending', async () => {
    const job = await RunningJob.start(tempDir());
    await job.publish(row('01:01', 0));
    await until(async () => (await job.table.counts()).mqtt.stored === 1);
    await job.publish(row('01:01', 80));
    await until(() => job.withdrawn.length === 1);
    await job.publish(row('02:02', 0));
    await until(() => job.alerts.length === 2);
    await job.publish(row('02:02', 81));
    await until(() => job.withdrawn.length === 2);
    expect(job.withdrawn.map(({ time }) => time)).toEqual([parseTime('2014-03-10T01:01'), parseTime('2014-03-10T02:02')]);
    expect(await psiAt(job.table, '02:02')).toBe(81);
    expect((await job.stop()).stored).toBe(4);
  });

  test('an empty, a binary and an over-long payload are one reject each, and the stream goes on', async () => {
    const job = await RunningJob.start(tempDir());
    await job.publish('', Buffer.from([0, 1, 2, 3, 255, 10, 7, 8, 10]), Buffer.alloc(1024 * 1024 + 1, 65), row('01:01', 80));
    await until(async () => (await job.table.counts()).mqtt.stored === 1);
    const rejects = await rejectsOf(job.table);
    expect(rejects.map(({ source, line }) => `${source}:${line}`)).toEqual(Array(3).fill('mqtt:pumps/P/readings:1'));
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'expected one or more CSV lines, got an empty payload',
      'expected text, but more than a tenth of its beginning are control bytes',
      'expected a payload of at most 1 MiB, got 1,048,577 bytes',
    ]);
    expect((await job.table.counts()).mqtt.rejected).toBe(3);
    await job.stop();
  });

  test('a payload with more rows than a step takes is taken in several steps, each row once', async () => {
    const dir = tempDir();
    const job = await RunningJob.start(dir, { maxRows: 100 });
    await job.publish(rows(950), row('01:01', 7, 'Q'));
    await until(async () => (await job.table.counts()).mqtt.stored === 951);
    expect(await job.stop()).toMatchObject({ stored: 951, duplicate: 0 });
  });
});

describe('order of receipt', () => {
  test('of two rows with one key the later receipt wins, over both receivers', async () => {
    const job = await RunningJob.start(tempDir());
    await job.publish(row('01:01', 10));
    job.drop('x.csv', row('01:01', 20));
    await until(async () => (await psiAt(job.table, '01:01')) === 20);
    await job.publish(row('01:01', 30));
    await until(async () => (await psiAt(job.table, '01:01')) === 30);
    expect(await job.stop()).toMatchObject({ stored: 3, duplicate: 0 });
  });

  test('rows that wait in a small step go to the table before those of a file that comes later', async () => {
    const job = await RunningJob.start(tempDir());
    await job.publish(row('01:01', 0));
    await until(() => job.alerts.length === 1);
    job.drop('x.csv', row('01:01', 20));
    await until(async () => (await psiAt(job.table, '01:01')) === 20);
    expect(job.withdrawn.length).toBe(1);
    await job.stop();
  });
});

describe('times of receipt', () => {
  const receipts = async (table: Table) => {
    const found: number[] = [];
    for await (const piece of table.readings('P', {})) found.push(...piece.receivedAt.subarray(0, piece.length));
    return found;
  };
  const stored = (job: RunningJob, count: number) => until(async () => {
    const { directory, mqtt } = await job.table.counts();
    return directory.stored + mqtt.stored === count;
  });

  test('rise from step to step though the clock stands still, over both receivers and a restart with the clock set back', async () => {
    const dir = tempDir();
    const first = await RunningJob.start(dir, { clock: () => 5000 });
    await first.publish(row('01:01', 80));
    await stored(first, 1);
    first.drop('x.csv', `${row('01:02', 80)}\n${row('01:03', 80)}\n`);
    await stored(first, 3);
    await first.publish(row('01:04', 80));
    await stored(first, 4);
    await first.stop();
    const second = await RunningJob.start(dir, { clock: () => 3000 });
    await second.publish(row('01:05', 80));
    await stored(second, 5);
    expect(await receipts(second.table)).toEqual([5000, 5001, 5001, 5002, 5003]);
    await second.stop();
  });

  test('rows that join a small step later are not before those that are in it', async () => {
    const dir = tempDir();
    const first = await RunningJob.start(dir, { clock: () => 5000 });
    await first.publish(row('01:01', 80));
    await stored(first, 1);
    await first.publish(row('01:02', 0));
    await until(() => first.alerts.length === 1); // it waits for company
    await first.publish(row('01:03', 80));
    await stored(first, 3);
    expect(await receipts(first.table)).toEqual([5000, 5001, 5001]);
    expect(first.alerts[0].receivedAt).toBe(5001);
    await first.stop();
  });
});

describe('a table that never took from the journal', () => {
  test('begins with the oldest segment that is there: another table has had those before', async () => {
    const dir = tempDir();
    const earlier = Journal.open({
      dir: join(dir, 'journal'), from: { segment: 7, offset: 0 }, limit: Infinity,
      clock: new ReceiptClock(ReceiptClock.shared(), Date.now),
      onFailure: (error) => { throw error; },
    });
    earlier.append('pumps/P/readings', Buffer.from(row('01:01', 80)), MQTT_CSV);
    await earlier.close();
    const job = await RunningJob.start(dir);
    await job.publish(row('01:02', 80));
    await until(async () => (await job.table.counts()).mqtt.stored === 2);
    expect([await psiAt(job.table, '01:01'), await psiAt(job.table, '01:02')]).toEqual([80, 80]);
    await job.stop();
  });
});

describe('the hour that the clock shows twice', () => {
  const hour = (psi: number, pump = 'A') =>
    [0, 15, 30, 45].map((minute) => `${pump},11/2/25,1:${String(minute).padStart(2, '0')},1,2,3,4,${psi},6`);
  const told = ({ time, value }: { time: number; value: number }) => [formatTime(time).slice(11, 16), value];

  test('alerts of its first pass are told though the second replaces them in one step, and warned of with hour, pump and way out', async () => {
    const dir = tempDir();
    dropFile(
      join(dir, 'inbox'),
      'a.csv',
      [...hour(2), ...hour(81), 'A,11/2/25,2:00,1,2,3,4,3,6', 'A,11/2/25,2:00,1,2,3,4,80,6'].join('\n'),
    );
    const job = await RunningJob.start(dir, { once: true, zone: 'America/Chicago' });
    expect(await job.ended()).toEqual({ stored: 10, replaced: 5, retracted: 0, duplicate: 0, replayed: 0, rejected: 0, alerts: 0 });
    const firstPass = [
      ['01:00', 2],
      ['01:15', 2],
      ['01:30', 2],
      ['01:45', 2],
    ];
    expect(job.alerts.map(told)).toEqual(firstPass); // that of 2:00 was corrected, as ever
    expect(job.withdrawn.map(told)).toEqual(firstPass);
    expect(job.events.map(({ level, message }) => [level, message.slice(0, 107)])).toEqual([
      [
        'warn',
        '4 readings of A replaced others in the hour from 01:00 on 2025-11-02, which the clock of America/Chicago sho'.slice(0, 107),
      ],
    ]);
    expect(job.events[0].message).toContain('set site.timezone to UTC');
  });

  test('a first pass that was told before is told once, and withdrawn when the second comes; one that alarms too stays', async () => {
    const job = await RunningJob.start(tempDir(), { zone: 'America/Chicago' });
    job.drop('a.csv', [...hour(2), ...hour(2, 'B')].join('\n'));
    await until(() => job.alerts.length === 8);
    job.drop('b.csv', [...hour(81), ...hour(3, 'B')].join('\n'));
    await until(() => job.withdrawn.length === 4 && job.alerts.length === 12);
    await until(() => job.events.length > 0);
    expect(job.events[0].message).toContain('8 readings of A, B replaced others');
    await job.stop();
    expect(job.withdrawn.every(({ pump }) => pump === 'A')).toBe(true);
  });
});

describe('files', () => {
  test('a file is done when all its rows are in the table; the same content again is duplicates, its rejects listed once', async () => {
    const job = await RunningJob.start(tempDir());
    job.drop('a.csv', `${row('01:01', 80)}\nnonsense\n${row('01:02', 4)}\n`);
    await until(() => existsSync(join(job.inbox, 'done', 'a.csv')));
    job.drop('b.csv', `${row('01:01', 80)}\nnonsense\n${row('01:02', 4)}\n`);
    await until(() => existsSync(join(job.inbox, 'done', 'b.csv')));
    expect((await job.table.counts()).directory).toEqual({ stored: 2, replaced: 0, retracted: 0, duplicate: 2, replayed: 0, rejected: 2, alerts: 1 });
    expect(await rejectsOf(job.table)).toEqual([expect.objectContaining({ source: 'a.csv', line: 2, raw: 'nonsense' })]);
    expect(job.alerts.length).toBe(1);
    await job.stop();
  });

  test('reading goes on in the middle of a file after a stop, and each row counts once', async () => {
    const dir = tempDir();
    const text = rows(5000);
    for (const name of ['big.csv', 'big.csv.gz']) {
      dropFile(join(dir, 'inbox'), name, name.endsWith('gz') ? gzipSync(text.replaceAll('P', 'Z')) : text);
      const first = await RunningJob.start(dir, { maxRows: 500, maxRate: 1000 });
      await until(async () => (await first.table.counts()).directory.stored % 5000 >= 500);
      expect((await first.stop()).stored).toBeLessThan(5000);
      expect(readdirSync(join(dir, 'inbox', 'done'))).not.toContain(name);
      const second = await RunningJob.start(dir, { once: true });
      await second.ended();
      expect(readdirSync(join(dir, 'inbox', 'done'))).toContain(name);
    }
    const check = await RunningJob.start(dir);
    expect((await check.table.counts()).directory).toMatchObject({ stored: 10_000, duplicate: 0, rejected: 0 });
    expect(await all(check.table, 'Z0')).toBe(1440);
    await check.stop();
  });

  test('an empty file is done with no rows, gzipped or not', async () => {
    const dir = tempDir();
    dropFile(join(dir, 'inbox'), 'a.csv', '');
    dropFile(join(dir, 'inbox'), 'b.csv', '\n\r\n');
    dropFile(join(dir, 'inbox'), 'c.csv.gz', gzipSync(''));
    const job = await RunningJob.start(dir, { once: true });
    expect(await job.ended()).toEqual({ stored: 0, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 0, alerts: 0 });
    expect(readdirSync(join(dir, 'inbox', 'done')).sort()).toEqual(['a.csv', 'b.csv', 'c.csv.gz']);
  });

  test('a file whose dates are day first is refused whole, also when that shows in its last line', async () => {
    const dir = tempDir();
    const lines = Array.from({ length: 40_000 }, (_, i) => `A${Math.floor(i / 132)},${(i % 12) + 1}/${(i % 11) + 1}/26,0:10,1,2,3,4,50,6`);
    dropFile(join(dir, 'inbox'), 'short.csv', 'A,3/4/26,0:01,1,2,3,4,50,6\nA,25/4/26,0:02,1,2,3,4,50,6\n');
    dropFile(join(dir, 'inbox'), 'long.csv', [...lines, 'A,25/4/26,0:01,1,2,3,4,50,6'].join('\n'));
    dropFile(join(dir, 'inbox'), 'fine.csv', 'B,3/4/26,0:01,1,2,3,4,50,6\nB,4/25/26,0:02,1,2,3,4,50,6\nB,25/4/26,0:02,1,2,3,4,50,6\n');
    const job = await RunningJob.start(dir, { once: true });
    const reason = (name: string) => readFileSync(join(dir, 'inbox', 'failed', `${name}.reason.txt`), 'utf8');
    const { stored, rejected } = await job.ended();
    expect(reason('short.csv')).toContain('its dates are day first, as in 25/3/26: expected them month first');
    expect(reason('short.csv')).toContain('Nothing of it is stored');
    expect(reason('long.csv')).toMatch(/line 40001: its dates are day first/);
    expect(readdirSync(join(dir, 'inbox', 'done'))).toEqual(['fine.csv']);
    const told = /The first (\d+) rows of it are stored already/.exec(reason('long.csv'));
    expect({ stored, rejected }).toEqual({ stored: 2 + Number(told?.[1] ?? 0), rejected: 1 });
  });

  test('rows before the break of a gzip are kept, and the file is refused with the reason', async () => {
    const dir = tempDir();
    const whole = gzipSync(
      Buffer.from(
        Array.from({ length: 3000 }, (_, i) =>
          row(`${Math.floor(i / 60) % 24}:${String(i % 60).padStart(2, '0')}`, 50 + ((i * 7919) % 50), `P${Math.floor(i / 1440)}`),
        ).join('\n'),
      ),
    );
    dropFile(join(dir, 'inbox'), 'cut.csv.gz', whole.subarray(0, whole.length >> 1));
    dropFile(join(dir, 'inbox'), 'no.csv.gz', 'this is no gzip');
    dropFile(join(dir, 'inbox'), 'fine.csv', row('23:59', 80, 'FINE'));
    const job = await RunningJob.start(dir, { once: true });
    const counts = await job.ended();
    expect(counts.stored).toBeGreaterThan(500);
    expect(counts.stored).toBeLessThan(2500);
    expect(counts.rejected).toBe(0);
    expect(readdirSync(join(dir, 'inbox', 'failed')).sort()).toEqual([
      'cut.csv.gz',
      'cut.csv.gz.reason.txt',
      'no.csv.gz',
      'no.csv.gz.reason.txt',
    ]);
    expect(readFileSync(join(dir, 'inbox', 'failed', 'cut.csv.gz.reason.txt'), 'utf8')).toContain('broken gzip');
    expect(readdirSync(join(dir, 'inbox', 'done'))).toEqual(['fine.csv']);
  });

  test('a header without a needed column and a file that is no text are refused, the rest goes on', async () => {
    const dir = tempDir();
    dropFile(join(dir, 'inbox'), 'header.csv', `ResourceID,Date,Time,HZ\nP,3/10/14,1:01,2\n`);
    dropFile(join(dir, 'inbox'), 'binary.csv', Buffer.alloc(5000, 1));
    mkdirSync(join(dir, 'inbox', 'folder.csv'));
    dropFile(join(dir, 'inbox'), 'fine.csv', row('23:59', 80));
    const job = await RunningJob.start(dir, { once: true });
    expect(await job.ended()).toMatchObject({ stored: 1, rejected: 0 });
    expect(
      readdirSync(join(dir, 'inbox', 'failed'))
        .filter((name) => !name.endsWith('.txt'))
        .sort(),
    ).toEqual(['binary.csv', 'folder.csv', 'header.csv']);
    expect(readFileSync(join(dir, 'inbox', 'failed', 'header.csv.reason.txt'), 'utf8')).toContain('PressureLbs');
  });

  test('a file that someone is still writing is read on, whole rows only', async () => {
    const job = await RunningJob.start(tempDir());
    writeFileSync(join(job.inbox, 'slow.csv'), `${row('01:00', 80)}\n${row('01:01', 8).slice(0, -8)}`);
    await new Promise((resolve) => setTimeout(resolve, 120));
    const [claim] = existsSync(join(job.inbox, 'slow.csv')) ? [] : readdirSync(join(job.inbox, '.claimed'));
    const path = claim ? join(job.inbox, '.claimed', claim, 'slow.csv') : join(job.inbox, 'slow.csv');
    appendFileSync(path, `${row('01:01', 8).slice(-8)}\n${row('01:02', 80)}\n`);
    await until(() => existsSync(join(job.inbox, 'done', 'slow.csv')));
    expect((await job.table.counts()).directory).toMatchObject({ stored: 3, rejected: 0 });
    expect(await psiAt(job.table, '01:01')).toBe(8);
    await job.stop();
  });

  test('40 small files go in few steps', async () => {
    const dir = tempDir();
    for (let i = 0; i < 40; i++) dropFile(join(dir, 'inbox'), `f${i}.csv`, row(`1:${String(i).padStart(2, '0')}`, 80));
    const job = await RunningJob.start(dir, { once: true });
    await job.ended();
    expect(job.batches.reduce((steps, batch) => steps + batch.steps, 0)).toBeLessThan(10);
    expect(readdirSync(join(dir, 'inbox', 'done')).length).toBe(40);
  });
});

test('a rule with a pump pattern alarms for those pumps only, and each rule alarms for itself', async () => {
  const dir = tempDir();
  dropFile(join(dir, 'inbox'), 'x.csv', [row('01:01', 0, 'A1'), row('01:01', 9, 'A2'), row('01:01', 9, 'B')].join('\n'));
  const job = await RunningJob.start(dir, {
    once: true,
    rules: [LOW_PSI, { ...LOW_PSI, id: 'fast', measure: 'hz', comparison: 'above', threshold: 10, pumps: 'A*' }],
  });
  expect((await job.ended()).alerts).toBe(3);
  expect(job.alerts.map(({ pump, rule }) => `${pump} ${rule}`).sort()).toEqual(['A1 fast', 'A1 low-psi', 'A2 fast']);
});

test('an inbox that vanishes is told once, and messages are taken all the same', async () => {
  const job = await RunningJob.start(tempDir());
  renameSync(job.inbox, `${job.inbox}.gone`);
  await until(() => job.events.length > 0);
  await job.publish(row('01:01', 80));
  await until(async () => (await job.table.counts()).mqtt.stored === 1);
  renameSync(`${job.inbox}.gone`, job.inbox);
  job.drop('x.csv', row('01:02', 80));
  await until(async () => (await job.table.counts()).directory.stored === 1);
  expect(job.events.map(({ level }) => level)).toEqual(['error', 'info']);
  await job.stop();
});

test('an inbox that comes back without its sub-folders, and one that was cleaned up, are made whole again', async () => {
  const job = await RunningJob.start(tempDir());
  rmSync(job.inbox, { recursive: true });
  await until(() => job.events.length > 0);
  mkdirSync(job.inbox);
  job.drop('a.csv', row('01:01', 80));
  await until(() => existsSync(join(job.inbox, 'done', 'a.csv')));
  rmSync(join(job.inbox, 'done'), { recursive: true });
  rmSync(join(job.inbox, '.claimed'), { recursive: true });
  job.drop('b.csv', row('01:02', 80));
  await until(() => existsSync(join(job.inbox, 'done', 'b.csv')));
  expect((await job.stop()).stored).toBe(2);
});

test('a file that can’t be moved costs only itself, and is told once', async () => {
  const dir = tempDir();
  dropFile(join(dir, 'inbox'), 'a.csv', row('01:01', 80));
  dropFile(join(dir, 'inbox'), 'b.csv', row('01:02', 80));
  mkdirSync(join(dir, 'inbox', 'done'), { recursive: true });
  // Immutable files stand for whatever can't be renamed; file systems without them have nothing to show here.
  if (spawnSync('chattr', ['+i', join(dir, 'inbox', 'a.csv')]).status !== 0) return;
  const job = await RunningJob.start(dir);
  await until(() => existsSync(join(job.inbox, 'done', 'b.csv')));
  await new Promise((resolve) => setTimeout(resolve, 2200));
  expect(job.events.filter(({ message }) => message.startsWith('a.csv can\'t be moved')).length).toBe(1);
  spawnSync('chattr', ['-i', join(job.inbox, 'a.csv')]);
  await until(() => existsSync(join(job.inbox, 'done', 'a.csv')));
  expect((await job.stop()).stored).toBe(2);
});

test('a file to which somebody goes on writing holds up no other', async () => {
  const job = await RunningJob.start(tempDir());
  const fd = openSync(join(job.inbox, 'slow.csv'), 'w');
  const writer = setInterval(() => writeSync(fd, `${row('01:01', 80)}\n${row('01:02', 80).slice(0, -3)}`), 50);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  job.drop('other.csv', row('05:05', 80, 'OTHER'));
  await until(() => existsSync(join(job.inbox, 'done', 'other.csv')));
  clearInterval(writer);
  closeSync(fd);
  await until(() => existsSync(join(job.inbox, 'done', 'slow.csv')));
  await job.stop();
});

test('an empty .csv.gz that is no gzip at all is an empty file', async () => {
  const dir = tempDir();
  dropFile(join(dir, 'inbox'), 'x.csv.gz', '');
  const job = await RunningJob.start(dir, { once: true });
  await job.ended();
  expect(readdirSync(join(dir, 'inbox', 'done'))).toEqual(['x.csv.gz']);
});
