import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { configured, rate, run, script, spread, start, wellwatch, whileRunning, type Workspace } from './harness.ts';
import { named } from './p1.ts';
import { leaveSession, type Message, publishAll } from './publisher.ts';
import type { Figure } from './report.ts';
import { lines, pumpOf } from './rows.ts';
import type { Sizes } from './sizes.ts';

const BARE_CLIENT = 'bare';
const CLIENT = 'wellwatch';
const POLL_MS = 2;
/** Nothing may stand still for this long. */
const STALL_MS = 60_000;

/** One drain of a session's backlog. Times from when the first bytes were written. */
interface Drain {
  readonly durableMs: number;
  readonly tableMs: number;
  readonly peakMb: number;
  readonly cpuMs: number;
}

/** P2: messages that wait in a persistent session of a real mosquitto → durable, and → in the table. */
export async function measureMqtt(workspace: Workspace, sizes: Sizes): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const rowsAMessage of sizes.rowsAMessage) {
    const broker = await startMosquitto({ config: ['persistence false'] });
    try {
      figures.push(...(await drainBacklogs({ workspace, broker, messages: sizes.messages, rowsAMessage, repeats: sizes.repeats })));
    } finally {
      await broker.stop();
    }
  }
  return figures;
}

interface Backlog {
  readonly workspace: Workspace;
  readonly broker: Mosquitto;
  readonly messages: number;
  readonly rowsAMessage: number;
  readonly repeats: number;
}

async function drainBacklogs(backlog: Backlog): Promise<Figure[]> {
  const { broker, messages, rowsAMessage, repeats } = backlog;
  await leaveSession(broker.url, BARE_CLIENT);
  await leaveSession(broker.url, CLIENT);
  const bare: Drain[] = [];
  const real: Drain[] = [];
  const rows = messages * rowsAMessage;
  for (let i = 0; i < repeats; i++) {
    const { bytes } = await publishAll(broker.port, readings(messages, rowsAMessage)); // both sessions get them
    bare.push(await drainBare(backlog, bytes + messages)); // it puts a line feed after each
    real.push(await drainReal(backlog));
  }
  const limit = { name: 'bare subscriber, durable', measured: spread(bare.map((each) => rate(rows, each.durableMs))) };
  const what = `${named(messages)} messages of ${rowsAMessage} row${rowsAMessage > 1 ? 's' : ''}`;
  const peakMb = Math.max(...real.map((each) => each.peakMb));
  return [
    {
      goal: 'P2',
      what: `${what} → durable`,
      unit: 'rows/s',
      peakMb,
      measured: spread(real.map((each) => rate(rows, each.durableMs))),
      limit,
      asks: { of: 'ratio', atLeast: 0.7 },
    },
    {
      goal: 'P2', what: `${what} → in the table`, unit: 'rows/s', cost: { rows, cpuMs: spread(real.map((each) => each.cpuMs)).median }, measured: spread(real.map((each) => rate(rows, each.tableMs))), limit,
    },
  ];
}

/** Messages of consecutive rows of one pump. */
function* readings(messages: number, rowsAMessage: number): Generator<Message> {
  const open = new Map<string, Buffer[]>();
  for (const line of lines({ rows: messages * rowsAMessage })) {
    const pump = pumpOf(line);
    let waiting = open.get(pump);
    if (!waiting) open.set(pump, (waiting = []));
    waiting.push(line);
    if (waiting.length < rowsAMessage) continue;
    yield { topic: `pumps/${pump}/readings`, payload: Buffer.concat(waiting) };
    waiting.length = 0;
  }
  for (const [pump, rest] of open) if (rest.length > 0) yield { topic: `pumps/${pump}/readings`, payload: Buffer.concat(rest) };
}

async function drainBare({ workspace, broker }: Backlog, expectedBytes: number): Promise<Drain> {
  const dir = workspace.folder();
  const file = join(dir, 'appended');
  const running = start([script('bare/subscriber'), broker.url, BARE_CLIENT, file]);
  const bytes = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const { firstAt, lastAt } = await whileRunning(running, growth(bytes, () => bytes() >= expectedBytes));
  await sleep(200); // the last PUBACKs
  running.stop();
  const { peakMb, cpuMs } = await running.ended;
  await expectDrained(broker, BARE_CLIENT);
  workspace.drop(dir);
  return { durableMs: lastAt - firstAt, tableMs: 0, peakMb, cpuMs };
}

async function drainReal({ workspace, broker, messages, rowsAMessage }: Backlog): Promise<Drain> {
  const dataDir = workspace.dataDir([]);
  const options = configured(dataDir, { directory: false, mqtt: { url: broker.url, clientId: CLIENT } });
  await run(wellwatch('run', '--once', ...options)); // makes the table
  const table = await openEmbeddedTable({ dir: join(dataDir, 'table'), mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now });
  const running = start(wellwatch('run', '--quiet', ...options));
  let tableAt = 0;
  const { firstAt, lastAt } = await whileRunning(running, growth(() => journalEnd(join(dataDir, 'journal')), async () => {
    if ((await table.counts()).mqtt.stored < messages * rowsAMessage) return false;
    tableAt = performance.now();
    return true;
  }));
  running.stop();
  const { peakMb, cpuMs } = await running.ended;
  await table.close();
  await expectDrained(broker, CLIENT);
  workspace.drop(dataDir);
  return { durableMs: lastAt - firstAt, tableMs: tableAt - firstAt, peakMb, cpuMs };
}

/** Watches a file that grows by what has just come: when that began, and when it was last seen to grow before `done`. */
async function growth(size: () => number, done: () => boolean | Promise<boolean>): Promise<{ firstAt: number; lastAt: number }> {
  let seen = size();
  let firstAt = 0;
  let lastAt = performance.now();
  for (;;) {
    const now = performance.now();
    const bytes = size();
    if (bytes !== seen) {
      firstAt ||= now;
      lastAt = now;
      seen = bytes;
    }
    if (await done()) return { firstAt, lastAt };
    if (now - lastAt > STALL_MS) throw new Error(`nothing was written for ${STALL_MS / 1000} s`);
    await sleep(POLL_MS);
  }
}

/** A number that rises with every commit of the journal. */
function journalEnd(dir: string): number {
  const last = readdirSync(dir).sort().at(-1);
  return last === undefined ? 0 : parseInt(last) * 2 ** 30 + statSync(join(dir, last)).size;
}

/** What was measured holds only if the broker got every PUBACK. */
async function expectDrained(broker: Mosquitto, clientId: string): Promise<void> {
  const client = await connectAsync(broker.url, { clientId, clean: false, protocolVersion: 4 });
  let redelivered = 0;
  client.on('message', () => redelivered++);
  await sleep(300);
  await client.endAsync();
  if (redelivered > 0) throw new Error(`the broker still had ${redelivered} messages for ${clientId}`);
}
