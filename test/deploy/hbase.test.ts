import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import axios from 'axios';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canStartHBase, freshTable, HBASE_START_MS, startHBase } from '../support/hbase.ts';
import { tempDir } from '../support/tempDir.ts';

const LAUNCHER = fileURLToPath(new URL('../../deploy/hbase/hbase', import.meta.url));
const JAVA_17 = 'echo \'openjdk version "17.0.9"\' >&2';
const MAVEN = 'if [ "$1" = -v ]; then echo "Apache Maven 3.9.9 (x)"; exit; fi';

interface Ended { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs the launcher on a machine whose java and mvn are what the scripts say. */
async function launch(
  words: readonly string[],
  { dir, scripts, env: more }: { dir: string; scripts: Readonly<Record<string, string>>; env?: Readonly<Record<string, string>> },
): Promise<Ended> {
  const bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env = { ...process.env, JAVA_HOME: '', HBASE_LIB: join(dir, 'cache', 'lib'), PATH: `${bin}${delimiter}${process.env.PATH}`, ...more };
  return promisify(execFile)(LAUNCHER, words, { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );
}

describe('the launcher says in a sentence', () => {
  test.each([
    ['1.8.0_392', '1'],
    ['25.0.2', '25'],
  ])('that java is not of the right version, and what to install: %s', async (version, found) => {
    const { code, stderr } = await launch(['check'], {
      dir: tempDir(),
      scripts: { java: `echo 'openjdk version "${version}"' >&2`, mvn: MAVEN },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^hbase: expected Java 17 to 23, found version ${found} .*Install`));
  });

  test('that java does not run', async () => {
    const { code, stderr } = await launch(['check'], { dir: tempDir(), scripts: { java: 'exit 127', mvn: MAVEN } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^hbase: expected Java 17 to 23, found no java that runs/);
  });

  test('that Maven is too old', async () => {
    const { code, stderr } = await launch(['check'], { dir: tempDir(), scripts: { java: JAVA_17, mvn: 'echo "Apache Maven 3.0.5 (x)"' } });
    expect(code).toBe(1);
    expect(stderr).toBe('hbase: expected Maven 3.6.3 or newer, found 3.0.5\n');
  });

  test('that a port is taken', async () => {
    const dir = tempDir();
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    mkdirSync(join(dir, 'cache', 'lib'), { recursive: true });
    const { code, stderr } = await launch(['start', join(dir, 'data'), String(port), '0'], { dir, scripts: { java: JAVA_17 } });
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^hbase: port ${port}, where the gateway should listen, is taken`));
  });

  test('that a server ended, with the end of its log', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'cache', 'lib'), { recursive: true });
    const { code, stderr } = await launch(['start', join(dir, 'data'), '0'], {
      dir,
      scripts: { java: `case "$*" in -version) ${JAVA_17};; *) echo "no room"; exit 1;; esac` },
    });
    expect(code).toBe(1);
    // Both fail: which is seen first is a matter of chance.
    expect(stderr).toMatch(/no room\nhbase: (server|rest) ended while it started/);
  });
});

/**
 * In place of Java: listens where the settings say. The server has found a port taken before, as often as the file `taken` has
 * bytes; the gateway is ready while it reaches a ZooKeeper.
 */
const LISTENER = `
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { createServer, get } from 'node:http';
const dir = process.argv.join(' ').match(/wellwatch\\.hbase=(\\S+)\\/(server|rest)/);
const busy = dir[1] + '/taken';
if (dir[2] === 'server' && existsSync(busy) && readFileSync(busy).length > 0) {
  truncateSync(busy, readFileSync(busy).length - 1);
  console.log('bind(..) failed: Address already in use');
  process.exit(1);
}
const settings = readFileSync(dir[1] + '/conf/hbase-site.xml', 'utf8');
const port = (name) => Number(settings.match(new RegExp('<name>hbase.' + name + '</name><value>(\\\\d+)'))[1]);
const zookeeper = port('zookeeper.property.clientPort');
const listen = (where, answer) => createServer((_, response) => answer(response)).listen(where, '127.0.0.1');
if (dir[2] === 'server') for (const where of [zookeeper, port('master.port'), port('regionserver.port')]) listen(where, (response) => response.end());
else listen(port('rest.port'), (response) => get({ port: zookeeper }, () => response.end()).on('error', () => response.writeHead(503).end()));`;

