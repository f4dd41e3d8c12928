// All attacks at once on a running site, beside an honest publisher of 200 messages a second:
//   npm run build && node test/faults/attacks.mjs [SECONDS] [NAME]      only attacks of that name; calm: none, to compare with
// The site is started as deploy/systemd and the image start it. Prints what was lost, how long acknowledgements took, and the memory of the process. Not part of the suite: it wants a quiet machine.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { connectAsync } from 'mqtt';

const SECONDS = Number(process.argv[2] ?? 600);
const RATE = 200;
const LOOK_MS = 250;
const PROGRAM = fileURLToPath(new URL('../../dist/app/cli.js', import.meta.url));

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const { brokerPort, httpPort } = isMainThread ? { brokerPort: await freePort(), httpPort: await freePort() } : workerData;

const text = (value) => Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);
const packet = (type, body) => {
  const length = [];
  for (let left = body.length; left > 0 || length.length === 0; left >>= 7) length.push((left & 127) | (left > 127 ? 128 : 0));
  return Buffer.concat([Buffer.from([type, ...length]), body]);
};
const hello = (id) => packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 0]), text(id)]));
const open = (port) => connectTcp({ port, host: '127.0.0.1' }).on('error', () => undefined);
let number = 0;

/** Each makes one move of its attack. */
const ATTACKS = {
  'QoS 2 without a PUBREL': () => {
    const socket = open(brokerPort);
    socket.write(hello(`qos2-${++number}`));
    const body = Buffer.alloc(1000, 'x');
    for (let id = 1; id <= 2000; id++) socket.write(packet(0x34, Buffer.concat([text('noise/qos2'), Buffer.from([id >> 8, id & 255]), body])));
    return socket;
  },
  'half packets': () => {
    const socket = open(brokerPort);
    socket.write(hello(`half-${++number}`));
    socket.write(Buffer.from([0x32, 0x80, 0x80, 0x80, 0x02])); // 4 MiB are announced
    socket.write(Buffer.alloc(1024 * 1024));
    return socket;
  },
  'many subscriptions': () => {
    const socket = open(brokerPort);
    socket.write(hello(`subscriber-${++number}`));
    for (let i = 1; i <= 200; i++)
      socket.write(packet(0x82, Buffer.concat([Buffer.from([0, i]), text(`noise/${number}/${i}/${'y'.repeat(200)}`), Buffer.from([1])])));
    return socket;
  },
  'a subscriber that reads nothing': () => {
    const socket = open(brokerPort);
    socket.write(hello(`deaf-${++number}`));
    socket.write(packet(0x82, Buffer.concat([Buffer.from([0, 1]), text('#'), Buffer.from([0])])));
    socket.pause();
    return socket;
  },
  'many connections': () => Array.from({ length: 50 }, () => open(brokerPort)),
  'a log flood': () => Array.from({ length: 20 }, () => open(brokerPort).on('connect', function () {
    this.end(Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff]));
  })),
  'takeovers of an id': () => {
    const socket = open(brokerPort);
    socket.write(hello('the-same'));
    return socket;
  },
  'answers that nobody reads': () => {
    const socket = open(httpPort);
    for (let i = 0; i < 20; i++) socket.write('GET /api/v1/pumps/HONEST/readings?limit=10000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    socket.pause();
    return socket;
  },
};

/** Those that were asked for. */
const CHOSEN = Object.entries(ATTACKS).filter(([name]) => name.includes(process.argv[3] ?? ''));

/** Repeats an attack five times a second; each of its connections stays for ten seconds. */
async function attack(move) {
  const held = [];
  for (;;) {
    held.push([move()].flat());
    if (held.length > 50) for (const socket of held.shift()) socket.destroy();
    await wait(200);
  }
}

