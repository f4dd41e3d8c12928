import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import { hasMosquitto, startMosquitto } from '../mosquitto.ts';
import { jsonLines, runProgram, startProgram } from '../program.ts';
import { tempDir } from '../tempDir.ts';
import { badRowOf, dropFile, randomNumbers, rowOf } from './feed.ts';

/** `WELLWATCH_KILLS=200 npx vitest run test/faults` is the long version. */
const KILLS = Number(process.env.WELLWATCH_KILLS ?? 15);
const ROWS_A_FILE = 4000;
const FILES = 3 + KILLS * 2;
const MESSAGES = KILLS * 1200;

interface Counts { stored: number; duplicate: number; rejected: number }
interface Status { balance: Counts & { received: number; pending: number }; byReceiver: Record<'directory' | 'mqtt', Counts> }

/** What the table holds, as text that can be compared. */
async function contents(dataDir: string): Promise<Record<string, unknown>> {
  const at = ['--data-dir', dataDir];
  const readings: string[] = [];
  for (let pump = 0; pump < 7; pump++) readings.push((await runProgram(['readings', '--json', '--pump', `PUMP_${pump}`, ...at])).stdout);
  return {
    readings,
    alerts: await jsonLines(['alerts', ...at]),
    stats: await jsonLines(['stats', ...at]),
    rejects: (await jsonLines<{ line: number; raw: string; reason: string }>(['rejects', ...at])).map(({ raw, reason }) => `${raw} ${reason}`).sort(),
  };
}

test.skipIf(!hasMosquitto)(`${KILLS} kills at random moments under load on both receivers leave the table of a run without kills, and the balance holds`, { timeout: 60_000 + KILLS * 8000 }, async () => {
  const random = randomNumbers(20260314);
  const dir = tempDir();
  const dataDir = join(dir, 'killed');
  const inbox = join(dataDir, 'inbox');
  const broker = await startMosquitto();
  const settings = { WELLWATCH_RECEIVERS_MQTT_URL: broker.url, WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false', WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '3000' };
  const run = () => startProgram(['run', '--quiet', '--data-dir', dataDir], { env: settings, cwd: dir });

  // The session must exist before anything is published, or the broker has nobody to keep messages for.
  const first = run();
  await sleep(2500);
  first.kill('SIGKILL');
  await once(first, 'exit');

  // Files and messages overlap: a third of the messages brings rows that a file brings too.
  const messageRow = (i: number) => (i % 3 === 0 ? i : FILES * ROWS_A_FILE + i);
  const fileLines = (file: number) => Array.from({ length: ROWS_A_FILE }, (_, i) => (i % 500 === 250 ? badRowOf(file * ROWS_A_FILE + i) : rowOf(file * ROWS_A_FILE + i)));
  const files = (async () => {
    for (let file = 0; file < FILES; file++) {
      dropFile(inbox, `f${file}.csv${file % 5 === 4 ? '.gz' : ''}`, fileLines(file));
      await sleep(random() * 400);
    }
  })();
  const messages = (async () => {
    const publisher = await connectAsync(broker.url, { clientId: 'feed' });
    for (let i = 0; i < MESSAGES; i += 40) {
      await Promise.all(Array.from({ length: 40 }, (_, k) => publisher.publishAsync(`pumps/P/readings`, (i + k) % 600 === 599 ? `${rowOf(messageRow(i + k))}\n${badRowOf(-(i + k))}` : rowOf(messageRow(i + k)), { qos: 1 })));
      await sleep(random() * 30);
    }
    await publisher.endAsync();
  })();

  for (let kill = 0; kill < KILLS; kill++) {
    const job = run();
    let stderr = '';
    job.stderr!.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    await sleep(250 + random() * 1200);
    expect(job.exitCode, stderr).toBe(null);
    job.kill('SIGKILL');
    await once(job, 'exit');
    if (kill % 5 === 0) {
      const batch = startProgram(['summarize', '--data-dir', dataDir]);
      const gone = once(batch, 'exit'); // it may be done before it can be killed
      await sleep(random() * 400);
      batch.kill('SIGKILL');
      await gone;
    }
  }
  await Promise.all([files, messages]);

  const last = run();
  const expectedFileRows = FILES * ROWS_A_FILE;
  let status: Status;
  do {
    await sleep(500);
    status = await statusOf(dataDir);
    expectBalance(status);
  } while ((readdirSync(join(inbox, 'done')).length < FILES || status.balance.stored < distinctRows()) && last.exitCode === null);
  last.kill('SIGTERM');
  const [code] = (await once(last, 'exit')) as [number | null];
  expect(code).toBe(0);

  function distinctRows(): number {
    const rows = new Set<string>();
    for (let file = 0; file < FILES; file++) for (const line of fileLines(file)) if (!line.includes('bad')) rows.add(line);
    for (let i = 0; i < MESSAGES; i++) rows.add(rowOf(messageRow(i)));
    return rows.size;
  }

  const rest = await runProgram(['run', '--once', '--json', '--data-dir', dataDir], { env: settings });
  expect(JSON.parse(rest.stdout)).toMatchObject({ stored: 0, pending: 0 });
  status = await statusOf(dataDir);
  expectBalance(status);
  expect(status.balance).toMatchObject({ stored: distinctRows(), pending: 0 });
  // Each file row once, exactly: the position commits with the rows. A message may be delivered again.
  expect(sum(status.byReceiver.directory)).toBe(expectedFileRows);
  expect(sum(status.byReceiver.mqtt)).toBeGreaterThanOrEqual(MESSAGES + Math.floor(MESSAGES / 600));
  expect((await runProgram(['summarize', '--data-dir', dataDir])).code).toBe(0);

  // The same rows, in one go.
  const calm = join(dir, 'calm');
  for (let file = 0; file < FILES; file++) dropFile(join(calm, 'inbox'), `f${file}.csv`, fileLines(file));
  dropFile(join(calm, 'inbox'), 'messages.csv', Array.from({ length: MESSAGES }, (_, i) => (i % 600 === 599 ? `${rowOf(messageRow(i))}\n${badRowOf(-i)}` : rowOf(messageRow(i)))));
  expect((await runProgram(['run', '--once', '--data-dir', calm])).code).toBe(0);
  expect((await runProgram(['summarize', '--data-dir', calm])).code).toBe(0);
  const [killed, whole] = [await contents(dataDir), await contents(calm)];
  expect(killed.readings).toEqual(whole.readings);
  expect(killed.alerts).toEqual(whole.alerts);
  expect(killed.stats).toEqual(whole.stats);
  expect([...new Set(killed.rejects as string[])]).toEqual([...new Set(whole.rejects as string[])]);
  await broker.stop();
});

async function statusOf(dataDir: string): Promise<Status> {
  const [status] = await jsonLines<Status>(['status', '--data-dir', dataDir]);
  return status;
}

const sum = ({ stored, duplicate, rejected }: Counts): number => stored + duplicate + rejected;

function expectBalance({ balance }: Status): void {
  expect(balance.received).toBe(sum(balance) + balance.pending);
}
