import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fieldsOf, fieldsToMend, isOpen, isWhole, MEND_HEAD, mendLine } from '../../../app/mend/mendFile.ts';
import { FileFormats } from '../../../ingest/receivers/directory/fileFormats.ts';
import { Formats } from '../../../ingest/receivers/formats.ts';
import { compileFormat } from '../../../ingest/receivers/mappedFormats.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { csvDecoder } from '../../../ingest/decode/csv/csvDecoder.ts';
import { RAW_LIMIT } from '../../../domain/reading/reject.ts';
import type { Table } from '../../../storage/table/table.ts';
import { runCommand } from '../../support/command.ts';
import { MQTT_CSV, RunningJob } from '../../support/runningJob.ts';
import { collect } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';

const row = (clock: string, psi: number | string) => `P,3/10/14,${clock},10.27,1.73,881,1.56,${psi},1.94`;
const rejectsOf = (table: Table) => collect(table.rejects());

async function take(job: RunningJob, name: string, content: string): Promise<void> {
  job.drop(name, content);
  await until(() => existsSync(join(job.inbox, 'done', name)) || existsSync(join(job.inbox, 'failed', name)));
}

/** The open rejects of a table as a file to mend, in which psi is changed. */
async function mendFile(table: Table, psi: (before: string, index: number) => string, by = 'anna'): Promise<string> {
  const open = (await rejectsOf(table)).filter((reject) => isOpen(reject));
  const lines = open.map((reject, index) => {
    const fields = [...fieldsToMend(reject)];
    fields[7] = psi(fields[7], index);
    return mendLine(reject, fields, by);
  });
  return [MEND_HEAD, ...lines, ''].join('\n');
}

test('mended rows come in as a source of their own, and their rejects say by whom and when', async () => {
  const job = await RunningJob.start(tempDir());
  await take(job, 'a.csv', `${row('01:01', 80)}\n${row('01:02', 'abc')}\n${row('01:03', '8o')}\n${row('01:04', 'x')}\n`);
  const mended = await mendFile(job.table, (_, index) => ['4', '81', 'still wrong'][index]);
  await take(job, 'mended.csv', mended);
  expect(job.alerts).toEqual([expect.objectContaining({ pump: 'P', value: 4 })]);
  const at = expect.any(Number) as number;
  expect(await rejectsOf(job.table)).toMatchObject([
    { source: 'a.csv', line: 2, replayed: { by: 'anna', source: 'mended.csv', line: 2, at } },
    { source: 'a.csv', line: 3, replayed: { by: 'anna', source: 'mended.csv', line: 3, at } },
    { source: 'a.csv', line: 4, attempt: 4 },
    { source: 'mended.csv', line: 4, reason: 'expected PressureLbs to be a number, got `still wrong`', mends: { number: 3 },
      raw: 'P,3/10/14,01:04,10.27,1.73,881,1.56,still wrong,1.94' },
  ]);
  expect((await job.table.counts()).directory).toEqual({ stored: 3, replaced: 0, retracted: 0, duplicate: 0, replayed: 2, rejected: 4, alerts: 1 });

  const before = await rejectsOf(job.table);
  await take(job, 'again.csv', mended);
  expect(await rejectsOf(job.table)).toEqual(before);
  expect((await job.table.counts()).directory).toMatchObject({ stored: 3, duplicate: 2, replayed: 2, rejected: 5 });

  await take(job, 'rest.csv', await mendFile(job.table, () => '82', 'ben'));
  expect((await rejectsOf(job.table)).slice(2)).toMatchObject([{ replayed: { by: 'ben' } }, { replayed: { by: 'ben', source: 'rest.csv' } }]);
  expect((await job.table.counts()).directory).toMatchObject({ stored: 4, duplicate: 2, replayed: 3, rejected: 5 });
  await job.stop();
});

test('a file of mended rows that is read in many steps, and by two jobs, marks each reject once', async () => {
  const dir = tempDir();
  const bad = Array.from({ length: 200 }, (_, i) => row(`${Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}`, 'x')).join('\n');
  const first = await RunningJob.start(dir);
  await take(first, 'bad.csv', bad);
  const mended = await mendFile(first.table, () => '80');
  await first.stop();
  const slow = await RunningJob.start(dir, { maxRows: 7, maxRate: 2000 });
  slow.drop('mended.csv', mended);
  await until(async () => (await slow.table.counts()).directory.replayed > 0);
  await slow.stop();
  const then = await RunningJob.start(dir, { once: true, maxRows: 7 });
  const rejects = () => rejectsOf(then.table);
  await until(async () => (await then.table.counts()).directory.replayed === 200);
  expect((await rejects()).every(({ replayed }) => replayed !== undefined)).toBe(true);
  expect((await then.table.counts()).directory).toMatchObject({ stored: 200, duplicate: 0, replayed: 200, rejected: 200 });
  await then.ended();
});

test('what publishes messages takes the place of no reject', async () => {
  const job = await RunningJob.start(tempDir());
  await take(job, 'a.csv', `${row('01:02', 'abc')}\n`);
  const mended = await mendFile(job.table, () => '80');
  job.journal.append('pumps/P/readings', Buffer.from(mended.slice(1)), MQTT_CSV);
  await job.publish(row('02:00', 80));
  await until(async () => (await job.table.counts()).mqtt.stored === 2);
  expect(await job.table.counts()).toMatchObject({ mqtt: { replayed: 0 }, directory: { replayed: 0 } });
  expect((await rejectsOf(job.table))[0].replayed).toBeUndefined();
  await job.stop();
});

