// What fleet.mjs runs on: a Kafka, an HBase, the program's commands, and the workers of a fleet.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const cli = join(root, 'dist/app/cli.js');
export const top = mkdtempSync(join(tmpdir(), 'wellwatch-fleet-'));
const places = { kafka: process.env.WELLWATCH_TEST_KAFKA, hbase: process.env.WELLWATCH_TEST_HBASE };
for (const name of ['WELLWATCH_TEST_KAFKA', 'WELLWATCH_TEST_HBASE']) delete process.env[name]; // no setting of the program has these names
const started = [];
const proxies = [];

/** Starts a service unless one that runs was named; gives where it is. */
export function service(name, env = {}) {
  if (places[name]) return places[name];
  const dir = join(top, name);
  const place = execFileSync(join(root, `deploy/${name}/${name}`), ['start', dir, '0', ...(name === 'hbase' ? ['0'] : [])], { encoding: 'utf8', env: { ...process.env, ...env } });
  started.push([name, dir]);
  return place.trim().split('\n').at(-1);
}

/** SIGKILL to a broker, or to region server and master, and their start; only of those that were started here. */
export async function restart(name) {
  const dir = started.find(([each]) => each === name)?.[1];
  if (dir === undefined) return;
  const launch = (...words) => promisify(execFile)(join(root, `deploy/${name}/${name}`), words);
  await launch('kill', dir, ...(name === 'hbase' ? ['server'] : []));
  await wait(3000);
  await launch('start', dir);
  console.log(`${name} was killed and started again`);
}

export function endServices() {
  for (const [name, dir] of started) execFileSync(join(root, `deploy/${name}/${name}`), ['kill', dir]);
  for (const proxy of proxies) proxy.end();
}

export const run = (words) => execFileSync(process.execPath, [cli, ...words], { encoding: 'utf8', maxBuffer: 2 ** 30 });
export const lines = (words) => run([...words, '--json']).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
export const digest = (of) => createHash('sha256').update(of.join('\n')).digest('hex').slice(0, 16);
export function config(name, text) {
  const path = join(top, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
}

/** One worker, which begins anew when it is killed. */
export class Worker {
  constructor(number, path) {
    this.name = `worker${number}`;
    this.config = path;
    this.log = openSync(join(top, `${this.name}.log`), 'a');
    this.begin();
  }
  begin() {
    this.child = spawn(process.execPath, [cli, 'run', '--quiet', '--config', this.config], { stdio: ['ignore', this.log, this.log] });
    this.over = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(signal ?? code)));
  }
  async kill(signal) {
    this.child.kill(signal);
    return this.over;
  }
}

/** What the whole fleet has counted. */
export function counted(reader) {
  try {
    return lines(['receipts', '--config', reader]).reduce((sum, { source: _, ...one }) => {
      for (const name of ['received', 'stored', 'replaced', 'duplicate', 'rejected']) sum[name] = (sum[name] ?? 0) + one[name];
      return sum;
    }, { received: 0, stored: 0 });
  } catch (error) {
    return { received: 0, stored: 0, error: String(error.stderr ?? error).slice(0, 500) };
  }
}

/** A way between a worker and something else that can be cut: connections break, or with `silently` nothing arrives any more. */
export class Way {
  #pairs = new Set();
  #cut = undefined;
  #server = createServer((socket) => this.#join(socket));
  #port;
  async open(port) {
    this.#port = port;
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    proxies.push(this);
    return this.#server.address().port;
  }
  /** Where it leads. */
  set port(port) {
    this.#port = port;
  }
  async cut(ms, silently) {
    this.#cut = silently ? 'silent' : 'broken';
    for (const pair of this.#pairs) this.#apply(pair);
    await wait(ms);
    this.#cut = undefined;
    for (const pair of this.#pairs) this.#end(pair); // whoever was silent finds that nobody knows him any more
  }
  end() {
    this.#server.close();
    for (const pair of this.#pairs) this.#end(pair);
  }
  #join(socket) {
    const pair = [socket, connect(this.#port, '127.0.0.1')];
    this.#pairs.add(pair);
    for (const [one, other] of [pair, [...pair].reverse()]) {
      one.on('error', () => undefined).on('close', () => this.#end(pair));
      one.pipe(other);
    }
    this.#apply(pair);
  }
  #apply(pair) {
    if (this.#cut === 'broken') this.#end(pair);
    if (this.#cut === 'silent') for (const one of pair) one.unpipe().pause();
  }
  #end(pair) {
    this.#pairs.delete(pair);
    for (const one of pair) one.destroy();
  }
}
