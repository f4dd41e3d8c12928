// Workers of a fleet to which things happen while rows come, on a real Kafka and a real HBase (npm run build first). Prints HELD or
// FAILED, and ends with 0 or 1.
//   node test/faults/fleet.mjs [kills|rebalances|cuts] [TIMES 20] [FOLDER of readings, data/readings] [WORKERS 3]
// It starts both unless WELLWATCH_TEST_KAFKA (host:port) and WELLWATCH_TEST_HBASE (URL) name some that run; cuts need its own Kafka.
// Table, counts, alarms, statistics and told messages are compared with those of one run over the same rows, records that are no readings
// among them; at the end the topic gets a partition more, which all workers have to refuse.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cli, config, counted, digest, endServices, lines, run, service, top, Way, Worker } from './fleetCrew.mjs';
import { isWhole, recentRows, startHook, toldOf } from './fleetTold.mjs';
import * as troubles from './fleetTroubles.mjs';

const [mode = 'kills', times = 20, source = fileURLToPath(new URL('../../data/readings', import.meta.url)), workers = 3] =
  troubles[process.argv[2]] ? process.argv.slice(2) : ['kills', ...process.argv.slice(2)];
const SITES = ['north', 'south', 'east'];
const PARTITIONS = 4;
/** Records that are no readings. */
const POISON = Array.from({ length: 20 }, (_, i) => `no reading ${i}`);
/** So long nothing may be told any more before it is believed that all was: floods are told each half minute. */
const QUIET_MS = 60_000;
const crew = [];
const bad = [];
const check = (what, holds) => holds || bad.push(what);

/** With cuts each worker has a listener of its own, whose address is a proxy's. */
const ways = await Promise.all(Array.from({ length: mode === 'cuts' ? Number(workers) : 0 }, async () => {
  const [hbase, kafka, listener] = [new Way(), new Way(), new Way()];
  const [port, advertised] = [await hbase.open(0), await kafka.open(0)];
  const free = await listener.open(0); // a port that is free by the time the broker starts
  listener.end();
  kafka.port = free;
  return { hbase, kafka, port, advertised, free };
}));
const settings = ways.length === 0 ? {} : {
  KAFKA_SETTINGS: config('broker', `listeners=PLAINTEXT://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CONTROLLER_PORT@${ways.map(({ free }, i) => `,W${i}://127.0.0.1:${free}`).join('')}
advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@${ways.map(({ advertised }, i) => `,W${i}://127.0.0.1:${advertised}`).join('')}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${ways.map((_, i) => `,W${i}:PLAINTEXT`).join('')}
`),
};
const broker = service('kafka', settings);
const gateway = service('hbase');
for (const { hbase } of ways) hbase.port = Number(new URL(gateway).port);
const topic = `fleet-${process.pid}`;
const table = `fleet_${process.pid}`;
const { Admin, Producer, compatibilityPartitioner } = await import('@platformatic/kafka');
const admin = new Admin({ clientId: 'fleet', bootstrapBrokers: [broker], retries: 10, retryDelay: 300 });
await admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 1 });

const hooks = { alone: await startHook(), fleet: await startHook() };
const notify = ({ url }) => `notify: { channels: { duty: { webhook: "${url}" } }, routes: [ { to: [duty] } ] }\n`;
/** A worker's configuration, or that of who only reads. What is not killed has rows for long enough. */
const fleet = (name, way) => config(name, `
dataDir: ${join(top, name)}
site: { timezone: UTC }
receivers: { kafka: { brokers: ["${way ? `127.0.0.1:${way.advertised}` : broker}"], topic: ${topic} } }
store: { kind: hbase, shared: true, url: "${way ? `http://127.0.0.1:${way.port}` : gateway}", table: ${table} }
limits: { maxRowsPerStep: 2000${mode === 'kills' ? '' : ', maxRate: 300'} }
summary: false
http: false
${notify(hooks.fleet)}`);

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
  writeFileSync(join(top, 'alone/inbox', 'poison.csv'), [...rowsOfFiles.values()].flat().slice(0, 1).map((row) => `north.${row}`).concat(POISON).join('\n'));
  await poison();
  const single = lines(['run', '--once', '--config', alone])[0];
  run(['summarize', '--config', alone]);
  console.log(`${expected} rows of ${SITES.length} sites in ${PARTITIONS} partitions; alone:`, JSON.stringify(single));
  check(`the sites forward ${expected} rows, one run has ${single.stored}`, expected === single.stored);
  check(`one run has ${single.rejected} rejects`, single.rejected === POISON.length);

  const reader = fleet('reader');
  crew.push(...Array.from({ length: Number(workers) }, (_, number) => Object.assign(new Worker(number, fleet(`worker${number}`, ways[number])), { ways: ways[number] })));
  const telling = tellOf(alone);
  await troubles[mode]({ crew, check }, Number(times));
  await telling;
  const until = Date.now() + 600_000;
  let last = counted(reader);
  while (Date.now() < until && last.received < expected + POISON.length) {
    await wait(3000);
    last = counted(reader);
    console.log(JSON.stringify(last));
  }
  await wait(1000);
  last = counted(reader);
  console.log('fleet:', JSON.stringify(last));
  check(`stored ${last.stored} of ${single.stored}`, last.stored === single.stored);
  check(`${last.duplicate} duplicates, ${last.replaced} replaced, ${last.rejected} rejects`, last.duplicate === 0 && last.rejected === single.rejected);
  compare(reader, alone, single);
  await silence(hooks.fleet);
  compareTold();
  const [first, ...others] = crew;
  check(`${first.name} ended with code`, (await first.kill('SIGTERM')) === 0);
  await admin.createPartitions({ topics: [{ name: topic, count: PARTITIONS + 1, assignments: null }] });
  first.begin();
  for (const worker of [first, ...others]) {
    const end = await Promise.race([worker.over, wait(60_000)]);
    check(`${worker.name} ended with ${end} where the topic has a partition more`, end === 2);
  }
}

async function poison() {
  const producer = new Producer({ clientId: 'fleet', bootstrapBrokers: [broker], retries: 10, retryDelay: 300, partitioner: compatibilityPartitioner });
  await producer.send({ messages: POISON.map((text, i) => ({ topic, key: Buffer.from(`north.P${i}`), value: Buffer.from(text) })), acks: -1 });
  await producer.close();
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
  const odd = [...ours].filter(([key, sayings]) => !isWhole(sayings) && sayings.join() !== theirs.get(key)?.join()); // some go on as far as is known
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
  endServices();
}
console.log(bad.length === 0 ? 'HELD' : `FAILED (logs in ${top}):\n${bad.join('\n')}`);
if (bad.length === 0) rmSync(top, { recursive: true, force: true });
process.exit(bad.length === 0 ? 0 : 1);
