// Workers of a fleet that are killed, stopped and started at random, on a real Kafka and a real HBase (npm run build first). Prints HELD or
// FAILED, and ends with 0 or 1.
//   node test/faults/fleet.mjs [KILLS 20] [FOLDER of readings, data/readings] [WORKERS 3]
// Broker and region server are killed now and then too. It starts both unless WELLWATCH_TEST_KAFKA (host:port) and WELLWATCH_TEST_HBASE (URL) name some that run.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isWhole, recentRows, startHook, toldOf } from './fleetTold.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/app/cli.js');
const kills = Number(process.argv[2] ?? 20);
const source = process.argv[3] ?? join(root, 'data/readings');
const workers = Number(process.argv[4] ?? 3);
const SITES = ['north', 'south', 'east'];
const PARTITIONS = 4;
/** Longer than the group believes in a worker that it does not hear of. */
const FREEZE_MS = 14_000;
/** So long nothing may be told any more before it is believed that all was: floods are told each half minute. */
const QUIET_MS = 60_000;
const top = mkdtempSync(join(tmpdir(), 'wellwatch-fleet-'));
const started = [];
const crew = [];
const bad = [];
const check = (what, holds) => holds || bad.push(what);

function service(name) {
  if (places[name]) return places[name];
  const dir = join(top, name);
  const place = execFileSync(join(root, `deploy/${name}/${name}`), ['start', dir, '0', ...(name === 'hbase' ? ['0'] : [])], { encoding: 'utf8' });
  started.push([name, dir]);
  return place.trim().split('\n').at(-1);
}

const run = (words) => execFileSync(process.execPath, [cli, ...words], { encoding: 'utf8', maxBuffer: 2 ** 30 });
const lines = (words) => run([...words, '--json']).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
const config = (name, text) => {
  const path = join(top, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
};
const digest = (of) => createHash('sha256').update(of.join('\n')).digest('hex').slice(0, 16);

const places = { kafka: process.env.WELLWATCH_TEST_KAFKA, hbase: process.env.WELLWATCH_TEST_HBASE };
for (const name of ['WELLWATCH_TEST_KAFKA', 'WELLWATCH_TEST_HBASE']) delete process.env[name]; // no setting of the program has these names
const broker = service('kafka');
const gateway = service('hbase');
const topic = `fleet-${process.pid}`;
const table = `fleet_${process.pid}`;
const { Admin } = await import('@platformatic/kafka');
const admin = new Admin({ clientId: 'fleet', bootstrapBrokers: [broker], retries: 10, retryDelay: 300 });
await admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 1 });

const hooks = { alone: await startHook(), fleet: await startHook() };
const notify = ({ url }) => `notify: { channels: { duty: { webhook: "${url}" } }, routes: [ { to: [duty] } ] }\n`;

const fleet = (name) => config(name, `
dataDir: ${join(top, name)}
site: { timezone: UTC }
receivers: { kafka: { brokers: ["${broker}"], topic: ${topic} } }
store: { kind: hbase, shared: true, url: ${gateway}, table: ${table} }
limits: { maxRowsPerStep: 2000 }
summary: false
http: false
${notify(hooks.fleet)}`);