/** Publishes a row in turn to each pump, and keeps how long each took to be acknowledged, ms. */
async function publishHonestly(brokerUrl, untilMs) {
  const client = await connectAsync(brokerUrl, { clientId: 'honest', clean: false, reconnectPeriod: 100 });
  let breaks = 0;
  client.on('close', () => breaks++).on('error', () => undefined);
  const took = [];
  const under = new Set();
  const began = performance.now();
  for (let i = 0; performance.now() - began < untilMs; i++) {
    await wait(Math.max(0, began + (i * 1000) / RATE - performance.now()));
    const at = new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString();
    const row = `HONEST,${at.slice(0, 10)},${at.slice(11, 19)},10,1.7,880,1.5,${i % 100 === 0 ? 2 : 85},1.9`;
    const sent = performance.now();
    const one = client.publishAsync('pumps/HONEST/readings', row, { qos: 1 }).then(() => took.push(performance.now() - sent));
    under.add(one);
    void one.finally(() => under.delete(one));
  }
  await Promise.race([Promise.all(under), wait(30_000)]);
  const result = { sent: took.length + under.size, took: took.sort((a, b) => a - b), breaks };
  await client.endAsync(true);
  return result;
}

function memoryMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function measure() {
  const dir = mkdtempSync(join(tmpdir(), 'wellwatch-attacks-'));
  const site = spawn(process.execPath, [PROGRAM, 'run', '--quiet', '--data-dir', dir], {
    env: { ...process.env, NODE_OPTIONS: '--max-semi-space-size=4', WELLWATCH_RECEIVERS_MQTT_PORT: `${brokerPort}`, WELLWATCH_HTTP_PORT: `${httpPort}` }, stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => site.once('exit', resolve));
  let said = '';
  let logBytes = 0;
  site.stderr.on('data', (chunk) => {
    logBytes += chunk.length;
    if (said.length < 100_000) said += chunk;
  });
  const brokerUrl = `mqtt://127.0.0.1:${brokerPort}`;
  /** It is there when both answer. */
  const answers = (port) => new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1').once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
  while (!(await answers(brokerPort)) || !(await answers(httpPort))) {
    if (site.exitCode !== null) throw new Error(`the site did not start:\n${said}`);
    await wait(100);
  }
  let mostMb = 0;
  const looking = setInterval(() => {
    if (site.exitCode === null) mostMb = Math.max(mostMb, memoryMb(site.pid));
  }, LOOK_MS);
  // On a thread of their own: the honest publisher has to be quick.
  const attackers = new Worker(new URL(import.meta.url), { workerData: { brokerPort, httpPort }, argv: process.argv.slice(2) });
  const { sent, took, breaks } = await publishHonestly(brokerUrl, SECONDS * 1000);
  await attackers.terminate();
  clearInterval(looking);
  const survived = site.exitCode === null;
  site.kill('SIGTERM');
  const code = await ended;

  const rows = spawn(process.execPath, [PROGRAM, 'readings', '--pump', 'HONEST', '--json', '--data-dir', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stored = 0;
  for await (const chunk of rows.stdout) for (const byte of chunk) stored += byte === 10;
  rmSync(dir, { recursive: true, force: true });

  const share = (of) => took[Math.min(took.length - 1, Math.floor(took.length * of))]?.toFixed(1);
  console.log(`attacks        ${CHOSEN.map(([name]) => name).join(', ') || 'none'}`);
  console.log(`time           ${SECONDS} s, load of the machine ${loadavg().map((load) => load.toFixed(1)).join(' ')}`);
  console.log(`published      ${sent}, acknowledged ${took.length}, stored ${stored}, lost ${took.length - Math.min(stored, took.length)}, ` +
    `connections broken ${breaks}`);
  console.log(`PUBACK ms      p50 ${share(0.5)}, p99 ${share(0.99)} (50 wanted), longest ${took.at(-1)?.toFixed(1)}`);
  console.log(`memory         ${mostMb.toFixed(0)} MB at most (300 wanted)`);
  console.log(`log            ${(logBytes / 1024).toFixed(0)} KB; the site ${survived ? `ran to the end and left with ${code}` : `ended with ${code}`}`);
  process.exitCode = survived && code === 0 && stored >= took.length ? 0 : 1;
}

if (isMainThread) await measure();
else await Promise.all(CHOSEN.map(([, move]) => attack(move)));