test('columns of a header are told apart in the file to mend, and what can’t be cut stands in Raw', async () => {
  const job = await RunningJob.start(tempDir());
  const header = 'Time,Date,ResourceID,PressureLbs,HZ,Displace,Flow,SedimentPPM,ChlorinePPM,Note';
  await take(job, 'other.csv', `${header}\n01:02,2014-03-04,-P,abc,-1,2,3,4,5,"a, b"\nhalf,a,row\n25/3/26 01:00,14/03/2014\n`);
  const [first, second] = await rejectsOf(job.table);
  expect(fieldsOf(first)).toEqual(['-P', '2014-03-04', '01:02', '-1', '2', '3', '4', 'abc', '5']);
  expect(fieldsOf(second)).toBeUndefined();
  const mended = (await mendFile(job.table, () => '80')).replace('2014-03-04', '3/4/14');
  expect(mended).toContain("\n'-P,3/4/14,01:02,-1,2,3,4,80,5,reject-1-"); // no formula, and a number below zero
  expect(mended).toContain(',other.csv,3,');
  await take(job, 'mended.csv', mended); // with rows that nobody mended, whose dates as they came are day first
  expect(await job.table.pumps()).toEqual(['-P']);
  expect((await job.table.counts()).directory).toMatchObject({ stored: 1, replayed: 1, rejected: 5 });
  await job.stop();
});

test('a file of mended rows whose dates a spreadsheet turned round is refused, and nothing of it is stored', async () => {
  const job = await RunningJob.start(tempDir());
  await take(job, 'a.csv', `${row('01:02', 'abc')}\n${row('01:03', 'abc')}\n`);
  const mended = (await mendFile(job.table, () => '80')).replace(/^P,3.10.14/m, 'P,10/03/2014').replace(/^P,3.10.14/m, 'P,25/03/2014');
  await take(job, 'mended.csv', mended);
  expect(existsSync(join(job.inbox, 'failed', 'mended.csv'))).toBe(true);
  expect((await job.table.counts()).directory).toMatchObject({ stored: 0, replayed: 0 });
  await job.stop();
});

test('rejects --export writes those that can be mended, with who mends them', async () => {
  const dir = tempDir();
  const job = await RunningJob.start(join(dir, 'var'));
  await take(job, 'a.csv', `${row('01:02', 'abc')}\n${'x'.repeat(RAW_LIMIT)}\n${row('01:03', '="1"')}\n`);
  await take(job, 'b.csv', `${row('01:04', 'abc')}\n`);
  expect((await rejectsOf(job.table)).map((reject) => isWhole(reject))).toEqual([true, false, true, true]);
  await job.stop();
  const exported = await runCommand(['rejects', '--export', 'mend.csv', '--source', 'a.csv', '--by', 'anna', '--json'], { cwd: dir });
  expect(exported).toMatchObject({ code: 0, stdout: '{"file":"mend.csv","rejects":2,"cut":1,"done":0}\n' });
  const lines = readFileSync(join(dir, 'mend.csv'), 'utf8').split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(
    '\ufeffResourceID,Date,Time,HZ,Displace,Flow,SedimentPPM,PressureLbs,ChlorinePPM,Reject,MendedBy,Reason,Source,Line,Received,Raw',
  );
  expect(lines[1]).toMatch(/^P,3\/10\/14,01:02,.*,reject-1-[0-9a-z]+,anna,/);

  const again = await RunningJob.start(join(dir, 'var'));
  await take(again, 'mend.csv', lines.slice(0, 2).join('\n').replace('abc', '80'));
  await again.stop();
  const listed = await runCommand(['rejects', '--json', '--limit', '4'], { cwd: dir });
  expect(JSON.parse(listed.stdout.split('\n')[0])).toMatchObject({ line: 1, replayed: { by: 'anna', source: 'mend.csv', line: 2 } });
  expect((await runCommand(['rejects'], { cwd: dir })).stdout).toContain('by anna');
  expect((await runCommand(['status'], { cwd: dir })).stdout).toContain('1 mended row took the place of a reject');
  for (const words of [['--export', 'x.txt'], ['--by', 'anna'], ['--export', 'no/folder.csv'], ['--export', 'x.csv', '--clear']])
    expect((await runCommand(['rejects', ...words], { cwd: dir })).code).toBe(2);
});

test('a file of mended rows is read in the plain form, whatever formats say of its name', () => {
  const { formats } = loadConfig({ env: {}, defaults: { formats: {
    long: { kind: 'csv', pump: { column: 'Well' }, time: { columns: ['T'], format: 'iso' }, measures: { psi: ['P'] } },
  } } });
  const files = new FileFormats(new Formats(formats, 'UTC', compileFormat), [{ files: '*.csv', format: 'long' }]);
  expect(files.decoderOf('mend.csv', () => Buffer.from('Well,T,P\n')).format).toBe('formats.long');
  expect(files.decoderOf('mend.csv', () => Buffer.from(`${MEND_HEAD}\r\n`))).toBe(csvDecoder);
});
