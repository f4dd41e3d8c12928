import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { hasMosquitto } from '../../../support/mosquitto.ts';
import { freePort } from '../../../support/freePort.ts';
import { runCommand } from '../../../support/command.ts';
import { lineMatching, PROGRAM, startProgram } from '../../../support/program.ts';
import { tempDir } from '../../../support/tempDir.ts';

const run = promisify(execFile);
const hasClients = hasMosquitto && existsSync('/usr/bin/mosquitto_pub');

interface Site {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

function site(env: Readonly<Record<string, string>> = {}): Site {
  return { cwd: tempDir(), env: { WELLWATCH_RECEIVERS_MQTT_USERS: 'users.json', ...env } };
}

const usersOf = ({ cwd }: Site) => JSON.parse(readFileSync(join(cwd, 'users.json'), 'utf8')) as { users: { name: string; hash: string }[] };

/** `broker-user` with something on standard input. */
function piped({ cwd, env }: Site, words: readonly string[], input: string) {
  return spawnSync(process.execPath, [PROGRAM, 'broker-user', ...words], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    input,
    encoding: 'utf8',
  });
}

test('broker-user add shows a password that it made once, and takes one from standard input', async () => {
  const at = site();
  const made = await runCommand(['broker-user', 'add', 'made'], at);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{43}\n$/) as string });
  const given = piped(at, ['add', 'given', '--topic', 'pumps/%u/readings', '--topic', 'x', '--read', 'pumps/%u/#', '--json'], 'geheim\n');
  expect(given).toMatchObject({ status: 0 });
  expect(JSON.parse(given.stdout)).toEqual({ name: 'given', publish: ['pumps/%u/readings', 'x'], read: ['pumps/%u/#'] });
  expect(usersOf(at).users.map(({ name, hash }) => `${name} ${hash.split(':')[0]}`)).toEqual(['made sha256', 'given scrypt']);
  expect(readFileSync(join(at.cwd, 'users.json'), 'utf8')).not.toContain('geheim');
  expect(statSync(join(at.cwd, 'users.json')).mode & 0o777).toBe(0o600);
  const reader = await runCommand(['broker-user', 'add', 'reader', '--read', 'pumps/#'], at);
  expect(reader).toMatchObject({ code: 0, stderr: expect.stringContaining('may publish on nothing and read pumps/#') as string });
  const list = await runCommand(['broker-user', 'list', '--json'], at);
  expect(list.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as object)).toMatchObject([
    { name: 'made', publish: ['pumps/+/readings'], read: [] },
    { name: 'given' },
    { name: 'reader', publish: [], read: ['pumps/#'] },
  ]);
  expect((await runCommand(['broker-user', 'remove', 'made'], at)).code).toBe(0);
  expect(usersOf(at).users.map(({ name }) => name)).toEqual(['given', 'reader']);
});

test('wrong calls of broker-user end with 2 and a sentence, and change nothing', async () => {
  const at = site();
  const wrong = async (words: readonly string[], options: Site, sentence: string) => {
    const { code, stderr } = await runCommand(['broker-user', ...words], options);
    expect([code, stderr], words.join(' ')).toEqual([2, expect.stringContaining(sentence)]);
  };
  await wrong(['add', 'a/b'], at, 'expected a name of 1 to 64 letters');
  await wrong(['add', 'a', '--topic', 'pumps/#/x'], at, '--topic: expected a topic filter');
  await wrong(['add', 'a', '--password-stdin'], at, '--password-stdin: expected a password');
  await wrong(['remove', 'a'], at, 'There are no users');
  await wrong(['add', 'a'], { ...at, env: {} }, 'receivers.mqtt.users: expected the file');
  expect(existsSync(join(at.cwd, 'users.json'))).toBe(false);
});

test('run needs the users file, and users for TLS or an address that others reach', async () => {
  const refused = async (env: Readonly<Record<string, string>>, sentence: string) => {
    const { code, stderr } = await runCommand(['run', '--once'], { cwd: tempDir(), env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  };
  await refused({ WELLWATCH_RECEIVERS_MQTT_USERS: 'none.json' }, 'receivers.mqtt.users: expected a file with the users of the embedded ' +
    'broker');
  await refused({ WELLWATCH_RECEIVERS_MQTT_HOST: '0.0.0.0' }, 'receivers.mqtt.host: expected a loopback address');
  await refused({ WELLWATCH_RECEIVERS_MQTT_TLS_CERT: 'a.pem', WELLWATCH_RECEIVERS_MQTT_TLS_KEY: 'a.key' }, 'receivers.mqtt.tls: ' +
    'expected only with receivers.mqtt.users');
  const half = { WELLWATCH_RECEIVERS_MQTT_USERS: 'users.json', WELLWATCH_RECEIVERS_MQTT_TLS_CERT: 'a.pem' };
  await refused(half, 'receivers.mqtt.tls: expected cert and key');
});

test('without users the start and doctor say that everybody may publish', async () => {
  const cwd = tempDir();
  const env = { WELLWATCH_RECEIVERS_MQTT_PORT: '0' };
  const job = startProgram(['run', '--quiet'], { cwd, env });
  onTestFinished(() => void job.kill('SIGKILL'));
  await lineMatching(job, 'stderr', /every user of this machine may publish readings and read those of others/);
  const { stdout } = await runCommand(['doctor'], { cwd, env });
  expect(stdout).toContain('every user of this machine may publish readings');
});

test.skipIf(!hasClients)('the mosquitto clients publish and subscribe with what broker-user gave them', async () => {
  const port = String(await freePort());
  const at = site({ WELLWATCH_RECEIVERS_MQTT_PORT: port });
  writeFileSync(join(at.cwd, 'wellwatch.yaml'), '');
  piped(at, ['add', 'gw', '--topic', 'pumps/%u/readings', '--read', 'pumps/%u/#'], 'geheim\n');
  const job = startProgram(['run', '--quiet'], at);
  onTestFinished(() => void job.kill('SIGKILL'));
  const publish = (topic: string, ...who: string[]) =>
    run('mosquitto_pub', ['-p', port, '-q', '1', '-t', topic, '-m', 'gw,2014-03-10,01:01,10,1,881,1.5,85,1.9', ...who]);
  await expect
    .poll(
      () =>
        publish('pumps/gw/readings', '-u', 'gw', '-P', 'geheim').then(
          () => true,
          () => false,
        ),
      { timeout: 60_000 },
    )
    .toBe(true);
  await expect(publish('pumps/gw/readings', '-u', 'gw', '-P', 'falsch')).rejects.toThrow('bad user name or password');
  await expect(publish('pumps/gw/readings')).rejects.toThrow('not authorised');
  await expect(publish('pumps/other/readings', '-u', 'gw', '-P', 'geheim')).rejects.toThrow();
  const denied = await run('mosquitto_sub', ['-p', port, '-t', '#', '-C', '1', '-W', '5', '-u', 'gw', '-P', 'geheim']);
  expect(denied.stderr).toContain('denied');
});
