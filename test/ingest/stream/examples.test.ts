import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { tempDir } from '../../support/tempDir.ts';

/** An example, built, as a reader starts it. */
function start(name: string, words: readonly string[] = []): ChildProcess & { readonly output: () => string } {
  const path = fileURLToPath(new URL(`../../../dist/docs/examples/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [path, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => { child.kill('SIGKILL'); });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => { text += piece; });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => { text += piece; });
  return Object.assign(child, { output: () => text });
}

/** What an example prints until it ends: the lines of each batch under its time, those without any left out. */
async function batchesOf(child: ReturnType<typeof start>): Promise<[time: number, ...lines: string[]][]> {
  const [code] = (await once(child, 'close')) as [number | null];
  expect(child.output().startsWith('-'.repeat(43))).toBe(true);
  expect(code).toBe(0);
  const batches = child.output().trimEnd().split('Time: ').slice(1).map((batch): [number, ...string[]] => {
    const [time, ...lines] = batch.split('\n').filter((line) => line !== '' && !line.startsWith('---'));
    expect(lines.at(-1)).toBe(`count: ${lines.length - 1}`);
    return [Number(time.replace(' ms', '')), ...lines.slice(0, -1)];
  });
  return batches.filter((batch) => batch.length > 1);
}

test('words of a socket are counted, and Ctrl-C ends the program', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => { server.close(); });
  await once(server, 'listening');
  const child = start('wordCount', ['127.0.0.1', String((server.address() as AddressInfo).port)]);
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => { socket.destroy(); });
  socket.write('to be or\nnot to be\n');
  while (!child.output().includes('(to,')) await once(child.stdout!, 'data');
  child.kill('SIGINT');
  expect((await batchesOf(child)).map(([, ...lines]) => lines)).toEqual([['(to,2)', '(be,2)', '(or,1)', '(not,1)']]);
});

test('the running mean of a device tells what is far from it, and who is silent', async () => {
  expect(await batchesOf(start('runningMean'))).toEqual([
    [1394413260000, '(sensor-1,80,80,ok)', '(sensor-2,40,40,ok)', '(sensor-1,90,85,ok)'],
    [1394413262000, '(sensor-1,85,85,ok)', '(sensor-2,49,44.5,ANOMALY)'], //    9 from 40 is more than a fifth
    [1394413264000, '(sensor-1,5,65,ANOMALY)', '(sensor-1,65,65,ok)'], //       (80 + 90 + 85 + 5) / 4
    [1394413266000, '(sensor-1,66,65.16666666666667,ok)'], //                   391 / 6
    [1394413270000, '(sensor-2,silent,44.5,after 2 readings)'], //              8 s after its last
  ]);
});

test('readings are enriched, and unknown pumps kept apart until the reference has them', async () => {
  const before = [
    'known: COHUTTA of HYDROCAM 85 psi',
    'to be entered: LAGNAPPE',
    'all: COHUTTA of HYDROCAM 85 psi',
    'all: LAGNAPPE of a vendor nobody knows 75 psi',
  ];
  const after = [
    'known: COHUTTA of HYDROCAM 85 psi',
    'known: LAGNAPPE of GENPUMP 75 psi',
    'all: COHUTTA of HYDROCAM 85 psi',
    'all: LAGNAPPE of GENPUMP 75 psi',
  ];
  const batches = await batchesOf(start('enrichment'));
  const at = (time: number): string[] => batches.filter((batch) => batch[0] === time).flatMap(([, ...lines]) => lines);
  expect([at(1394413260000), at(1394413290000), at(1394413320000)]).toEqual([before, before, after]);
});

test('max, min and mean psi of 6 s, every 2 s', async () => {
  expect(await batchesOf(start('windowedPressure'))).toEqual([
    [1394413260000, '(COHUTTA,1,85,85,85)', '(LAGNAPPE,1,90,90,90)'],
    [1394413262000, '(COHUTTA,2,87,85,86)', '(LAGNAPPE,2,90,0,45)'],
    [1394413264000, '(COHUTTA,3,92,85,88)', '(LAGNAPPE,2,90,0,45)'],
    [1394413266000, '(COHUTTA,2,92,87,89.5)', '(LAGNAPPE,1,0,0,0)'],
    [1394413268000, '(COHUTTA,1,92,92,92)', '(LAGNAPPE,1,78,78,78)'],
  ]);
});

test('low pressures are joined with the notes of 6 s', async () => {
  expect(await batchesOf(start('operatorNotes'))).toEqual([[1394413264000, '(NANTAHALLA,(0,valve closed for inspection))']]);
});

test('a program hears of alerts and batches of the pump job that it runs', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'inbox'));
  writeFileSync(
    join(dir, 'inbox', 'a.csv'),
    'COHUTTA,3/10/14,1:01,10,2,900,1,85,1\nLAGNAPPE,3/10/14,1:01,10,2,900,1,0,1\nLAGNAPPE,3/10/14,1:02,10,2,900,1,3,1\nERROR\n',
  );
  const child = start('listener', [dir]);
  expect(((await once(child, 'close')) as [number])[0]).toBe(0);
  expect(child.output().split('\n').filter((line) => !line.startsWith('warn: '))).toEqual([
    'LAGNAPPE: 2 × low-psi, psi down to 0, made by nobody knows whom',
    '4 rows in 1 steps: 3 stored, 1 rejected',
    'done',
    '',
  ]);
});

test('hours of the readings are corrected by a straggler, then final; what is later is kept apart and counted', async () => {
  expect(await batchesOf(start('eventTime'))).toEqual([
    [1394413260000, '(COHUTTA,01:00-02:00,2,85,provisional)'], //                                                    (80 + 90) / 2
    [1394413262000, '(COHUTTA,02:00-03:00,1,70,provisional)'], // 02:20 has come: 01:50 is still in time
    [1394413264000, '(COHUTTA,01:00-02:00,3,90,provisional)'], //                                                    (80 + 90 + 100) / 3
    [1394413266000, '(COHUTTA,02:00-03:00,2,71,provisional)', '(COHUTTA,01:00-02:00,3,90,final)'], // 02:40 has come: what is before 02:10 is late
    [1394413268000, 'late: COHUTTA 01:59 10 psi, 1 so far'],
    [1394413270000, '(COHUTTA,03:00-04:00,1,75,provisional)', '(COHUTTA,02:00-03:00,2,71,final)'],
  ]);
});
