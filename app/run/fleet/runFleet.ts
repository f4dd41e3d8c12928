import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { addCounts, type Counts, NO_COUNTS } from '../../../domain/balance.ts';
import { AppError, messageOf } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { Reference } from '../../../domain/pump/reference.ts';
import type { JobListener } from '../../../ingest/job/job.ts';
import { Formats } from '../../../ingest/receivers/formats.ts';
import { GroupMember } from '../../../ingest/receivers/kafka/member.ts';
import { KafkaTopic } from '../../../ingest/receivers/kafka/topic.ts';
import type { SharedTable } from '../../../storage/hbase/shared/sharedTable.ts';
import { kafkaAccess } from '../../config/kafkaAccess.ts';
import type { KafkaReceiverConfig } from '../../config/types.ts';
import { sharedOptions, type WithHBase } from '../../store/openHBase.ts';
import type { FromJob } from '../jobMessages.ts';
import type { Orders } from '../orders.ts';
import { watchReceivers } from '../receiverNews.ts';
import { FleetReceiver } from './fleetReceiver.ts';
import { PartitionJob } from './partitionJob.ts';
import { WindowsTogether } from './windowsTogether.ts';
import { workerName } from './workerName.ts';

export interface FleetOptions {
  readonly config: WithHBase;
  readonly kafka: KafkaReceiverConfig;
  readonly once: boolean;
  /** Where the worker says how it is. */
  readonly table: SharedTable;
  readonly orders: Orders;
  readonly reference: () => Reference;
  readonly listener: JobListener;
  readonly now: () => number;
  readonly post: (message: FromJob) => void;
  readonly onLog: (event: LogEvent) => void;
}

/** The group believes so long in a worker that it does not hear of. */
const SESSION_MS = 10_000;
const LOOK_MS = 200;
/** So often it is asked how many partitions the topic has. */
const LAYOUT_MS = 10_000;
const ONCE_PATIENCE_MS = 60_000;
const AGAIN_MS = 1000;
/** So often a worker says how it is. */
const SAY_MS = 2000;

/**
 * A worker: the group gives it partitions of the topic, and each of them has a job of its own, which takes the partition's ledger over
 * before it does anything. A partition that another worker has taken is dropped, and taken again only when the group has said since that
 * it is ours.
 *
 *   group ── these are yours ──► wanted ── #look ──► a PartitionJob for each, none for the others
 *                                             ▲            │ fenced: dropped until the group is heard again
 *                                             └────────────┘ done (--once): all is taken
 */
export async function runFleet(options: FleetOptions): Promise<Counts> {
  const worker = new Worker(options, await Formats.of(options.config.formats, options.config.site.timezone));
  return worker.run();
}

interface Running {
  readonly job: PartitionJob;
  readonly ended: Promise<void>;
}

class Worker {
  readonly #options: FleetOptions;
  readonly #formats: Formats;
  readonly #name = workerName();
  readonly #member: GroupMember;
  readonly #receiver: FleetReceiver;
  readonly #windows: WindowsTogether;
  readonly #running = new Map<number, Running>();
  /** Partitions that are not to be taken up before the group is heard again, and since when. */
  readonly #dropped = new Map<number, number>();
  readonly #done = new Set<number>();
  #wanted: readonly number[] | undefined;
  readonly #startedAt = Date.now();
  #isSaying = false;
  #partitions = 0;
  #counts = NO_COUNTS;
  #failure: Error | undefined;

