import { setTimeout as sleep } from 'node:timers/promises';
import { MEASURES } from '../../domain/reading/measures.ts';
import { ReadingsBuffer } from '../../domain/reading/readings.ts';
import { readingKey } from '../../domain/reading/rowKey.ts';
import { Forwarder } from '../../ingest/forward/forwarder.ts';
import { HBaseClient } from '../../storage/hbase/gateway/client.ts';
import { SharedTable } from '../../storage/hbase/shared/sharedTable.ts';
import { configured, rate, spread, start, type Workspace, wellwatch } from './harness.ts';
import { type PlainRow, readRows } from './hbaseRows.ts';
import { named } from './p1.ts';
import type { Figure } from './report.ts';
import { csv, lines, pumpOf, write } from './rows.ts';

interface Places {
  readonly broker: string;
  readonly url: string;
}

export interface KafkaBench extends Places {
  readonly rows: number;
  readonly repeats: number;
}

const PARTITIONS = 4;
/** As the forwarder sends them, and as tables put them. */
const ROWS_A_SEND = 4096;
const ROWS_A_PUT = 2000;
const PUTS = 3;
const LOOK_MS = 20;
const NO_TTL = { data: null, alerts: null };
/** Until so much is stored a worker joins, takes over and compiles. */
const WARM_SHARE = 0.2;

/**
 * The forwarder beside a bare producer of the same client whose messages were ready before, and a worker beside a bare consumer that puts
 * bodies that were ready before, for as many rows as have come. In turn, in this one run; the first turn only warms up.
 */
export async function measureKafka(workspace: Workspace, { broker, url, rows, repeats }: KafkaBench): Promise<Figure[]> {
  const file = workspace.path('kafka.csv');
  write(file, csv({ rows }));
  const all = readRows(file);
  const ms = { forwarder: [] as number[], producer: [] as number[], worker: [] as number[], consumer: [] as number[] };
  for (let i = 0; i <= repeats; i++) {
    const topic = await newTopic(broker, `bare${i}`);
    const producer = await produce(broker, topic, rows);
    const forwarder = await forward(workspace, { broker, topic: await newTopic(broker, `forward${i}`) }, all);
    const worker = await work(workspace, { broker, url, topic, rows });
    const consumer = await consume({ broker, url, topic, table: `bare${i}` }, all);
    if (i === 0) continue;
    for (const [name, took] of Object.entries({ producer, forwarder, worker, consumer })) ms[name as keyof typeof ms].push(took);
  }
  const figure = (what: string, mine: readonly number[], name: string, bare: readonly number[]): Figure => ({
    goal: 'fleet', what: `${named(rows)} ${what}`, unit: 'rows/s', measured: spread(mine.map((one) => rate(rows, one))),
    limit: { name, measured: spread(bare.map((one) => rate(rows, one))) }, asks: { of: 'ratio', atLeast: 0.7 },
  });
  return [
    figure('forwarded', ms.forwarder, 'bare producer', ms.producer),
    figure('from Kafka to HBase, one worker', ms.worker, 'bare consumer and puts', ms.consumer),
  ];
}

async function newTopic(broker: string, name: string): Promise<string> {
  const { Admin } = await import('@platformatic/kafka');
  const admin = new Admin({ clientId: 'bench', bootstrapBrokers: [broker], retries: 20, retryDelay: 250 });
  await admin.createTopics({ topics: [name], partitions: PARTITIONS, replicas: 1 });
  await admin.close();
  return name;
}

async function produce(broker: string, topic: string, rows: number): Promise<number> {
  const { Producer, compatibilityPartitioner } = await import('@platformatic/kafka');
  const headers = new Map([[Buffer.from('site'), Buffer.from('bench')], [Buffer.from('source'), Buffer.from('kafka.csv')]]);
  const messages = [...lines({ rows })].map((line) => ({ topic, key: Buffer.from(pumpOf(line)), value: Buffer.from(line.toString().trimEnd()), headers }));
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [broker], idempotent: true, acks: -1, partitioner: compatibilityPartitioner });
  await producer.metadata({ topics: [topic] });
  const at = performance.now();
  for (let from = 0; from < messages.length; from += ROWS_A_SEND) await producer.send({ messages: messages.slice(from, from + ROWS_A_SEND) });
  const took = performance.now() - at;
  await producer.close();
  return took;
}

