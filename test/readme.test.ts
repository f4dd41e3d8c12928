import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../app/config/load.ts';
import { store } from './support/stored.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from './support/hbase.ts';
import { lineMatching, runProgram, startProgram } from './support/program.ts';
import { tempDir } from './support/tempDir.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) => [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]);

test('the configuration in the README is what holds without one', () => {
  const dir = tempDir();
  const [yaml] = blocks('yaml');
  cpSync(join(root, 'data', 'reference'), join(dir, 'reference'), { recursive: true });
  writeFileSync(join(dir, 'site.yaml'), yaml);
  const written = loadConfig({ file: 'site.yaml', cwd: dir, env: {} });
  const { reference, ...defaults } = loadConfig({ cwd: dir, env: {} });
  expect(written).toMatchObject(defaults);
  expect(written.reference.pumps).toBe(reference.pumps);
});

test('the configuration of HBase in the README is valid, and its command copies', { timeout: HBASE_START_MS }, async ({ skip }) => {
  const dir = tempDir();
  const yaml = blocks('yaml').find((block) => block.includes('kind: hbase'))!;
  writeFileSync(join(dir, 'site.yaml'), yaml);
  expect(loadConfig({ file: 'site.yaml', cwd: dir, env: { WELLWATCH_STORE_PASSWORD: 'x' } }).store).toMatchObject({
    kind: 'hbase',
    username: 'wellwatch',
    headers: { 'x-team': 'field' },
  });
  const command = blocks('sh').join('').split('\n').find((line) => line.startsWith('npx wellwatch copy'))!;
  if (!hasHBase) return skip();
  await store(join(dir, 'var'), ['A 2014-03-10T00:00 1 1 1 1 1 1']);
  writeFileSync(join(dir, 'site.yaml'), `store: { kind: hbase, url: "${await hbaseForTests()}", table: ${freshTable()} }`);
  const { code, stdout, stderr } = await runProgram(command.split(/\s+/).slice(2), { cwd: dir });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('Copied: 1 reading, 1 alert');
});

test('npm start shows an alert within 30 s, on a machine that has nothing but the clone', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  expect(scripts.start).toBe('node dist/app/cli.js run --demo');
  const dir = tempDir();
  const demo = startProgram(['run', '--demo'], { cwd: dir, env: { HOME: join(dir, 'nobody') } });
  const [line] = await lineMatching(demo, 'stdout', /^▲ HIGH .*/);
  expect(line).toMatch(/low-psi: psi \S+ < 5 .* by .* last: \d{4}-\d{2}-\d{2}/);
  demo.kill('SIGINT');
  expect(((await once(demo, 'exit')) as [number])[0]).toBe(0);
});

test('the commands of the README do what it says, in its order', async () => {
  const dir = tempDir();
  const lines = blocks('sh').join('').split('\n').map((line) => line.replace(/#.*/, '').trim());
  const publish = lines.find((line) => line.startsWith('mosquitto_pub'))!;
  const [, topic, message] = /-t (\S+) -m '([^']+)'/.exec(publish)!;
  const job = startProgram(['run'], { cwd: dir, env: { WELLWATCH_RECEIVERS_MQTT_PORT: '0' } });
  const [, url] = await lineMatching(job, 'stdout', /publish to +(mqtt:\S+)/);
  const publisher = await connectAsync(url);
  await publisher.publishAsync(topic, message, { qos: 1 });
  await publisher.endAsync();
  mkdirSync(join(dir, 'var', 'inbox'), { recursive: true });
  cpSync(join(root, 'data', 'bad', 'bad.csv'), join(dir, 'var', 'inbox', 'bad.csv'));
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const commands = lines.filter((line) => line.startsWith('npx wellwatch ') && !/ (run|COMMAND|copy)\b/.test(line));
  expect(commands.length).toBeGreaterThanOrEqual(3);
  for (const command of commands) {
    const { code, stderr } = await runProgram(command.split(/\s+/).slice(2), { cwd: dir });
    expect(code, `${command}: ${stderr}`).toBe(0);
  }
  const stats = await runProgram(['stats', '--pump', 'COHUTTA', '--json'], { cwd: dir });
  expect(JSON.parse(stats.stdout)).toMatchObject({ pump: 'COHUTTA', date: '2014-03-10', count: 1, psi: { min: 85, max: 85, avg: 85 } });
  job.kill('SIGTERM');
  await once(job, 'exit');
});

test('the requests of the README are answered', async () => {
  const dir = tempDir();
  const job = startProgram(['run'], {
    cwd: dir,
    env: { WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_HTTP: 'true', WELLWATCH_HTTP_PORT: '0' },
  });
  const [, port] = await lineMatching(job, 'stdout', /http:\/\/127\.0\.0\.1:(\d+)\//);
  mkdirSync(join(dir, 'var', 'inbox'), { recursive: true });
  writeFileSync(join(dir, 'var', 'inbox', 'a.csv'), 'COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56,4,1.94\n');
  const requests = blocks('bash').join('').split('\n').filter((line) => line.startsWith('curl')).map((line) => ({
    url: /http:[^' ]+/.exec(line)![0].replace('8090', port),
    headers: Object.fromEntries([...line.matchAll(/-H '(\S+): ([^']+)'/g)].map(([, name, value]) => [name, value])),
  }));
  expect(requests).toHaveLength(5);
  const answers = async () => Promise.all(requests.map(async ({ url, headers }) => {
    const abort = new AbortController();
    const answer = await fetch(url, { headers, signal: abort.signal });
    const text = url.endsWith('/stream') ? '' : await answer.text();
    abort.abort();
    return `${answer.status} ${answer.headers.get('content-type')?.split(';')[0]} ${text}`;
  }));
  await vi.waitFor(async () => expect(await answers()).toEqual([
    expect.stringMatching(/^200 application\/json .*"pump":"COHUTTA"/) as string,
    expect.stringMatching(/^200 application\/json .*"total":0/) as string,
    expect.stringMatching(/^200 application\/json .*"rows":1,/) as string,
    expect.stringMatching(/^200 text\/csv .*\n?COHUTTA,2014-03-10T01:01:00,10\.27,/s) as string,
    '200 text/event-stream ',
  ]), { timeout: 60_000, interval: 200 });
  job.kill('SIGTERM');
  await once(job, 'exit');
});

test('every command of the README’s table is one that the program has, and the other way round', async () => {
  const { stdout } = await runProgram(['--help']);
  const had = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map((match) => match[1]).filter((name) => name !== 'wellwatch');
  const table = readme.slice(readme.indexOf('\n## Commands\n')).split('\n## ')[1];
  const told = new Set([...table.matchAll(/^\| `([a-z-]+)/gm)].map((match) => match[1]));
  expect([...told].sort()).toEqual([...new Set(had)].sort());
});

test('the stream program of the README runs in a project that has installed the package', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'node_modules'));
  symlinkSync(root, join(dir, 'node_modules', 'wellwatch'));
  writeFileSync(join(dir, 'program.mjs'), blocks('ts')[0]);
  mkdirSync(join(dir, 'inbox'));
  writeFileSync(
    join(dir, 'inbox', 'a.csv'),
    'COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56,85,1.94\nCOHUTTA,3/10/14,1:02,9.67,1.731,882,0.52,87,1.79\n',
  );
  const child = spawn(process.execPath, ['program.mjs'], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => { child.kill('SIGKILL'); });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text; });
  await vi.waitFor(() => expect(output).toContain('(COHUTTA,'), { timeout: 20_000 });
  expect(output).toMatch(/-{43}\nTime: \d+ ms\n-{43}\n\(COHUTTA,\S*"?count"?:2/);
});
