import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaProducer } from '../../ingest/receivers/kafka/producer.ts';
import { SharedTable } from '../../storage/hbase/shared/sharedTable.ts';
import { configured, type Running, spread, start, type Workspace, wellwatch } from './harness.ts';
import { measureKafka } from './kafka.ts';
import { named } from './p1.ts';
import type { Figure } from './report.ts';
import { lines, pumpOf, type Slice } from './rows.ts';
import type { Sizes } from './sizes.ts';

const PARTITIONS = 8;
const WORKERS = [1, 2, 4];
const RECORDS_A_SEND = 5000;
const LOOK_MS = 200;
/** So many a worker before it is measured: until then it is mostly its code that is compiled. */
const WARM_ROWS = 40_000;
/** As seen from dist/test/bench. */
const launcher = (name: string) => join(import.meta.dirname, `../../../deploy/${name}/${name}`);

interface Places {
  readonly broker: string;
  readonly url: string;
}

interface Fleet extends Places {
  readonly name: string;
  readonly workers: number;
  readonly rows: number;
}

/**
 * Workers of a fleet on this machine, on a real Kafka and a real HBase, which need most of its processors: so rows a second say nothing,
 * and what must not grow with the number of workers is the processor time that all of them take for a row.
 */
export function measureFleet(workspace: Workspace, { fleetRows: rows, repeats }: Sizes): Promise<Figure[]> {
  return withServices(workspace, async (places) => {
    const kafka = await measureKafka(workspace, { ...places, rows, repeats });
    const cpu = new Map(WORKERS.map((workers) => [workers, [] as number[]]));
    for (let i = 0; i < repeats; i++)
      for (const workers of WORKERS) cpu.get(workers)!.push(await measure(workspace, { ...places, rows, workers, name: `r${i}w${workers}` }));
    return [...kafka, ...cpuFigures(rows, cpu)];
  });
}

/** Of these only the forwarder and one worker, beside bare ones. */
export function measureBesideBare(workspace: Workspace, { fleetRows: rows, repeats }: Sizes): Promise<Figure[]> {
  return withServices(workspace, (places) => measureKafka(workspace, { ...places, rows, repeats }));
}

async function withServices(workspace: Workspace, measured: (places: Places) => Promise<Figure[]>): Promise<Figure[]> {
  const dirs = { kafka: workspace.folder(), hbase: workspace.folder() };
  try {
    const broker = execFileSync(launcher('kafka'), ['start', dirs.kafka, '0'], { encoding: 'utf8' }).trim();
    const url = execFileSync(launcher('hbase'), ['start', dirs.hbase, '0', '0'], { encoding: 'utf8' }).trim();
    return await measured({ broker, url });
  } finally {
    execFileSync(launcher('kafka'), ['kill', dirs.kafka]);
    execFileSync(launcher('hbase'), ['kill', dirs.hbase]);
  }
}

function cpuFigures(rows: number, cpu: ReadonlyMap<number, readonly number[]>): Figure[] {
  const seconds = (workers: number) => spread(cpu.get(workers)!.map((ms) => ms / 1000 / (rows / 1e6)));
  return WORKERS.map((workers): Figure => ({
    goal: 'fleet', what: `${named(rows)}, one a record, ${workers} ${workers === 1 ? 'worker' : 'workers'}`, unit: 'core s/M rows', measured: seconds(workers),
    ...(workers > 1 && { limit: { name: '1 worker', measured: seconds(1) }, asks: { of: 'ratio', atMost: 1.1 } as const }),
  }));
}

/** Processor time of all workers, ms, from when they are warm until all rows are stored. */
async function measure(workspace: Workspace, { broker, url, name, workers, rows }: Fleet): Promise<number> {
  const { Admin } = await import('@platformatic/kafka');
  const admin = new Admin({ clientId: 'bench', bootstrapBrokers: [broker], retries: 20, retryDelay: 250 });
  await admin.createTopics({ topics: [name], partitions: PARTITIONS, replicas: 1 });
  await admin.close();
  const table = new SharedTable({
    gateway: { url, timeoutMs: 30_000 }, table: name, ttl: { data: null, alerts: null }, now: Date.now, patienceMs: 60_000,
  });
  await table.recover();
  const crew = Array.from({ length: workers }, () => start(wellwatch('run', '--quiet', ...configured(
    workspace.folder(), { kafka: { brokers: [broker], topic: name } }, { store: { kind: 'hbase', shared: true, url, table: name } },
  ))));
  const cpuMs = () => crew.reduce((sum, worker) => sum + worker.cpuMs(), 0);
  try {
    await until(crew, async () => (await table.receipts()).receipts.length === PARTITIONS);
    const warm = WARM_ROWS * workers;
    const stored = (sum: number) => until(crew, async () => (await table.counts()).kafka.stored === sum);
    await produce({ broker, name, rows: warm, after: 0 });
    await stored(warm);
    await settled(cpuMs);
    const before = cpuMs();
    await produce({ broker, name, rows, after: warm });
    await stored(warm + rows);
    return cpuMs() - before;
  } finally {
    for (const worker of crew) worker.stop();
    await Promise.all(crew.map(({ ended }) => ended));
    await table.close();
  }
}

async function produce({ broker, name, ...slice }: Pick<Fleet, 'broker' | 'name'> & Slice): Promise<void> {
  const producer = await KafkaProducer.open({ brokers: [broker] }, { topic: name, clientId: 'bench' });
  let records: { key: string; value: string; headers: Record<string, string> }[] = [];
  const send = async () => {
    await producer.send(records);
    records = [];
  };
  for (const line of lines(slice)) {
    records.push({ key: pumpOf(line), value: line.toString().trimEnd(), headers: {} });
    if (records.length === RECORDS_A_SEND) await send();
  }
  if (records.length > 0) await send();
  await producer.close();
}

/** The workers share the partitions out until each has its own, and warm up. */
async function settled(cpuMs: () => number): Promise<void> {
  const QUIET_SHARE = 0.3;
  for (let before = cpuMs(), look = 0; look < 20; look++) {
    await sleep(1000);
    const now = cpuMs();
    if (look > 2 && now - before < QUIET_SHARE * 1000) return;
    before = now;
  }
}

async function until(crew: readonly Running[], holds: () => Promise<boolean>): Promise<void> {
  const died = Promise.race(crew.map(({ ended }) => ended.then(() => { throw new Error('a worker has ended'); })));
  died.catch(() => undefined);
  const wait = async () => {
    while (!(await holds())) await sleep(LOOK_MS);
  };
  await Promise.race([wait(), died]);
}
