import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Admin, compatibilityPartitioner, Producer } from '@platformatic/kafka';
import { KafkaTopic } from '../../ingest/receivers/kafka/topic.ts';

const LAUNCHER = fileURLToPath(new URL('../../deploy/kafka/kafka', import.meta.url));
/** One of the tests lives for a minute: to compile its code well would cost more than it gains. */
const JAVA = { JAVA_TOOL_OPTIONS: `${process.env.JAVA_TOOL_OPTIONS ?? ''} -XX:TieredStopAtLevel=1`.trim() };

/** The time limit, in ms, of a hook that awaits a Kafka: seconds as a rule, a minute on a busy machine. */
export const KAFKA_START_MS = 180_000;

const check = spawnSync(LAUNCHER, ['check'], { encoding: 'utf8' });

/** Whether this machine can start a Kafka. Where CI=true it has to: a skipped test proves nothing there. */
export const hasKafka = check.status === 0;

if (!hasKafka) {
  const reason = check.error?.message ?? check.stderr.trim();
  if (process.env.CI === 'true') throw new Error(reason);
  console.warn(`the tests with a real Kafka are skipped: ${reason}`);
}

/** A record to send; without a partition it is the key that says which. */
export interface Sent {
  readonly key?: string;
  readonly value: string | Buffer;
  readonly partition?: number;
  /** By the producer's clock, ms since 1970-01-01T00:00Z. */
  readonly timestamp?: number;
}

/** A record as it came. */
export interface Received {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly site: string;
  readonly source: string;
}

/** A real Kafka for the tests of a file. */
export class TestKafka {
  /** `127.0.0.1:PORT`. */
  readonly broker: string;
  readonly admin: Admin;
  readonly #dir: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #producer: Producer;
  #topics = 0;

  constructor(broker: string, dir: string, env: NodeJS.ProcessEnv) {
    this.broker = broker;
    this.#dir = dir;
    this.#env = env;
    const options = { clientId: 'tests', bootstrapBrokers: [broker], retries: 20, retryDelay: 250 };
    this.admin = new Admin(options);
    this.#producer = new Producer({ ...options, partitioner: compatibilityPartitioner, idempotent: true });
  }

  /** Makes a topic that nobody has and gives its name. */
  async topic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `topic-${process.pid}-${(this.#topics += 1)}`;
    const list = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    await this.admin.createTopics({ topics: [name], partitions, replicas: 1, configs: list });
    return name;
  }

  /** Sends records in order; resolves when Kafka has them. */
  async send(topic: string, records: readonly Sent[]): Promise<void> {
    const messages = records.map(({ key, value, partition, timestamp }) => ({
      topic, value: Buffer.from(value), ...(key !== undefined && { key: Buffer.from(key) }), ...(partition !== undefined && { partition }),
      ...(timestamp !== undefined && { timestamp: BigInt(timestamp) }),
    }));
    await this.#producer.send({ messages, acks: -1 });
  }

  /** All records of a topic, by partition in order. */
  async records(name: string): Promise<Received[]> {
    const topic = await KafkaTopic.open({ brokers: [this.broker] }, { topic: name, group: 'tests', clientId: 'tests' });
    try {
      const { id, leaders } = await topic.layout(true);
      const found: Received[] = [];
      for (const [partition, leader] of leaders.entries()) {
        const [answer] = await topic.fetch(leader, id, new Map([[partition, 0]]));
        for (const { key, value, headers } of (answer.records ?? []).flatMap(({ records }) => records)) {
          const header = (wanted: string) => headers.find(([each]) => String(each) === wanted)?.[1]?.toString() ?? '';
          found.push({ partition, key: String(key), value: String(value), site: header('site'), source: header('source') });
        }
      }
      return found;
    } finally {
      await topic.close();
    }
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await run('kill', this.#dir, this.#env);
  }

  /** Starts it again, on the same port and data. */
  async restart(): Promise<void> {
    await run('start', this.#dir, this.#env);
  }

  /** Ends it for good and removes its data. */
  async stop(): Promise<void> {
    await (async () => this.#producer.close(true))();
    await this.admin.close();
    await this.kill();
    await rm(this.#dir, { recursive: true, maxRetries: 3 });
  }
}

/** More lines of server settings, and a user: `SCRAM-SHA-512=[name=NAME,password=PASSWORD]`. */
export interface KafkaTestOptions {
  readonly settings?: readonly string[];
  readonly scram?: string;
}

/** Starts a Kafka on a free port. Await it with KAFKA_START_MS, and `stop` it. */
export async function startKafka({ settings = [], scram }: KafkaTestOptions = {}): Promise<TestKafka> {
  const dir = mkdtempSync(join(tmpdir(), 'wellwatch-kafka-'));
  const file = join(dir, 'more.properties');
  writeFileSync(file, settings.map((line) => `${line}\n`).join(''));
  const env = { ...process.env, ...JAVA, KAFKA_SETTINGS: file, ...(scram && { KAFKA_SCRAM: scram }) };
  // A run of tests that is killed tears nothing down itself.
  const watch = 'while kill -0 "$1" 2>/dev/null; do sleep 2; done; [ ! -d "$3" ] || "$2" kill "$3"; rm -rf "$3"';
  spawn('sh', ['-c', watch, 'watch', String(process.pid), LAUNCHER, dir], { detached: true, stdio: 'ignore' }).unref();
  return new TestKafka(await run('start', dir, env, '0'), dir, env);
}

async function run(verb: string, dir: string, env: NodeJS.ProcessEnv, ...more: string[]): Promise<string> {
  return (await promisify(execFile)(LAUNCHER, [verb, dir, ...more], { env })).stdout.trim();
}