async function forward(workspace: Workspace, { broker, topic }: { readonly broker: string; readonly topic: string }, rows: readonly PlainRow[]): Promise<number> {
  const forwarder = new Forwarder({
    access: { brokers: [broker] }, topic, prefix: undefined, site: 'bench', dir: workspace.folder(), state: new Map(), now: Date.now, onLog: console.error,
  });
  const step = new ReadingsBuffer(ROWS_A_SEND);
  for (let from = 0; from < rows.length; from += ROWS_A_SEND) {
    step.clear();
    const source = step.origins.note({ key: 'kafka.csv', name: 'kafka.csv', digest: null });
    for (const { pump, time, values } of rows.slice(from, from + ROWS_A_SEND)) {
      const row = step.length++;
      step.pump[row] = step.pumps.numberOf(pump);
      step.time[row] = time;
      step.receivedAt[row] = 1;
      step.origins.source[row] = source;
      values.forEach((value, column) => { step.values[column][row] = value; });
    }
    forwarder.decided(step, new Uint8Array(step.length));
    forwarder.committed();
  }
  const at = performance.now();
  forwarder.start();
  while (forwarder.status().waiting > 0) await sleep(LOOK_MS / 10);
  const took = performance.now() - at;
  await forwarder.close();
  return took;
}

/** From when a worker is warm until all is stored, as if it had been so from the beginning. */
async function work(workspace: Workspace, { broker, url, topic, rows }: Places & { readonly topic: string; readonly rows: number }): Promise<number> {
  const name = `worker_${topic}`;
  const table = new SharedTable({ gateway: { url, timeoutMs: 30_000 }, table: name, ttl: NO_TTL, now: Date.now, patienceMs: 60_000 });
  await table.recover();
  const worker = start(wellwatch('run', '--quiet', ...configured(
    workspace.folder(), { kafka: { brokers: [broker], topic } }, { store: { kind: 'hbase', shared: true, url, table: name } },
  )));
  const died = worker.ended.then(() => { throw new Error('the worker has ended'); });
  died.catch(() => undefined);
  const stored = async (least: number) => {
    for (;;) {
      const { kafka } = await table.counts();
      if (kafka.stored >= least) return kafka.stored;
      await sleep(LOOK_MS);
    }
  };
  try {
    const before = await Promise.race([stored(rows * WARM_SHARE), died]);
    const at = performance.now();
    await Promise.race([stored(rows), died]);
    return (performance.now() - at) * (rows / Math.max(1, rows - before));
  } finally {
    worker.stop();
    await worker.ended.catch(() => undefined);
    await table.close();
  }
}

async function consume({ broker, url, topic, table }: Places & { readonly topic: string; readonly table: string }, rows: readonly PlainRow[]): Promise<number> {
  const { Consumer, MessagesStreamModes } = await import('@platformatic/kafka');
  const client = new HBaseClient({ gateway: { url, timeoutMs: 30_000 }, table, patienceMs: 60_000 });
  await client.ensureTable(NO_TTL);
  const bodies = bodiesOf(rows);
  const consumer = new Consumer({ clientId: 'bench', groupId: table, bootstrapBrokers: [broker] });
  const at = performance.now();
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST, autocommit: false });
  const under = new Set<Promise<void>>();
  let got = 0;
  for await (const _ of stream) {
    got++;
    if (got % ROWS_A_PUT !== 0 && got !== rows.length) continue;
    const put: Promise<void> = client.put(bodies[Math.ceil(got / ROWS_A_PUT) - 1]).finally(() => under.delete(put));
    under.add(put);
    if (under.size >= PUTS) await Promise.race(under);
    if (got === rows.length) break;
  }
  await Promise.all(under);
  const took = performance.now() - at;
  await Promise.resolve(consumer.close(true));
  client.close();
  return took;
}

function bodiesOf(rows: readonly PlainRow[]): Buffer[] {
  const columns = MEASURES.map((measure) => Buffer.from(`data:${measure}`).toString('base64'));
  const value = Buffer.alloc(8);
  const cells = rows.map(({ pump, time, values }) => ({
    key: Buffer.from(readingKey(pump, time)).toString('base64'),
    Cell: values.map((one, column) => {
      value.writeDoubleBE(one);
      return { column: columns[column], timestamp: 1, $: value.toString('base64') };
    }),
  }));
  return Array.from({ length: Math.ceil(cells.length / ROWS_A_PUT) }, (_, i) =>
    Buffer.from(JSON.stringify({ Row: cells.slice(i * ROWS_A_PUT, (i + 1) * ROWS_A_PUT) })));
}
