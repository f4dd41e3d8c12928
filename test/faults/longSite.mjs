// What the long fault runs are made of: a job that is ended and begun again, a publisher that remembers its acknowledgements, rows.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';

const PROGRAM = fileURLToPath(new URL('../../dist/app/cli.js', import.meta.url));
const QUIET = { WELLWATCH_SUMMARY: 'false', WELLWATCH_HTTP: 'false' };
const LONGEST_START_MS = 60_000;

/** A row of its own for each number. */
export function rowAt(i, psi = 80 + (i % 13)) {
  const at = new Date(Date.UTC(2014, 0, 1) + Math.floor(i / 7) * 1000).toISOString();
  return `PUMP_${i % 7},${at.slice(0, 10)},${at.slice(11, 19)},10.27,1.73,881,1.56,${psi},1.94`;
}

/** Pump and time of a row, as an export has them. */
export function keyOf(row) {
  const [pump, date, time] = row.split(',');
  return `${pump},${date}T${time}`;
}

/** Moves a file into the inbox, whole. */
export function drop(dir, name, rows) {
  mkdirSync(join(dir, 'inbox'), { recursive: true });
  writeFileSync(join(dir, 'inbox', `.${name}`), `${rows.join('\n')}\n`);
  renameSync(join(dir, 'inbox', `.${name}`), join(dir, 'inbox', name));
}

function command(words, env = {}) {
  const done = spawnSync(process.execPath, [PROGRAM, ...words], { env: { ...process.env, ...QUIET, ...env }, maxBuffer: 1e9, encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

/** Takes what lies there, to the end. */
export function runOnce(dir) {
  return command(['run', '--once', '--data-dir', dir], { WELLWATCH_RECEIVERS_MQTT: 'false' });
}

export function balanceOf(dir) {
  return JSON.parse(command(['status', '--json', '--data-dir', dir]).stdout).balance;
}

/** The pressure of each stored reading by {@link keyOf}. */
export function storedOf(dir) {
  const lines = command(['export', 'readings', '-', '--data-dir', dir]).stdout.split('\n').slice(1, -1);
  return new Map(lines.map((line) => line.split(',')).map((cells) => [`${cells[0]},${cells[1]}`, Number(cells[6])]));
}

/** How many rows are not among the stored ones. */
export function missingOf(stored, rows) {
  return rows.filter((row) => !stored.has(keyOf(row))).length;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `wellwatch run` on a data directory, with its own broker, in as many lives as wanted. */
export class Job {
  #dir;
  #options;
  #child;
  #ended;

  /** `before`: words that the command line follows, such as strace's. `served`: with the page, at `url`. */
  constructor(dir, { before = [], env = {}, served = false } = {}) {
    this.#dir = dir;
    this.#options = { before, env, served };
    mkdirSync(dir, { recursive: true });
  }

  /** The job itself, also below a tracer. */
  get pid() {
    const { before } = this.#options;
    return before.length === 0 ? this.#child.pid : Number(spawnSync('pgrep', ['-P', String(this.#child.pid)], { encoding: 'utf8' }).stdout);
  }

  megabytes() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  }

  hasLock() {
    try {
      return Number(readFileSync(join(this.#dir, 'run.pid'), 'utf8')) === this.pid;
    } catch {
      return false; // it has just begun
    }
  }

  /** Begins, and waits until publishers can connect. */
  async start() {
    this.port ??= await freePort();
    if (this.#options.served) this.url ??= `http://127.0.0.1:${await freePort()}`;
    this.begin();
    for (const end = performance.now() + LONGEST_START_MS; performance.now() < end; await wait(50)) if (await listens(this.port)) return;
    throw new Error('the job does not listen');
  }

  begin() {
    const { before, env, served } = this.#options;
    const words = [...before, process.execPath, PROGRAM, 'run', '--quiet', '--data-dir', this.#dir];
    this.#child = spawn(words[0], words.slice(1), {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env, ...QUIET, WELLWATCH_LOG_LEVEL: 'error', WELLWATCH_RECEIVERS_MQTT_PORT: String(this.port ?? 0),
        ...(served && { WELLWATCH_HTTP: 'true', WELLWATCH_HTTP_PORT: new URL(this.url).port }), ...env,
      },
    });
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  /** Ends it; gives the exit code. */
  end(signal) {
    process.kill(this.pid, signal);
    return this.#ended;
  }

  /** Does something while no thread of it runs. */
  async whileStopped(work) {
    this.#child.kill('SIGSTOP');
    await wait(20);
    work();
    this.#child.kill('SIGCONT');
  }
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}

/** Publishes rows 0, 1, 2, … with QoS 1 until it is stopped, over any number of connections; `acknowledged` has their numbers. */
export class Feed {
  acknowledged = new Set();
  #client;
  #window;
  #pauseMs;
  #next = 0;
  #stopped = false;

  constructor(port, { window = 100, pauseMs = 10 } = {}) {
    this.#client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50 }).on('error', () => undefined);
    this.#window = window;
    this.#pauseMs = pauseMs;
  }

  start() {
    void this.#publish();
    return this;
  }

  async #publish() {
    for (; !this.#stopped; await wait(this.#pauseMs))
      while (!this.#stopped && this.#next - this.acknowledged.size < this.#window) this.#one(this.#next++);
  }

  #one(i) {
    this.#client.publish('pumps/P/readings', rowAt(i), { qos: 1 }, (error) => {
      if (!error) this.acknowledged.add(i);
    });
  }

  async stop() {
    this.#stopped = true;
    await this.#client.endAsync(true);
  }
}