describe('free ports', () => {
  const NAMES = ['rest_port', 'zk_port', 'master_port', 'region_port'];

  /** Folders beside each other, in each of which the launcher starts processes that listen. */
  function place() {
    const dir = tempDir();
    mkdirSync(join(dir, 'cache', 'lib'), { recursive: true });
    writeFileSync(join(dir, 'listener.mjs'), LISTENER);
    const java = `case "$*" in -version) ${JAVA_17};; *) exec "${process.execPath}" "${join(dir, 'listener.mjs')}" "$@";; esac`;
    const verb = (...words: string[]) => launch(words, { dir, scripts: { java }, env: { HBASE_PORTS: '11000-11011' } });
    return {
      of: (name: string) => join(dir, name),
      start: async (name: string) => {
        onTestFinished(async () => void (await verb('kill', join(dir, name))));
        return verb('start', join(dir, name), '0');
      },
      kill: (name: string) => verb('kill', join(dir, name)),
      ports: (name: string) => {
        const text = readFileSync(join(dir, name, 'ports'), 'utf8');
        return NAMES.map((port) => Number(new RegExp(`^${port}=(\\d+)$`, 'm').exec(text)![1]));
      },
    };
  }

  test('are never those of another HBase beside it, running or killed, nor are two that start together given the same', async () => {
    const { start, kill, ports } = place();
    expect(await start('first')).toMatchObject({ code: 0 });
    await kill('first');
    const both = await Promise.all([start('second'), start('third')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(['first', 'second', 'third'].flatMap(ports).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => 11_000 + i));
  });

  test('stay the same when they are taken for a moment, before a start or during it', async () => {
    const { of, start, kill, ports } = place();
    const { stdout } = await start('one');
    await kill('one');
    const before = ports('one');
    const servers = before.map((port) => createServer().listen(port, '127.0.0.1'));
    await Promise.all(servers.map((server) => once(server, 'listening')));
    writeFileSync(of('one/taken'), 'x');
    setTimeout(() => servers.forEach((server) => server.close()), 500);
    expect(await start('one')).toMatchObject({ code: 0, stdout, stderr: 'hbase: server found a port taken and starts again\n' });
    expect(ports('one')).toEqual(before);
  });

  test('are others when they stay taken; the gateway finds the server there', async () => {
    const { of, start, kill, ports } = place();
    const { stdout } = await start('one');
    await kill('one');
    const before = ports('one');
    writeFileSync(of('one/taken'), 'xxx');
    const { code, stdout: url, stderr } = await start('one');
    expect([code, url]).toEqual([0, stdout]);
    expect(stderr).toMatch(/port \d+ stays taken; zk_port is \d+ now/);
    expect(ports('one')[0]).toBe(before[0]);
    expect(ports('one').slice(1).filter((port) => before.includes(port))).toEqual([]);
    expect(readFileSync(of('one/conf/hbase-site.xml'), 'utf8')).toContain(`clientPort</name><value>${ports('one')[1]}<`);
  });
});

describe('the jars', () => {
  const download = (seconds: number) =>
    `${MAVEN}\nfor word; do case $word in -DoutputDirectory=*) out=\${word#*=};; esac; done\nmkdir -p "$out"; touch "$out/one.jar"; ` +
      `sleep ${seconds}; touch "$out/two.jar"`;

  test('are not there after a download that fails, and nothing is left of it', async () => {
    const dir = tempDir();
    const { code, stderr } = await launch(['fetch'], { dir, scripts: { java: JAVA_17, mvn: `${download(0)}; exit 1` } });
    expect(code).toBe(1);
    expect(stderr).toContain('Maven could not fetch HBase');
    expect(readdirSync(join(dir, 'cache'))).toEqual([]);
  });

  test('are whole when two fetch them at the same time', async () => {
    const dir = tempDir();
    const scripts = { java: JAVA_17, mvn: download(0.3) };
    const both = await Promise.all([launch(['fetch'], { dir, scripts }), launch(['fetch'], { dir, scripts })]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(readdirSync(join(dir, 'cache'))).toEqual(['lib']);
    expect(readdirSync(join(dir, 'cache', 'lib'))).toEqual(['one.jar', 'two.jar']);
  });
});

test.skipIf(!canStartHBase)(
  'an HBase keeps its rows and its URL when it is killed and started again, and leaves nothing when it is stopped',
  { timeout: 2 * HBASE_START_MS },
  async () => {
    const hbase = await startHBase();
    const table = freshTable();
    const answers = (path: string) =>
      axios.get(`${hbase.url}${path}`, { timeout: 30_000 }).then(
        () => true,
        () => false,
      );
    const value = async () =>
      (await axios.get<string>(`${hbase.url}/${table}/row/data:psi`, { headers: { accept: 'application/octet-stream' } })).data;
    try {
      await axios.put(`${hbase.url}/${table}/schema`, { name: table, ColumnSchema: [{ name: 'data' }] });
      await axios.put(`${hbase.url}/${table}/row/data:psi`, Buffer.from('before'), {
        headers: { 'content-type': 'application/octet-stream' },
      });
      for (const which of [undefined, 'rest', 'server'] as const) {
        await hbase.kill(which);
        expect(await answers('/namespaces/default/tables')).toBe(false);
        await hbase.restart();
        await expect.poll(() => value().catch(() => 'not yet'), { timeout: 60_000 }).toBe('before');
      }
    } finally {
      await hbase.stop();
    }
    expect(await answers('/version/cluster')).toBe(false);
    expect(existsSync(hbase.dir)).toBe(false);
  },
);
