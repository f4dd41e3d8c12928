import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addToken, readTokens } from '../../../app/access/tokens.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { tempDir } from '../../support/tempDir.ts';
import { store } from '../../support/stored.ts';

const COMMANDS = [
  'run',
  'summarize',
  'stats',
  'alerts',
  'alarms',
  'alarms ack',
  'alarms try',
  'acts',
  'readings',
  'rejects',
  'receipts',
  'trace',
  'retract',
  'pumps',
  'status',
  'sql',
  'export',
  'simulate',
  'copy',
  'backup',
  'restore',
  'token add',
  'token list',
  'token remove',
  'doctor',
];

describe('help', () => {
  test('names every command, the exit codes and an example', async () => {
    const { code, stdout } = await runCommand(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command.split(' ')[0]} `);
    expect(stdout).toMatch(/Exit codes: 0 done, 1 failed .*, 2 wrong usage or configuration/);
  });

  test.each(COMMANDS)('%s --help tells of --config, --data-dir and --json, and shows how it is called', async (command) => {
    const { code, stdout } = await runCommand([...command.split(' '), '--help']);
    expect(code).toBe(0);
    for (const part of ['--config <file>', '--data-dir <dir>', '--json', `\n  wellwatch ${command}`]) expect(stdout).toContain(part);
  });

  test.each([['run'], ['alerts'], ['token']])('help %s is %s --help', async (command) => {
    const help = await runCommand(['help', command]);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining(`Usage: wellwatch ${command} `) as string });
    expect(help).toEqual(await runCommand([command, '--help']));
  });

  test('the version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await runCommand(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('wrong usage ends with 2, says what is wrong, and prints nothing on standard output', () => {
  test.each([
    [[], 'Usage: wellwatch'],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['stats', '--frobnicate'], "unknown option '--frobnicate'"],
    [['alerts', 'extra'], 'too many arguments'],
    [['stats', '--date', '2014-02-29'], '--date: expected YYYY-MM-DD that exists in the calendar, -7d, yesterday or 3/14/14, got "2014-02-29"'],
    [['stats', '--date', '2014-02-28', '--to', '2014-02-28'], "option '--date <day>' cannot be used with option '--to <day>'"],
    [['alerts', '--from', 'noon'], '--from: expected YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss]'],
    [['export', 'rejects', 'x.csv'], 'Allowed choices are readings, alerts, stats'],
    [['token', 'add', 'x'], "required option '--role <role>' not specified"],
    [['token', 'add', 'x', '--role', 'root'], '--role: expected read, operate or manage, got "root"'],
    [['token', 'add', 'a b', '--role', 'read'], 'expected a name of 1 to 64 letters'],
    [['--pump', 'A', 'alerts'], 'the options of a command stand after it'],
    [['copy'], "required option '--to <store>' not specified"],
    [['copy', '--to', 'mongo'], 'Allowed choices are hbase'],
    [['copy', '--to', 'hbase'], 'store.kind: expected hbase to copy the embedded table there, got embedded'],
    [['rejects', '--limit', '0'], '--limit: expected a whole number from 1'],
    [['alerts', '--data-dir', '/dev/null'], 'dataDir: expected a directory at /dev/null, got a file'],
    [['run', '--once', '--data-dir', '/dev/null/x'], 'dataDir: expected a directory at /dev/null/x, got ENOTDIR'],
    [['stats', '--config', 'nowhere.yaml'], '--config: expected a YAML file at '],
  ])('%j', async (words, sentence) => {
    const { code, stdout, stderr } = await runCommand(words, { cwd: tempDir() });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
  });

  test('a wrong configuration is told whole by every command', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'site.yaml'), 'receivers: { mqtt: { connections: many } }\nwindw: 1\n');
    for (const words of [['run', '--once'], ['summarize'], ['pumps']]) {
      const { code, stdout, stderr } = await runCommand([...words, '--config', 'site.yaml'], { cwd });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toBe(
        'wellwatch: site.yaml can\'t be used, 2 things are wrong\n  receivers.mqtt.connections: expected a number from 1 to 64, got ' +
          '"many"\n  windw: unknown key; did you mean window?\n',
      );
    }
  });

});

describe('what every command takes may stand before it', () => {
  test('--data-dir, --config and --json; what stands after it goes first', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'site.yaml'), 'dataDir: written\n');
    const run = (...words: string[]) => runCommand(words, { cwd });
    expect((await run('--data-dir', 'before', 'alerts')).stderr).toContain(`Nothing is stored in ${join(cwd, 'before')} yet`);
    expect((await run('--data-dir', 'before', 'alerts', '--data-dir', 'after')).stderr).toContain(
      `Nothing is stored in ${join(cwd, 'after')} yet`,
    );
    expect((await run('--config', 'site.yaml', 'alerts')).stderr).toContain(`Nothing is stored in ${join(cwd, 'written')} yet`);
    expect(JSON.parse((await run('--json', 'status')).stdout)).toMatchObject({ running: false });
  });
});

describe('token list and token remove', () => {
  test('say who has a token, and take it back', async () => {
    const cwd = tempDir();
    for (const name of ['office', 'phone']) addToken(join(cwd, 'var/tokens.json'), { name, role: 'read', now: new Date(0) });
    expect(await jsonLines(['token', 'list'], { cwd })).toEqual(
      ['office', 'phone'].map((name) => ({ name, role: 'read', createdAt: '1970-01-01T00:00:00.000Z', expiresAt: null })),
    );
    const wrong = await runCommand(['token', 'remove', 'ofice'], { cwd });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected the name of a token, got ofice. There are office, phone') as string,
    });
    expect(await runCommand(['token', 'remove', 'office'], { cwd })).toMatchObject({ code: 0 });
    expect(readTokens(join(cwd, 'var/tokens.json')).map(({ name }) => name)).toEqual(['phone']);
    expect((await runCommand(['token', 'remove', 'phone'], { cwd })).stderr).toContain('It was the last');
    expect((await runCommand(['token', 'list'], { cwd })).stderr).toContain('There are no tokens');
  });
});

describe('token add', () => {
  test('shows the token on standard output alone, and keeps its hash', async () => {
    const cwd = tempDir();
    const { code, stdout, stderr } = await runCommand(['token', 'add', 'dashboard', '--role', 'operate'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]{43}\n$/);
    expect(stderr).toContain('the only time');
    expect(readTokens(join(cwd, 'var/tokens.json'))).toMatchObject([{ name: 'dashboard', role: 'operate' }]);
    expect((await runCommand(['token', 'add', 'dashboard', '--role', 'read'], { cwd })).code).toBe(2);
  });
});

test.each(['stats', 'alerts', 'alarms', 'readings'])('%s of a pump that does not exist says so, and which one is meant', async (command) => {
  const cwd = tempDir();
  await store(join(cwd, 'var'), ['LAGNAPPE 2014-03-10T00:00 1 1 1 1 1 1']);
  expect((await runCommand([command, '--pump', 'lagnape'], { cwd })).stderr).toContain(
    'There is no pump lagnape; did you mean LAGNAPPE? "wellwatch pumps" lists those that there are.',
  );
});

describe('doctor', () => {
  interface Finding { readonly check: string; readonly state: string; readonly message: string; readonly fix?: string }
  const free = { WELLWATCH_RECEIVERS_MQTT_PORT: '0', WELLWATCH_HTTP_PORT: '0' };

  test('on a fresh site nothing is broken, and nothing is made', async () => {
    const findings = await jsonLines<Finding>(['doctor'], { cwd: tempDir(), env: free });
    expect(findings.map(({ check }) => check)).toEqual([
      'node',
      'configuration',
      'timezone',
      'data directory',
      'inbox',
      'store',
      'reference',
      'broker',
      'http',
      'tokens',
      'notifications',
      'sql',
    ]);
    expect(findings.filter(({ state }) => state !== 'ok')).toMatchObject([
      { check: 'reference', state: 'warning' },
      { check: 'notifications', state: 'warning', message: expect.stringContaining('nobody will be told') as string },
    ]);
  });

  test('a wrong configuration is a finding, and ends with 2', async () => {
    const { code, stdout } = await runCommand(['doctor', '--json'], { cwd: tempDir(), env: { WELLWATCH_HTTP_PORT: 'x' } });
    expect(code).toBe(2);
    expect(stdout).toContain('http.port: expected a number from 0 to 65535, got \\"x\\"');
  });

  test('a port that others hold, a broker that is away and a data directory that is a file are broken, each with what to do', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'file'), '');
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const port = String((server.address() as { port: number }).port);
    for (const env of [{ WELLWATCH_RECEIVERS_MQTT_PORT: port }, { WELLWATCH_RECEIVERS_MQTT_URL: 'mqtt://127.0.0.1:1' }]) {
      const { code, stdout } = await runCommand(['doctor', '--json', '--data-dir', 'file'], {
        cwd,
        env: { ...env, WELLWATCH_HTTP_PORT: port },
      });
      const failed = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Finding)
        .filter(({ state }) => state === 'failed');
      expect(code).toBe(1);
      expect(failed.map(({ check }) => check)).toEqual(expect.arrayContaining(['data directory', 'broker', 'http']));
      expect(failed.every(({ fix }) => fix !== undefined && fix !== '')).toBe(true);
    }
    server.close();
  });

  test.each([
    [{ WELLWATCH_HTTP: 'false' }, [['http', 'ok', /^switched off/]]],
    [
      { WELLWATCH_HTTP_PORT: '0' },
      [
        ['http', 'ok', /^takes a free port of 127\.0\.0\.1/],
        ['tokens', 'ok', /^dashboard \(read\)$/],
      ],
    ],
    [
      { WELLWATCH_HTTP_PORT: '0', WELLWATCH_HTTP_HOST: '0.0.0.0' },
      [
        ['http', 'ok', /free port/],
        ['tokens', 'warning', /^dashboard \(read\); they cross the network as plain text/],
      ],
    ],
    [
      { WELLWATCH_HTTP_PORT: '18090', WELLWATCH_HTTP_HOST: '203.0.113.1' },
      [
        ['http', 'failed', /port 18090 of 203\.0\.113\.1 can't be had: EADDRNOTAVAIL/],
        ['tokens', 'warning', /plain text/],
      ],
    ],
  ])('tells where the HTTP side listens and who gets in: %j', async (env, expected) => {
    const cwd = tempDir();
    addToken(join(cwd, 'var/tokens.json'), { name: 'dashboard', role: 'read', now: new Date(0) });
    const { stdout } = await runCommand(['doctor', '--json'], { cwd, env: { ...free, ...env } });
    const findings = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Finding)
      .filter(({ check }) => check === 'http' || check === 'tokens');
    expect(findings).toMatchObject(
      expected.map(([check, state, message]) => ({ check, state, message: expect.stringMatching(message) as string })),
    );
  });

  test('a folder of Parquet files that can’t be written is broken, one that is not there yet is not', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'file'), '');
    const parquetOf = async (path: string) => {
      const { stdout } = await runCommand(['doctor', '--json'], { cwd, env: { ...free, WELLWATCH_PARQUET_PATH: path } });
      return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Finding).filter(({ check }) => check === 'parquet');
    };
    expect(await parquetOf('hours')).toMatchObject([
      { state: 'ok', message: expect.stringMatching(/hours is made with the first hour$/) as string },
    ]);
    expect(await parquetOf('file')).toMatchObject([
      { state: 'failed', message: expect.stringMatching(/file can't be written: it is no folder$/) as string },
    ]);
  });

  test('for people: a mark, a word, and what to do', async () => {
    const { code, stdout } = await runCommand(['doctor'], { cwd: tempDir(), env: { ...free, WELLWATCH_HTTP_HOST: '0.0.0.0' } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✔ ok {7}node: Node\.js/m);
    expect(stdout).toMatch(/^▲ warning {2}reference: .*\n {13}→ put them there/m);
    expect(stdout).toMatch(/^✖ failed {3}run: http\.host: expected a loopback address.*\n {13}→ /m);
    expect(stdout).toMatch(/\n\d+ checks: \d+ ok, 2 warnings, 1 failed\n$/);
  });
});

test('token add --expires makes one that ends, and refuses what is no duration', async () => {
  const cwd = tempDir();
  expect((await runCommand(['token', 'add', 'contractor', '--role', 'read', '--expires', '90d'], { cwd })).code).toBe(0);
  const [{ createdAt, expiresAt }] = readTokens(join(cwd, 'var/tokens.json'));
  expect(Date.parse(expiresAt!) - Date.parse(createdAt)).toBe(90 * 86_400_000);
  expect((await runCommand(['token', 'list'], { cwd })).stdout).toContain('Expires');
  for (const wrong of ['soon', '0', '99999d'])
    expect(await runCommand(['token', 'add', 'other', '--role', 'read', '--expires', wrong], { cwd })).toMatchObject({ code: 2 });
});
