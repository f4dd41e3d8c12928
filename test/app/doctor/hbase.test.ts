import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { rowOf } from '../../support/feed.ts';
import { dropFile } from '../../support/inbox.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { type ProgramOptions } from '../../support/program.ts';
import { certificatesForTests } from '../../support/certificates.ts';
import { fakeGateway } from '../../support/fakeGateway.ts';
import { startProxy } from '../../support/hbaseProxy.ts';
import { tempDir } from '../../support/tempDir.ts';
import { store } from '../../support/stored.ts';

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly message: string;
  readonly fix?: string;
}

const quiet = { WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false', WELLWATCH_RECEIVERS_MQTT: 'false' };
const hbase = (url: string, table: string) => ({
  ...quiet,
  WELLWATCH_STORE_KIND: 'hbase',
  WELLWATCH_STORE_URL: url,
  WELLWATCH_STORE_TABLE: table,
});
const containing = (text: string) => expect.stringContaining(text) as string;

/** The exit code, and what it found of one thing. */
async function doctor(options: ProgramOptions, of = 'hbase'): Promise<{ code: number | null; findings: Finding[] }> {
  const { code, stdout } = await runCommand(['doctor', '--json'], options);
  const findings = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Finding);
  return { code, findings: findings.filter(({ check }) => check === of) };
}

test('settings of HBase that have no effect are warnings', async () => {
  const { code, findings } = await doctor({ cwd: tempDir(), env: { ...quiet, WELLWATCH_STORE_URL: 'http://h:8080' } }, 'configuration');
  expect(code).toBe(0);
  expect(findings).toMatchObject([{ state: 'ok' }, { state: 'warning', message: containing('store.url has no effect') }]);
});

describe('TLS', () => {
  const { path, pem } = certificatesForTests();
  const tls = (files: Record<string, string>) =>
    Object.fromEntries(Object.entries(files).map(([name, file]) => [`WELLWATCH_STORE_TLS_${name}`, path(file)]));

  test('trouble is told with the setting to correct', async () => {
    const { url } = await fakeGateway((_, answer) => answer.end('{}'), { key: pem('server.key'), cert: pem('server.pem') });
    const { code, findings } = await doctor({ cwd: tempDir(), env: { ...hbase(url, 'sensor'), ...tls({ CA: 'stranger.pem' }) } });
    expect(code).toBe(1);
    expect(findings).toMatchObject([
      { state: 'failed', message: containing('its certificate is not signed by store.tls.ca'), fix: containing('correct store.tls.ca') },
    ]);
  });

  test('a key that is not the certificate\'s, or none, is a configuration error before any connection', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'no.key'), '-----BEGIN PRIVATE KEY-----\nxxxx\n-----END PRIVATE KEY-----\n');
    const asked = { cwd, env: { ...hbase('https://127.0.0.1:9', 'sensor'), ...tls({ CERT: 'client.pem', KEY: 'server.key' }) } };
    const { code, stderr } = await runCommand(['readings', '--pump', 'A'], asked);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `store.tls.key: expected the key of the certificate ${path('client.pem')}, got another in ${path('server.key')}`,
    );
    const broken = await runCommand(['readings', '--pump', 'A'], { cwd, env: { ...asked.env, WELLWATCH_STORE_TLS_KEY: 'no.key' } });
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain(`store.tls.key: expected a private key without a passphrase in ${join(cwd, 'no.key')}`);
    expect((await doctor(asked)).findings).toMatchObject([
      { state: 'failed', message: containing('store.tls.key'), fix: 'correct the setting' },
    ]);
  });
});

describe.runIf(hasHBase)('with a real HBase', () => {
  let url: string;
  beforeAll(async () => {
    url = await hbaseForTests();
  }, HBASE_START_MS);

  test('a namespace that is not there is found, and one that is will do', async () => {
    const namespace = freshTable();
    const asked = { cwd: tempDir(), env: hbase(url, `${namespace}:sensor`) };
    expect(await doctor(asked)).toMatchObject({
      code: 1,
      findings: [
        { state: 'ok' },
        {
          state: 'failed',
          message: `there is no namespace ${namespace}, so the table ${namespace}:sensor can't be made`,
          fix: containing(`create the namespace in the HBase shell: create_namespace '${namespace}'`),
        },
      ],
    });
    expect((await fetch(`${url}/namespaces/${namespace}`, { method: 'POST', headers: { 'content-type': 'application/json' } })).ok).toBe(
      true,
    );
    expect(await doctor(asked)).toMatchObject({
      code: 0,
      findings: [{ state: 'ok' }, { state: 'warning', message: `there is no table ${namespace}:sensor yet` }],
    });
  });

  test('a table that is somebody else\'s is found, and refused by run', async () => {
    const table = freshTable();
    await fetch(`${url}/${table}/schema`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: table, ColumnSchema: [{ name: 'o' }] }),
    });
    const asked = { cwd: tempDir(), env: hbase(url, table) };
    expect(await doctor(asked)).toMatchObject({
      code: 1,
      findings: [
        { state: 'ok' },
        { state: 'failed', message: `the table ${table} has the families o and none of wellwatch's: it seems to be somebody else's` },
      ],
    });
    const { code, stderr } = await runCommand(['run', '--once'], asked);
    expect(code).toBe(2);
    expect(stderr).toContain(`store.table: the table ${table} at ${url} has the family o and none of wellwatch's`);
  });

  test('a gateway that lets nobody write is enough for reading', async () => {
    const cwd = tempDir();
    const env = hbase(url, freshTable());
    dropFile(join(cwd, 'var/inbox'), 'a.csv', [rowOf(0)]);
    await jsonLines(['run', '--once'], { cwd, env });
    const proxy = await startProxy(url);
    proxy.judge(({ method }) => (method === 'GET' ? 'pass' : { status: 403, body: 'Forbidden' }));
    const reader = { cwd: tempDir(), env: { ...env, WELLWATCH_STORE_URL: proxy.url } };
    expect(await doctor(reader)).toMatchObject({
      code: 0,
      findings: [
        { state: 'ok' },
        { state: 'ok' },
        {
          state: 'warning',
          message: containing('the table can be read, but not written: the gateway answered 403'),
          fix: containing('fine for reading; "wellwatch run"'),
        },
      ],
    });
    expect(await jsonLines(['readings', '--pump', 'PUMP_0'], reader)).toHaveLength(1);
  });

  test('readings that were left in the embedded table are a warning, before the first run and after it', async () => {
    const cwd = tempDir();
    await store(join(cwd, 'var'), ['A 2014-03-10T00:00 1 1 1 1 1 1']);
    const asked = { cwd, env: hbase(url, freshTable()) };
    const leftBehind = {
      code: 0,
      findings: [{ state: 'warning', message: containing('are not in HBase'), fix: containing('wellwatch copy --to hbase') }],
    };
    expect(await doctor(asked, 'copy')).toMatchObject(leftBehind);
    await jsonLines(['run', '--once'], asked);
    expect(await doctor(asked, 'copy')).toMatchObject(leftBehind);
    await jsonLines(['copy', '--to', 'hbase'], asked);
    expect((await doctor(asked, 'copy')).findings).toEqual([]);
  });
});
