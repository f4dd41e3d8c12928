import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../support/hbase.ts';
import { hasMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { contents, type Status, statusOf, sum } from '../support/contents.ts';
import { badRowOf, randomNumbers, rowOf } from '../support/feed.ts';
import { dropFile } from '../support/inbox.ts';

// `WELLWATCH_KILLS=200 npx vitest run test/faults` is the long version.
const ROWS_A_FILE = 4000;

const stores = [
  {
    store: 'the embedded table',
    kills: Number(process.env.WELLWATCH_KILLS ?? 15),
    longestLifeMs: 1450,
    isHere: true,
    settings: () => Promise.resolve({}),
  },
  { store: 'HBase', kills: Number(process.env.WELLWATCH_KILLS ?? 5), longestLifeMs: 6000, isHere: hasHBase, settings: hbaseSettings },
];

describe.each(stores)('with $store', ({ kills, longestLifeMs, isHere, settings }) => {
  let store: Readonly<Record<string, string>>;
  beforeAll(async () => { store = isHere ? await settings() : {}; }, HBASE_START_MS);

  test.skipIf(!hasMosquitto || !isHere)(
    `${kills} kills at random moments under load on both receivers leave the table of a run without kills, and the balance holds`,
    { timeout: 60_000 + kills * 12_000 },
    () => killUnderLoad({ kills, longestLifeMs, store }),
  );
});

async function hbaseSettings(): Promise<Record<string, string>> {
  return { WELLWATCH_STORE_KIND: 'hbase', WELLWATCH_STORE_URL: await hbaseForTests(), WELLWATCH_STORE_TABLE: freshTable() };
}

interface Load {
  readonly kills: number;
  /** Long enough to get some rows into the table, short enough not to get all of them. */
  readonly longestLifeMs: number;
  readonly store: Readonly<Record<string, string>>;
}

async function killUnderLoad({ kills, longestLifeMs, store }: Load): Promise<void> {
  const fileCount = 3 + kills * 2;
  const messageCount = kills * 1200;
  const random = randomNumbers(20260314);
  const dir = tempDir();
  const dataDir = join(dir, 'killed');
  const inbox = join(dataDir, 'inbox');
  mkdirSync(join(inbox, 'done'), { recursive: true });
  const broker = await startMosquitto();
  const settings = {
    ...store,
    WELLWATCH_RECEIVERS_MQTT_URL: broker.url,
    WELLWATCH_HTTP: 'false',
    WELLWATCH_SUMMARY: 'false',
    WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '3000',
  };
  const place = { dataDir, env: store };
  const run = () => startProgram(['run', '--quiet', '--data-dir', dataDir], { env: settings, cwd: dir });

  // The session must exist before anything is published, or the broker has nobody to keep messages for.
  const first = run();
  await sleep(2500);
  first.kill('SIGKILL');
  await once(first, 'exit');

  // Files and messages overlap: a third of the messages brings rows that a file brings too.
  const messageRow = (i: number) => (i % 3 === 0 ? i : fileCount * ROWS_A_FILE + i);
  const fileLines = (file: number) =>
    Array.from({ length: ROWS_A_FILE }, (_, i) => (i % 500 === 250 ? badRowOf(file * ROWS_A_FILE + i) : rowOf(file * ROWS_A_FILE + i)));
  const files = (async () => {
    for (let file = 0; file < fileCount; file++) {
      dropFile(inbox, `f${file}.csv${file % 5 === 4 ? '.gz' : ''}`, fileLines(file));
      await sleep(random() * 400);
    }
  })();
  const messages = (async () => {
    const publisher = await connectAsync(broker.url, { clientId: 'feed' });
    for (let i = 0; i < messageCount; i += 40) {
      await Promise.all(
        Array.from({ length: 40 }, (_, k) =>
          publisher.publishAsync(
            `pumps/P/readings`,
            (i + k) % 600 === 599 ? `${rowOf(messageRow(i + k))}\n${badRowOf(-(i + k))}` : rowOf(messageRow(i + k)),
            { qos: 1 },
          ),
        ),
      );
      await sleep(random() * 30);
    }
    await publisher.endAsync();
  })();

  for (let kill = 0; kill < kills; kill++) {
    const job = run();
    let stderr = '';
    job.stderr!.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    await sleep(250 + random() * (longestLifeMs - 250));
    expect(job.exitCode, stderr).toBe(null);
    job.kill('SIGKILL');
    await once(job, 'exit');
    if (kill % 5 === 0) {
      const batch = startProgram(['summarize', '--data-dir', dataDir], { env: store });
      const gone = once(batch, 'exit'); // it may be done before it can be killed
      await sleep(random() * 400);
      batch.kill('SIGKILL');
      await gone;
    }
  }
  await Promise.all([files, messages]);

  const last = run();
  onTestFinished(() => void last.kill('SIGKILL'));
  const expectedFileRows = fileCount * ROWS_A_FILE;
  let status: Status;
  do {
    await sleep(500);
    status = await statusOf(place);
    expectBalance(status);
  } while ((readdirSync(join(inbox, 'done')).length < fileCount || status.balance.stored < distinctRows()) && last.exitCode === null);
  last.kill('SIGTERM');
  const [code] = (await once(last, 'exit')) as [number | null];
  expect(code).toBe(0);

  function distinctRows(): number {
    const rows = new Set<string>();
    for (let file = 0; file < fileCount; file++) for (const line of fileLines(file)) if (!line.includes('bad')) rows.add(line);
    for (let i = 0; i < messageCount; i++) rows.add(rowOf(messageRow(i)));
    return rows.size;
  }

  const rest = await runProgram(['run', '--once', '--json', '--data-dir', dataDir], { env: settings });
  expect(JSON.parse(rest.stdout)).toMatchObject({ stored: 0, pending: 0 });
  status = await statusOf(place);
  expectBalance(status);
  expect(status.balance).toMatchObject({ stored: distinctRows(), pending: 0 });
  // Each file row once, exactly: the position commits with the rows. A message may be delivered again.
  expect(sum(status.byReceiver.directory)).toBe(expectedFileRows);
  expect(sum(status.byReceiver.mqtt)).toBeGreaterThanOrEqual(messageCount + Math.floor(messageCount / 600));
  expect((await runProgram(['summarize', '--data-dir', dataDir], { env: store })).code).toBe(0);

  // The same rows, in one go.
  const calm = join(dir, 'calm');
  for (let file = 0; file < fileCount; file++) dropFile(join(calm, 'inbox'), `f${file}.csv`, fileLines(file));
  dropFile(
    join(calm, 'inbox'),
    'messages.csv',
    Array.from({ length: messageCount }, (_, i) => (i % 600 === 599 ? `${rowOf(messageRow(i))}\n${badRowOf(-i)}` : rowOf(messageRow(i)))),
  );
  expect((await runProgram(['run', '--once', '--data-dir', calm])).code).toBe(0);
  expect((await runProgram(['summarize', '--data-dir', calm])).code).toBe(0);
  expect(await contents(place)).toEqual(await contents({ dataDir: calm }));
  await broker.stop();
}

function expectBalance({ balance }: Status): void {
  expect(balance.received).toBe(sum(balance) + balance.pending);
}
