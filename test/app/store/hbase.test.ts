import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { beforeAll, describe, expect, test } from 'vitest';
import { rowOf } from '../../support/feed.ts';
import { freePort } from '../../support/freePort.ts';
import { dropFile } from '../../support/inbox.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { lineMatching, runProgram, startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/tempDir.ts';
import { store } from '../../support/stored.ts';
import { until } from '../../support/waiting.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const DEAD = 'http://127.0.0.1:9';
const quiet = { WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false', WELLWATCH_RECEIVERS_MQTT_PORT: '0' };
const hbase = (url: string, table: string) => ({
  ...quiet,
  WELLWATCH_STORE_KIND: 'hbase',
  WELLWATCH_STORE_URL: url,
  WELLWATCH_STORE_TABLE: table,
});

interface Status {
  readonly running: boolean;
  readonly store: {
    readonly kind: string;
    readonly url: string;
    readonly state: string;
    readonly since?: string;
    readonly reason?: string;
  } | null;
  readonly balance: Readonly<Record<'received' | 'stored' | 'duplicate' | 'rejected' | 'pending' | 'alerts', number>>;
}

/** Whether somebody listens on a port of this machine. */
function reaches(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(!!socket.destroy()));
    socket.on('error', () => resolve(false));
  });
}

/** A gateway of one answer, to be closed by the caller. */
async function answering(status: number, body = '<html>no</html>'): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'text/html' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe.runIf(hasHBase)('with a real HBase', () => {
  let url: string;
  beforeAll(async () => {
    url = await hbaseForTests();
  }, HBASE_START_MS);

  test('every command shows the same as with the embedded table', { timeout: 180_000 }, async () => {
    const cwd = tempDir();
    const env = hbase(url, freshTable());
    cpSync(join(root, 'data', 'reference'), join(cwd, 'reference'), { recursive: true });
    const lines = [...Array.from({ length: 3000 }, (_, i) => rowOf(i)), 'PUMP_0,13/45/14,1:00,bad', rowOf(17)];
    const told = async (dataDir: string, settings: Record<string, string>) => {
      dropFile(join(cwd, dataDir, 'inbox'), 'a.csv', lines);
      const options = { cwd, env: { ...settings, WELLWATCH_DATA_DIR: dataDir } };
      const all: unknown[] = [
        await jsonLines(['run', '--once'], options),
        await jsonLines(['summarize'], options),
        await jsonLines(['summarize'], options),
      ];
      for (const command of [
        ['stats'],
        ['alerts'],
        ['readings', '--pump', 'PUMP_3'],
        ['readings', '--pump', 'PUMP_3', '--from', '2014-01-01T01:00', '--to', '2014-01-01T02:00'],
        ['pumps'],
        ['sql', 'SELECT pump, at, psi FROM readings WHERE pump IN (\'PUMP_3\', \'PUMP_4\') AND at < \'2014-01-01T03:00\' ORDER BY pump, at'],
        ['sql', 'SELECT a.pump, count(*), max(r.psi) FROM alerts a JOIN readings r USING (pump, at) GROUP BY a.pump ORDER BY a.pump'],
        ['sql', 'SELECT s.pump, s.psi_avg, (SELECT count(*) FROM rejects) AS rejects FROM stats s ORDER BY s.pump, s.date'],
      ])
        all.push(await jsonLines(command, options));
      all.push((await jsonLines<{ at: string }>(['rejects'], options)).map(({ at, ...reject }) => ({ ...reject, isDated: at !== null })));
      all.push((await jsonLines<Status>(['status'], options))[0].balance);
      for (const what of ['readings', 'alerts', 'stats']) all.push((await runCommand(['export', what, '-'], options)).stdout);
      return all;
    };
    const embedded = await told('embedded', quiet);
    expect(await told('remote', env)).toEqual(embedded);
    expect(embedded[0]).toEqual([{ received: 3002, stored: 3000, duplicate: 1, rejected: 1, pending: 0, alerts: 31 }]);
    // What others read: six doubles of 8 bytes, big-endian, under the key of pump and minute.
    const cells = await gatewayRow(url, env.WELLWATCH_STORE_TABLE, 'PUMP_3_2014-01-01_00:10');
    expect(cells.get('data:psi')).toBe(60 + ((10 * 7 + 3) % 41));
    expect([...cells.keys()].filter((name) => name.startsWith('data:'))).toHaveLength(6);
  });

  test('before the first run nothing is stored, and that is said', async () => {
    const cwd = tempDir();
    const env = hbase(url, freshTable());
    const { code, stderr } = await runCommand(['alerts'], { cwd, env });
    expect(code).toBe(0);
    expect(stderr).toContain(
      `Nothing is stored in the table ${env.WELLWATCH_STORE_TABLE} of HBase at ${url} yet: put CSV files into ${join(cwd, 'var/inbox')} ` +
        'and start "wellwatch run"',
    );
    const summarized = await runCommand(['summarize', '--json'], { cwd, env });
    expect(summarized).toMatchObject({ code: 1, stdout: '' });
    expect(summarized.stderr).toContain('there is no table to summarize. Nothing is stored in the table');
    expect(existsSync(join(cwd, 'var'))).toBe(false);
  });

  test('somebody who has only the gateway sees readings, alerts and statistics all the same', async () => {
    const cwd = tempDir();
    const env = hbase(url, freshTable());
    dropFile(join(cwd, 'var/inbox'), 'a.csv', [rowOf(0), rowOf(7)]);
    await jsonLines(['run', '--once'], { cwd, env });
    await jsonLines(['summarize'], { cwd, env });
    const elsewhere = { cwd: tempDir(), env };
    for (const command of [['readings', '--pump', 'PUMP_0'], ['alerts'], ['stats']]) {
      const { stdout, stderr } = await runCommand([...command, '--json'], elsewhere);
      expect(stderr).not.toContain('Nothing is stored');
      expect(stdout).toBe((await runCommand([...command, '--json'], { cwd, env })).stdout);
      expect(stdout).not.toBe('');
    }
  });

  test('a backup is restored beside what HBase has, and files that came after it come to the same', async () => {
    const cwd = tempDir();
    const env = hbase(url, freshTable());
    const take = async (...names: string[]) => {
      for (const [i, name] of names.entries()) dropFile(join(cwd, 'var/inbox'), name, [rowOf(14 * i), rowOf(14 * i + 7)]);
      await jsonLines(['run', '--once'], { cwd, env });
      await jsonLines(['summarize'], { cwd, env });
    };
    const seen = async () => Promise.all([['readings', '--pump', 'PUMP_0'], ['alerts'], ['stats']].map((command) => jsonLines(command, { cwd, env })));
    await take('a.csv');
    await jsonLines(['backup', 'backup'], { cwd, env });
    await take('a.csv', 'b.csv');
    const before = await seen();
    rmSync(join(cwd, 'var'), { recursive: true });
    await jsonLines(['restore', 'backup'], { cwd, env });
    await take('a.csv', 'b.csv');
    expect(await seen()).toEqual(before);
    const [{ balance }] = await jsonLines<{ balance: object }>(['status'], { cwd, env });
    expect(balance).toMatchObject({ stored: 2, duplicate: 4, pending: 0 });
  });

  test('the job’s own daily summary finds a table that is ready', async () => {
    const dir = tempDir();
    const job = startProgram(['run', '--data-dir', dir, '--quiet'], {
      env: { ...hbase(url, freshTable()), WELLWATCH_SUMMARY: 'true', WELLWATCH_LOG_LEVEL: 'debug' },
    });
    let log = '';
    job.stderr!.setEncoding('utf8').on('data', (text: string) => { log += text; });
    await untilStatus(dir, {}, ({ running, store: seen }) => running && seen?.state === 'up');
    await sleep(2500);
    job.kill('SIGTERM');
    expect(((await once(job, 'exit')) as [number])[0]).toBe(0);
    expect(log).not.toContain('"level":"error"');
  });

  test('doctor tries gateway, table, a write and a read, makes no table, and leaves nothing', async () => {
    const cwd = tempDir();
    const env = hbase(url, freshTable());
    const findings = async () =>
      (await jsonLines<{ check: string; state: string; message: string; fix?: string }>(['doctor'], { cwd, env })).filter(
        ({ check }) => check === 'hbase',
      );
    expect(await findings()).toMatchObject([
      { state: 'ok', message: expect.stringMatching(/is the REST gateway of HBase 2\./) as string },
      {
        state: 'warning',
        message: `there is no table ${env.WELLWATCH_STORE_TABLE} yet`,
        fix: expect.stringContaining('"wellwatch run" makes it') as string,
      },
    ]);
    expect((await fetch(`${url}/${env.WELLWATCH_STORE_TABLE}/exists`)).status).toBe(404);
    dropFile(join(cwd, 'var/inbox'), 'a.csv', [rowOf(0)]);
    await jsonLines(['run', '--once'], { cwd, env });
    expect(await findings()).toMatchObject([
      { state: 'ok' },
      { state: 'ok', message: expect.stringContaining('keep cells as configured') as string },
      { state: 'ok', message: 'a row was written, read and deleted again' },
    ]);
    expect((await fetch(`${url}/${env.WELLWATCH_STORE_TABLE}/_wellwatch_doctor`, { headers: { accept: 'application/json' } })).status).toBe(
      404,
    );
    const differing = await jsonLines<{ check: string; state: string; message: string }>(['doctor'], {
      cwd,
      env: { ...env, WELLWATCH_STORE_TTL_DATA: '30d' },
    });
    expect(differing).toContainEqual(
      expect.objectContaining({
        check: 'hbase',
        state: 'warning',
        message: `the family data of ${env.WELLWATCH_STORE_TABLE} keeps cells for ever, the configuration says 30d`,
      }),
    );
  });

  test('what came over MQTT while HBase was away is acknowledged, and in the table after the next run; SIGTERM meanwhile ends with 0', async () => {
    const dir = tempDir();
    const table = freshTable();
    const job = startProgram(['run', '--data-dir', dir], { env: hbase(DEAD, table) });
    let log = '';
    job.stderr!.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    const [, broker] = await lineMatching(job, 'stdout', /publish to +(mqtt:\S+)/);
    const publisher = await connectAsync(broker, { reconnectPeriod: 0 });
    for (let i = 0; i < 50; i++) await publisher.publishAsync('pumps/P/readings', rowOf(i), { qos: 1 });
    await publisher.endAsync();
    dropFile(join(dir, 'inbox'), 'a.csv', [rowOf(50)]);
    const { store: seen, balance } = await untilStatus(dir, hbase(DEAD, table), ({ store }) => store?.state === 'away');
    expect(seen).toMatchObject({
      kind: 'hbase',
      url: DEAD,
      since: expect.stringMatching(/^20.*Z$/) as string,
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(balance).toMatchObject({ stored: 0, pending: 50 });
    expect((await runCommand(['status', '--data-dir', dir], { env: hbase(DEAD, table) })).stdout).toMatch(
      /store: HBase at http:\/\/127\.0\.0\.1:9, table \S+, away since .*: /,
    );
    job.kill('SIGTERM');
    expect(((await once(job, 'exit')) as [number])[0]).toBe(0);
    expect(log).toContain('what has come waits in the journal and the inbox');
    expect(log).not.toContain('"level":"error"');
    const [counts] = await jsonLines(['run', '--once', '--data-dir', dir], { env: hbase(url, table) });
    expect(counts).toMatchObject({ received: 51, stored: 51, pending: 0 });
  });
});

test('a job that begins while HBase is away tells alerts of messages as they come, and after a crash once more', async () => {
  const dir = tempDir();
  const port = await freePort();
  const env = { ...hbase(DEAD, freshTable()), WELLWATCH_RECEIVERS_MQTT_PORT: String(port) };
  const start = () => startProgram(['run', '--json', '--data-dir', dir], { env });
  let job = start();
  await until(() => reaches(port));
  const publisher = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  await publisher.publishAsync('pumps/P/readings', 'P,3/10/14,1:01,10.27,1.73,881,1.56,4,1.94', { qos: 1 });
  await lineMatching(job, 'stdout', /"pump":"P","at":"2014-03-10T01:01:00","rule":"low-psi".*"value":4/);
  await publisher.publishAsync('pumps/P/readings', 'P,3/10/14,1:02,10.27,1.73,881,1.56,3,1.94', { qos: 1 });
  await lineMatching(job, 'stdout', /"at":"2014-03-10T01:02:00"/);
  await publisher.endAsync(true);
  const gone = once(job, 'exit');
  job.kill('SIGKILL');
  await gone;
  job = start();
  await lineMatching(job, 'stdout', /"at":"2014-03-10T01:02:00"/);
  const ended = once(job, 'exit');
  job.kill('SIGTERM');
  expect(((await ended) as [number])[0]).toBe(0);
});

describe('credentials', () => {
  const CANARY = 'c4n4ry-7f3a';
  const leak = new RegExp(`${CANARY}|${Buffer.from(`me:${CANARY}`).toString('base64').slice(0, 12)}`);
  const basic = {
    WELLWATCH_STORE_USERNAME: 'me',
    WELLWATCH_STORE_PASSWORD: CANARY,
    WELLWATCH_STORE_HEADERS: `{ x-api-key: ${CANARY} }`,
    WELLWATCH_LOG_LEVEL: 'debug',
  };
  const bearer = { WELLWATCH_STORE_TOKEN: CANARY, WELLWATCH_LOG_LEVEL: 'debug' };

  test.runIf(hasHBase)('are printed by no command, and kept in no file', async () => {
    const url = await hbaseForTests();
    const cwd = tempDir();
    await store(join(cwd, 'var'), ['A 2014-03-10T00:00 1 1 1 1 1 1']);
    const env = { ...hbase(url, freshTable()), ...basic };
    const commands = [
      ['copy', '--to', 'hbase'],
      ['run', '--once'],
      ['summarize'],
      ['stats'],
      ['alerts'],
      ['readings', '--pump', 'A'],
      ['rejects'],
      ['pumps'],
      ['status'],
      ['status', '--json'],
      ['export', 'readings', '-'],
      ['doctor'],
      ['doctor', '--json'],
      ['copy', '--help'],
      ['--help'],
    ];
    for (const command of commands) {
      const { code, stdout, stderr } = await runCommand(command, { cwd, env });
      expect(code, stderr).toBe(0);
      expect(`${stdout}${stderr}`, command.join(' ')).not.toMatch(leak);
    }
    for (const file of readdirSync(join(cwd, 'var'), { recursive: true, withFileTypes: true })) {
      if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toMatch(leak);
    }
  });

  test.each([
    ['user and password', basic],
    ['a token', bearer],
  ])('%s are sent, and told by no error, also when the gateway gives them back', async (_way, credentials) => {
    const server = createServer((request, response) => {
      request.resume();
      sent += JSON.stringify(request.headers);
      response.writeHead(403, { 'content-type': 'text/html' }).end(`<html>${JSON.stringify(request.headers)}</html>`);
    }).listen(0, '127.0.0.1');
    let sent = '';
    await once(server, 'listening');
    const cwd = tempDir();
    const env = { ...hbase(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'sensor'), ...credentials };
    const job = startProgram(['run', '--data-dir', 'job'], { cwd, env });
    let log = '';
    for (const stream of [job.stdout!, job.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    const [alerts, doctor] = await Promise.all([runProgram(['alerts'], { cwd, env }), runProgram(['doctor'], { cwd, env })]);
    expect([alerts.code, doctor.code]).toEqual([1, 1]);
    const status = await untilStatus(join(cwd, 'job'), env, ({ store: seen }) => seen?.state === 'away');
    job.kill('SIGTERM');
    expect(((await once(job, 'exit')) as [number])[0]).toBe(0);
    server.close();
    expect(log).toContain('403');
    expect(sent).toMatch(leak);
    expect([log, JSON.stringify(status), alerts.stdout, alerts.stderr, doctor.stdout, doctor.stderr].join('\n')).not.toMatch(leak);
  });

  test('a gateway that asks for them is told as such by doctor, with what to set', async () => {
    const { server, url } = await answering(401);
    const { code, stdout } = await runCommand(['doctor', '--json'], { cwd: tempDir(), env: hbase(url, 'sensor') });
    server.close();
    expect(code).toBe(1);
    expect(stdout.split('\n').find((line) => line.includes('"hbase"'))).toMatch(
      /"state":"failed".*401.*"fix":"give user and password \(store\.username, WELLWATCH_STORE_PASSWORD\)/,
    );
    expect(stdout).not.toContain('<html>');
  });

  test('a TLS file that can’t be read is a configuration error that names its setting, of every command that needs HBase', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'k.txt'), 'no PEM');
    const env = { ...hbase('https://127.0.0.1:9', 'sensor'), WELLWATCH_STORE_TLS_CA: 'nowhere.pem' };
    for (const command of [['run', '--once'], ['stats'], ['summarize']]) {
      const { code, stderr } = await runCommand(command, { cwd, env });
      expect(code).toBe(2);
      expect(stderr).toContain(`store.tls.ca: expected a PEM file at ${join(cwd, 'nowhere.pem')}, but there is none`);
    }
    const { code, stderr } = await runCommand(['stats'], { cwd, env: { ...env, WELLWATCH_STORE_TLS_CA: 'k.txt' } });
    expect([code, stderr]).toEqual([
      2,
      `wellwatch: store.tls.ca: expected a PEM file at ${join(cwd, 'k.txt')}, but it holds no line -----BEGIN …-----\n`,
    ]);
    const doctor = await runCommand(['doctor', '--json'], { cwd, env: { ...env, ...quiet } });
    expect(doctor.stdout).toMatch(/"check":"hbase","state":"failed".*store\.tls\.ca/);
  });
});

/** The cells of a row by name, as numbers, as the gateway gives them to anybody. */
async function gatewayRow(url: string, table: string, key: string): Promise<Map<string, number>> {
  const answer = await fetch(`${url}/${table}/${encodeURIComponent(key)}`, { headers: { accept: 'application/json' } });
  const { Row } = (await answer.json()) as { Row: { Cell: { column: string; $: string }[] }[] };
  return new Map(Row[0].Cell.map(({ column, $ }) => [Buffer.from(column, 'base64').toString(), Buffer.from($, 'base64').readDoubleBE()]));
}

/** The status of a running job, once it is as wanted. */
async function untilStatus(dir: string, env: Record<string, string>, wanted: (status: Status) => boolean): Promise<Status> {
  for (let i = 0; i < 300; i++) {
    const [status] = await jsonLines<Status>(['status', '--data-dir', dir], { env });
    if (wanted(status)) return status;
    await sleep(50);
  }
  throw new Error('it did not come about');
}
