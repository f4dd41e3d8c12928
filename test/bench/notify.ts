import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { formatTime } from '../../domain/reading/wallClock.ts';
import { freePort } from '../support/freePort.ts';
import { startHook } from '../support/hook.ts';
import { configured, quantile, start, wellwatch, whileRunning, type Workspace } from './harness.ts';
import { listening } from './publisher.ts';
import { bareFsyncs } from './p3.ts';
import type { Figure } from './report.ts';
import type { Sizes } from './sizes.ts';

const ALARMS = 300;
/** The first messages find code that has not been compiled yet. */
const WARM_UP = 60;
const EVERY_MS = 40;
const GOAL_MS = 20;
/** A message is on disk twice before the call: as a reading, and in the outbox. A slow disk is not ours. */
const FSYNCS = 2;
const OWN_MS = 10;
const WAIT_MS = 30_000;
/** Where a format has each alarm as a message of its own, however many there are. */
const FORMAT = 'pagerduty';

/** From publishing a reading that alarms until a webhook on this machine is called, and from its acknowledgement, when it was on disk. */
export async function measureNotifications(workspace: Workspace, _: Sizes): Promise<Figure[]> {
  const hook = await startHook();
  const port = await freePort();
  const dataDir = workspace.dataDir([]);
  const site = { site: { timezone: 'UTC' }, notify: { channels: { hook: { webhook: hook.url, format: FORMAT } }, routes: [{ to: ['hook'] }] } };
  const running = start(wellwatch('run --quiet', ...configured(dataDir, { directory: false, mqtt: { port } }, site)), {
    WELLWATCH_NOTIFY_CHANNELS_HOOK_SECRET: 'key',
  });
  const told = new Map<string, number>();
  hook.answer = (response, { body }) => {
    const { payload: { source } } = JSON.parse(body) as { payload: { source: string } };
    if (!told.has(source)) told.set(source, performance.now());
    response.writeHead(202).end();
    return true;
  };
  await whileRunning(running, listening(port));
  const disk = await bareFsyncs(workspace, WARM_UP);
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  const published: number[] = [];
  const durable: number[] = [];
  const publish = async (pump: string, psi: number) => {
    const at = formatTime(Math.floor(Date.now() / 1000) * 1000);
    await client.publishAsync(`pumps/${pump}/readings`, `${pump},${at.slice(0, 10)},${at.slice(11)},10.27,1.73,881,1.56,${psi},1.94`, { qos: 1 });
  };
  await publish('WARM', 80);
  await sleep(3000); // the threads begin
  for (let i = 0; i < WARM_UP + ALARMS; i++) {
    published.push(performance.now());
    void publish(`P${i}`, 0).then(() => { durable[i] = performance.now(); });
    await sleep(EVERY_MS);
  }
  for (let waited = 0; told.size < WARM_UP + ALARMS && waited < WAIT_MS; waited += 100) await sleep(100);
  await client.endAsync();
  disk.push(...(await bareFsyncs(workspace, WARM_UP)));
  running.stop();
  const { peakMb } = await running.ended;
  await hook.down();
  workspace.drop(dataDir);
  if (told.size < WARM_UP + ALARMS) throw new Error(`expected ${WARM_UP + ALARMS} alarms to be told, got ${told.size}`);
  const since = (begun: readonly number[]) => begun.map((at, i) => told.get(`P${i}`)! - at).slice(WARM_UP);
  const figure = (what: string, latencies: readonly number[], share: number, rest: Partial<Figure> = {}): Figure => {
    const ms = quantile(latencies, share);
    return { goal: 'told', what: `${what} → webhook called, p${share * 100}`, unit: 'ms', measured: { median: ms, min: ms, max: ms }, ...rest };
  };
  const slow = FSYNCS * quantile(disk, 0.99);
  const limit = { name: 'two bare fsyncs, p99', measured: { median: slow, min: slow, max: slow } };
  const asks = { of: 'figure', atMost: Math.max(GOAL_MS, slow + OWN_MS) } as const;
  return [
    figure('publish', since(published), 0.5),
    figure('publish', since(published), 0.99, { limit, asks, peakMb }),
    figure('on disk', since(durable), 0.99, { limit, asks }),
  ];
}