  constructor(options: FleetOptions, formats: Formats) {
    const { kafka: { topic, group }, kafka, onLog, post } = options;
    this.#options = options;
    this.#formats = formats;
    this.#member = new GroupMember({
      access: kafkaAccess('receivers.kafka', kafka), topic, group, clientId: 'wellwatch', sessionMs: SESSION_MS, onLog,
      onAssigned: (partitions) => this.#assign(partitions),
    });
    this.#receiver = new FleetReceiver(kafka, () => Array.from(this.#running.values(), ({ job }) => job.status()));
    this.#windows = new WindowsTogether((window) => post({ kind: 'window', window }));
  }

  async run(): Promise<Counts> {
    const { orders: { stop }, post, once } = this.#options;
    await this.#askPartitions(true);
    if (stop.aborted) return NO_COUNTS;
    this.#member.start();
    post({ kind: 'recovered' });
    const news = watchReceivers([this.#receiver], post);
    const saying = setInterval(() => void this.#say(), SAY_MS);
    let askedAt = performance.now();
    try {
      while (!stop.aborted && this.#failure === undefined && !(once && this.#isAllDone())) {
        this.#look();
        await sleep(LOOK_MS);
        if (performance.now() - askedAt < LAYOUT_MS) continue;
        askedAt = performance.now();
        await this.#askPartitions(false);
      }
    } finally {
      await this.#end();
      clearInterval(saying);
      await this.#say(true);
      news.stop();
    }
    if (this.#failure !== undefined) throw this.#failure;
    return this.#counts;
  }

  /** Partitions end before the group hears of it, so that the next worker finds them released. */
  async #end(): Promise<void> {
    for (const { job } of this.#running.values()) job.stop();
    await Promise.all(Array.from(this.#running.values(), ({ ended }) => ended));
    await this.#member.close();
  }

  #assign(partitions: readonly number[]): void {
    this.#wanted = partitions;
    this.#done.clear();
    this.#options.onLog({ level: 'info', message: `Kafka: the group gives this worker ${partitionsText(partitions)} of ${this.#partitions}` });
    this.#look();
  }

  /** Begins and ends jobs, so that each partition that is ours has one. */
  #look(): void {
    const wanted = new Set(this.#failure || this.#options.orders.stop.aborted ? [] : this.#wanted);
    for (const [partition, { job }] of this.#running) if (!wanted.has(partition)) job.stop();
    for (const partition of wanted) {
      if (this.#running.has(partition) || this.#done.has(partition)) continue;
      if ((this.#dropped.get(partition) ?? -Infinity) >= this.#member.heardAt - AGAIN_MS) continue;
      this.#dropped.delete(partition);
      this.#begin(partition);
    }
  }

  #begin(partition: number): void {
    const { config, kafka, once, reference, listener, now, onLog } = this.#options;
    const job = new PartitionJob({
      config, kafka, partition, once, reference, listener, now, onLog, partitions: this.#partitions, worker: this.#name, formats: this.#formats,
      access: kafkaAccess('receivers.kafka', kafka),
      store: sharedOptions(config, { patienceMs: once ? ONCE_PATIENCE_MS : Infinity, onLog }),
      maxRate: () => config.limits.maxRate / Math.max(1, this.#running.size),
      onWindow: (window) => this.#windows.add(partition, window),
      tell: (offsets) => this.#member.tell(offsets),
    });
    const ended = job.run().then(
      (end) => {
        if (end === 'done') this.#done.add(partition);
        if (end === 'fenced') this.#drop(partition);
      },
      (error: unknown) => void (this.#failure ??= error instanceof Error ? error : new Error(messageOf(error))),
    ).finally(() => {
      this.#counts = addCounts(this.#counts, job.counts ?? NO_COUNTS);
      this.#running.delete(partition);
      this.#windows.drop(partition);
    });
    this.#running.set(partition, { job, ended });
  }

  #drop(partition: number): void {
    this.#dropped.set(partition, Date.now());
    const { kafka: { topic }, onLog } = this.#options;
    onLog({ level: 'warn', message: `Kafka: partition ${partition} of ${topic} has been taken over by another worker, and is dropped here: nothing is lost, and nothing stored twice` });
  }

  /** Tells the fleet how this worker is. That nobody could hear it costs nothing but the picture. */
  async #say(gone = false): Promise<void> {
    const { table, config: { http }, now, onLog } = this.#options;
    const { state, lastError, partitions } = this.#receiver.status();
    const said = {
      name: this.#name, host: hostname(), pid: process.pid, startedAt: this.#startedAt, at: now(), state, lastError,
      http: http && http.port !== 0 ? `http://${http.host}:${http.port}` : null, partitions: partitions.map(({ partition, lag }) => ({ partition, lag })),
    };
    if (table.away() !== undefined || this.#isSaying) return;
    this.#isSaying = true;
    await table.hear(said, gone).catch((error: unknown) => onLog({ level: 'debug', message: `the fleet could not be told how this worker is: ${messageOf(error)}` }));
    this.#isSaying = false;
  }

  #isAllDone(): boolean {
    return this.#wanted !== undefined && this.#running.size === 0 && this.#wanted.every((partition) => this.#done.has(partition));
  }

  /** How many partitions the topic has; waits for a cluster that is away with `first`. Throws CONFIG when it has others than before. */
  async #askPartitions(first: boolean): Promise<void> {
    const { kafka, orders: { stop }, onLog, once } = this.#options;
    const { topic: name, group } = kafka;
    const since = performance.now();
    for (let told = false; !stop.aborted; told = true) {
      const topic = await KafkaTopic.open(kafkaAccess('receivers.kafka', kafka), { topic: name, group, clientId: 'wellwatch' });
      try {
        const { length } = (await topic.layout(true)).leaders;
        if (!first && length !== this.#partitions) throw changed(name, this.#partitions, length);
        this.#partitions = length;
        return;
      } catch (error) {
        if (!first && error instanceof AppError) throw error;
        if (!first) return;
        if (once && performance.now() - since > ONCE_PATIENCE_MS) throw new AppError('BROKER_UNAVAILABLE', `Kafka does not tell of topic ${name}: ${messageOf(error)}`);
        if (!told) onLog({ level: 'warn', message: `Kafka: topic ${name} can't be reached, and is tried again: ${messageOf(error)}` });
      } finally {
        await topic.close();
      }
      await sleep(AGAIN_MS);
    }
  }
}

function partitionsText(partitions: readonly number[]): string {
  if (partitions.length === 0) return 'no partition';
  return `${partitions.length === 1 ? 'partition' : 'partitions'} ${[...partitions].sort((a, b) => a - b).join(', ')}`;
}

function changed(topic: string, before: number, now: number): AppError {
  return new AppError(
    'CONFIG',
    `receivers.kafka.topic: ${topic} had ${before} partitions and has ${now} now, so that rows of a pump may lie in two of them. Make a topic with ` +
      'the new number, send to that, and read the old one to its end first',
  );
}
