import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { formatTime } from '../../domain/reading/wallClock.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { freePort } from '../support/freePort.ts';
import { configured, quantile, start, wellwatch, whileRunning, type Workspace } from './harness.ts';
import { listening } from './publisher.ts';
import type { Figure } from './report.ts';
import type { Sizes } from './sizes.ts';

const EVERY_MS = 5;
/** The first messages find code that has not been compiled yet. */
const WARM_UP = 200;
const PUMP = 'BENCH';
const PROBE = 'PROBE';
const MOST_PROBES = 200;
const START = Date.UTC(2014, 2, 10);
const GOAL_MS = 10;
const SLOW_DISK_MS = 5;

/** P3: from publishing a reading that alarms until its alert is on the live stream (the JSON lines of `run`), 200 messages a second. */
export async function measureAlerts(workspace: Workspace, sizes: Sizes): Promise<Figure[]> {
  const messages = (sizes.liveSeconds * 1000) / EVERY_MS;
  const embedded = await onEmbedded(workspace, messages);
  const fsyncs = await bareFsyncs(workspace, messages);
  const mosquitto = await onMosquitto(workspace, messages);
  fsyncs.push(...(await bareFsyncs(workspace, messages)));
  return [figures('embedded broker', embedded, fsyncs), figures('mosquitto', mosquitto, fsyncs)].flat();
}

interface Live {
  readonly latencies: readonly number[];
  readonly peakMb: number;
}

function figures(broker: string, { latencies, peakMb }: Live, fsyncs: readonly number[]): Figure[] {
  return [0.5, 0.99].map((share) => {
    const [measured, limit] = [latencies, fsyncs].map((each) => quantile(each, share));
    const name = `p${share * 100}`;
    return {
      goal: 'P3', what: `publish → alert, ${broker}, ${name}`, unit: 'ms',
      measured: single(measured), limit: { name: `bare fsync, ${name}`, measured: single(limit) },
      ...(share === 0.99 ? { peakMb, asks: { of: 'figure', atMost: Math.max(GOAL_MS, limit + SLOW_DISK_MS) } } : {}),
    };
  });
}

function single(figure: number): Figure['measured'] {
  return { median: figure, min: figure, max: figure };
}

async function onMosquitto(workspace: Workspace, messages: number): Promise<Live> {
  const broker = await startMosquitto({ config: ['persistence false', 'set_tcp_nodelay true'] });
  try {
    return await watchAlerts(workspace, { port: broker.port, messages, mqtt: { url: broker.url } });
  } finally {
    await broker.stop();
  }
}

async function onEmbedded(workspace: Workspace, messages: number): Promise<Live> {
  const port = await freePort();
  return watchAlerts(workspace, { port, messages, mqtt: { port } });
}

interface Stream {
  /** Where the broker listens. */
  readonly port: number;
  readonly messages: number;
  /** `receivers.mqtt` of the configuration. */
  readonly mqtt: object;
}

async function watchAlerts(workspace: Workspace, { port, messages, mqtt }: Stream): Promise<Live> {
  const dataDir = workspace.dataDir([]);
  const running = start(wellwatch('run', ...configured(dataDir, { directory: false, mqtt })));
  const alerts = new AlertStream(running.lines);
  const reading = alerts.read();
  await whileRunning(running, listening(port));
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  const publish = (pump: string, time: number) => {
    alerts.expect(pump, time);
    const at = formatTime(time);
    client.publish(`pumps/${pump}/readings`, `${pump},${at.slice(0, 10)},${at.slice(11)},10.27,1.73,881,1.56,0,1.94`, { qos: 1 });
  };
  for (let i = 0; !alerts.hasBegun; i++) { // it may not have subscribed yet
    if (i === MOST_PROBES) throw new Error('no alert came within 20 seconds');
    publish(PROBE, START + i * 1000);
    await sleep(100);
  }
  alerts.latencies.length = 0;
  const begin = performance.now();
  for (let i = 0; i < messages + WARM_UP; i++) {
    publish(PUMP, START + i * 1000);
    await sleep(Math.max(0, begin + (i + 1) * EVERY_MS - performance.now()));
  }
  await sleep(1000);
  await client.endAsync();
  running.stop();
  const { peakMb } = await running.ended;
  await reading;
  workspace.drop(dataDir);
  const latencies = alerts.latencies.slice(-messages);
  if (latencies.length < messages) throw new Error(`expected ${messages} alerts within a second, got ${latencies.length}`);
  return { latencies, peakMb };
}

/** The alerts that a running program prints, matched with when their readings were published. */
class AlertStream {
  readonly latencies: number[] = [];
  readonly #publishedAt = new Map<string, number>();
  readonly #lines: AsyncIterable<string>;
  hasBegun = false;

  constructor(lines: AsyncIterable<string>) {
    this.#lines = lines;
  }

  expect(pump: string, time: number): void {
    this.#publishedAt.set(`${pump} ${formatTime(time)}`, performance.now());
  }

  /** Reads on until the program ends. */
  async read(): Promise<void> {
    for await (const line of this.#lines) {
      const now = performance.now();
      const { pump, at } = JSON.parse(line) as { pump: string; at: string };
      this.hasBegun = true;
      const publishedAt = this.#publishedAt.get(`${pump} ${at}`);
      if (publishedAt !== undefined) this.latencies.push(now - publishedAt);
    }
  }
}

/** What the disk alone takes: as many bytes as often, each followed by fdatasync; ms, in order. */
export async function bareFsyncs(workspace: Workspace, messages: number): Promise<number[]> {
  const dir = workspace.folder();
  const file = openSync(join(dir, 'fsync'), 'w');
  const record = Buffer.alloc(128, 'x');
  const latencies: number[] = [];
  for (let i = 0; i < messages; i++) {
    const begin = performance.now();
    writeSync(file, record);
    fdatasyncSync(file);
    latencies.push(performance.now() - begin);
    await sleep(EVERY_MS);
  }
  closeSync(file);
  workspace.drop(dir);
  return latencies;
}