/** One worker, which begins anew when it is killed. */
class Worker {
  constructor(number) {
    this.name = `worker${number}`;
    this.config = fleet(this.name);
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

/** SIGKILL to a broker, or to region server and master, while rows come; only of those that were started here. */
async function restart(name) {
  const dir = started.find(([each]) => each === name)?.[1];
  if (dir === undefined) return;
  const launch = (...words) => promisify(execFile)(join(root, `deploy/${name}/${name}`), words);
  await launch('kill', dir, ...(name === 'hbase' ? ['server'] : []));
  await wait(3000);
  await launch('start', dir);
  console.log(`${name} was killed and started again`);
}

/** A site that tells of its alarms until nothing is left to be told. */
async function tellOf(path) {
  const site = spawn(process.execPath, [cli, 'run', '--quiet', '--config', path], { stdio: 'ignore' });
  await silence(hooks.alone);
  site.kill('SIGTERM');
  await new Promise((resolve) => site.once('exit', resolve));
  console.log(`one run tells of ${toldOf(hooks.alone).size} alarms in ${hooks.alone.messages.size} messages`);
  check('one run tells of no alarm', toldOf(hooks.alone).size > 0);
}

/** Resolves when a hook has heard something, and nothing for a while. */
async function silence(hook, until = Date.now() + 600_000) {
  for (let posts = -1, since = Date.now(); Date.now() < until && (hook.posts === 0 || Date.now() - since < QUIET_MS); await wait(500)) {
    if (hook.posts !== posts) since = Date.now();
    posts = hook.posts;
  }
}

/** What the whole fleet has counted. */
const counted = (reader) => {
  try {
    return lines(['receipts', '--config', reader]).reduce((sum, { source: _, ...one }) => {
      for (const name of ['received', 'stored', 'replaced', 'duplicate', 'rejected']) sum[name] = (sum[name] ?? 0) + one[name];
      return sum;
    }, { received: 0, stored: 0 });
  } catch (error) {
    return { received: 0, stored: 0, error: String(error.stderr ?? error).slice(0, 500) };
  }
};

async function main() {
  // The same rows of three sites to Kafka, and to one table that nobody shares.
  let expected = 0;
  const rowsOfFiles = recentRows(source);
  const alone = config('alone', `dataDir: ${join(top, 'alone')}\nsite: { timezone: UTC }\nreceivers: { mqtt: false }\nhttp: false\nsummary: false\n${notify(hooks.alone)}`);
  mkdirSync(join(top, 'alone/inbox'), { recursive: true });
  for (const site of SITES) {
    const inbox = join(top, site, 'inbox');
    mkdirSync(inbox, { recursive: true });
    for (const [file, rows] of rowsOfFiles) {
      writeFileSync(join(inbox, file), rows.join('\n'));
      writeFileSync(join(top, 'alone/inbox', `${site}-${file}`), rows.map((row) => (/^resourceid,/i.test(row) ? row : `${site}.${row}`)).join('\n'));
    }
    const path = config(site, `dataDir: ${join(top, site)}\nsite: { timezone: UTC }\nreceivers: { mqtt: false }\nhttp: false\n` +
      `forward: { brokers: ["${broker}"], topic: ${topic}, prefix: ${site} }\n`);
    expected += lines(['run', '--once', '--config', path])[0].stored;
  }
  const single = lines(['run', '--once', '--config', alone])[0];
  run(['summarize', '--config', alone]);
  await tellOf(alone);
  console.log(`${expected} rows of ${SITES.length} sites in ${PARTITIONS} partitions; alone:`, JSON.stringify(single));
  check(`the sites forward ${expected} rows, one run has ${single.stored}`, expected === single.stored);

  const reader = fleet('reader');
  crew.push(...Array.from({ length: workers }, (_, number) => new Worker(number)));
  for (let kill = 0; kill < kills; kill++) {
    await wait(500 + Math.random() * 4000);
    const victim = crew[Math.floor(Math.random() * crew.length)];
    if (started.length > 0 && kill % 6 === 4) await restart(kill % 12 === 4 ? 'hbase' : 'kafka');
    if (kill % 7 === 3) {
      victim.child.kill('SIGSTOP');
      await wait(FREEZE_MS);
      victim.child.kill('SIGCONT');
      console.log(`kill ${kill + 1}: ${victim.name} stood still for ${FREEZE_MS / 1000} s`);
    } else {
      const signal = kill % 5 === 2 ? 'SIGTERM' : 'SIGKILL';
      const end = await victim.kill(signal);
      if (signal === 'SIGTERM') check(`${victim.name} ended with ${end} on SIGTERM`, end === 0 || end === 'SIGTERM'); // the latter before it has begun to listen
      victim.begin();
      console.log(`kill ${kill + 1}: ${victim.name} by ${signal}`);
    }
  }
  const until = Date.now() + 600_000;
  let last = counted(reader);
  while (Date.now() < until && last.received < expected) {
    await wait(3000);
    last = counted(reader);
    console.log(JSON.stringify(last));
  }
  await wait(1000);
  last = counted(reader);
  console.log('fleet:', JSON.stringify(last));
  check(`stored ${last.stored} of ${single.stored}`, last.stored === single.stored);
  check(`${last.duplicate} duplicates, ${last.replaced} replaced, ${last.rejected} rejects`, last.duplicate === single.duplicate && last.rejected === single.rejected);
  compare(reader, alone, single);
  await silence(hooks.fleet);
  compareTold();
  for (const worker of crew) check(`${worker.name} ended with code`, (await worker.kill('SIGTERM')) === 0);
}

/** What people see of the fleet's table is what they would see of one that nobody shares. */
function compare(reader, alone, single) {
  run(['summarize', '--config', reader]);
  const alerts = [reader, alone].map((path) => lines(['alerts', '--config', path]));
  check(`${alerts[0].length} alerts, ${single.alerts} expected`, alerts[0].length === single.alerts);
  const texts = (words) => [reader, alone].map((path) => digest(lines([...words, '--config', path]).map((line) => JSON.stringify(line))));
  for (const words of [['alerts'], ['stats'], ['alarms', '--all']]) {
    const [ours, theirs] = texts(words);
    check(`${words.join(' ')} differ`, ours === theirs);
  }
  for (const path of [reader, alone]) run(['export', 'readings', `${path}.csv`, '--config', path]);
  check('readings differ', digest([readFileSync(`${reader}.csv`, 'utf8')]) === digest([readFileSync(`${alone}.csv`, 'utf8')]));
}

/** Each alarm that one run tells of is told by the fleet, and nothing else, and each message once but for ids that came before. */
function compareTold() {
  const [ours, theirs] = [toldOf(hooks.fleet), toldOf(hooks.alone)];
  console.log(`the fleet tells of ${ours.size} alarms in ${hooks.fleet.messages.size} messages, ${hooks.fleet.posts} with those that came twice`);
  const missing = [...theirs.keys()].filter((key) => !ours.has(key));
  const more = [...ours.keys()].filter((key) => !theirs.has(key));
  check(`not told: ${missing.slice(0, 5).join('; ')} (${missing.length})`, missing.length === 0);
  check(`told, but not by one run: ${more.slice(0, 5).join('; ')} (${more.length})`, more.length === 0);
  const odd = [...ours].filter(([, sayings]) => !isWhole(sayings));
  check(`told otherwise than once: ${odd.slice(0, 5).map(([key, sayings]) => `${key}: ${sayings.join(', ')}`).join('; ')} (${odd.length})`, odd.length === 0);
}

try {
  await main();
} catch (error) {
  bad.push(String(error.stack), String(error.stderr ?? ''));
} finally {
  for (const { child } of crew) child.kill('SIGKILL');
  await admin.close();
  for (const hook of Object.values(hooks)) hook.close();
  for (const [name, dir] of started) execFileSync(join(root, `deploy/${name}/${name}`), ['kill', dir]);
}
console.log(bad.length === 0 ? 'HELD' : `FAILED (logs in ${top}):\n${bad.join('\n')}`);
if (bad.length === 0) rmSync(top, { recursive: true, force: true });
process.exit(bad.length === 0 ? 0 : 1);
