import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compatibilityPartitioner, Producer } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { balance, type Counts } from '../../../../domain/balance.ts';
import type { LogEvent } from '../../../../domain/logEvent.ts';
import { NO_REFERENCE } from '../../../../domain/pump/reference.ts';
import { ReceiptClock } from '../../../../domain/reading/receiptClock.ts';
import { csvDecoder } from '../../../../ingest/decode/csv/csvDecoder.ts';
import { StepBuffer } from '../../../../ingest/decode/stepBuffer.ts';
import { runJob } from '../../../../ingest/job/job.ts';
import { ReceiptOrder } from '../../../../ingest/job/receiptOrder.ts';
import { Wake } from '../../../../ingest/job/wake.ts';
import { JournalSource } from '../../../../ingest/receivers/journalSource.ts';
import { partitionOfKey } from '../../../../ingest/receivers/kafka/keyPartition.ts';
import { GroupMember } from '../../../../ingest/receivers/kafka/member.ts';
import { type KafkaOptions, KafkaReceiver } from '../../../../ingest/receivers/kafka/receiver.ts';
import { openEmbeddedTable } from '../../../../storage/embedded/table.ts';
import { newestReceipt } from '../../../../storage/table/state.ts';
import type { Table } from '../../../../storage/table/table.ts';
import { certificatesForTests } from '../../../support/certificates.ts';
import { jsonLines, runCommand } from '../../../support/command.ts';
import { dropFile } from '../../../support/inbox.ts';
import { freePort } from '../../../support/freePort.ts';
import { hasKafka, KAFKA_START_MS, startKafka, type TestKafka } from '../../../support/kafka.ts';
import { runProgram, startProgram } from '../../../support/program.ts';
import { LOW_PSI } from '../../../support/rules.ts';
import { minutes } from '../../../support/runningSite.ts';
import { until } from '../../../support/waiting.ts';

test('a key lies in the partition where producers with the standard partitioner put it', () => {
  for (let i = 0; i < 300; i++) {
    const key = 'pümp-\u{1f6a6}'.repeat(1 + (i % 4)) + String(i * 7919).slice(0, i % 6);
    for (const partitions of [1, 4, 64, 1000]) {
      const hash = compatibilityPartitioner({ topic: 't', key: Buffer.from(key) }, Buffer.from(key));
      expect(partitionOfKey(key, partitions)).toBe(hash % partitions);
    }
  }
});

describe.skipIf(!hasKafka)('Kafka', { timeout: 120_000 }, () => {
  const certificates = certificatesForTests();
  let kafka: TestKafka;
  let secured = '';
  let dir = '';
  const dirs: string[] = [];
  const jobs = new Set<Job>();

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'wellwatch-'));
    dirs.push(dir);
    writeFileSync(join(dir, 'broker.pem'), certificates.pem('server.key') + certificates.pem('server.pem'));
    const port = await freePort();
    secured = `127.0.0.1:${port}`;
    kafka = await startKafka({
      scram: 'SCRAM-SHA-512=[name=wellwatch,password=secret]',
      settings: [
        `listeners=PLAINTEXT://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CONTROLLER_PORT@,SASL_SSL://${secured}`,
        `advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@,SASL_SSL://${secured}`,
        'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512',
        'listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_wellwatch="secret";',
        'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;',
        'ssl.keystore.type=PEM', `ssl.keystore.location=${join(dir, 'broker.pem')}`,
        'ssl.truststore.type=PEM', `ssl.truststore.location=${certificates.path('ca.pem')}`,
        'listener.name.sasl_ssl.ssl.client.auth=required',
      ],
    });
  }, KAFKA_START_MS);
  afterEach(async () => {
    for (const job of jobs) await job.stop();
  });
  afterAll(async () => {
    await kafka?.stop();
    for (const each of dirs) rmSync(each, { recursive: true, force: true });
  });

  /** A fresh folder for a table. */
  const folder = () => {
    const fresh = mkdtempSync(join(tmpdir(), 'wellwatch-'));
    dirs.push(fresh);
    return fresh;
  };
  const start = async (topic: string, options: Partial<JobOptions> = {}) => {
    const job = await Job.start({ topic, dir: options.dir ?? folder(), brokers: [kafka.broker], ...options });
    jobs.add(job);
    return job;
  };
  /** Takes what is there, to the end. */
  const take = async (topic: string, options: Partial<JobOptions> = {}) => {
    const job = await start(topic, { ...options, once: true });
    return { job, counts: balance(await job.ended(), 0) };
  };

  test('rows of several partitions are taken once, however small the steps and however often the job begins anew', async () => {
    const topic = await kafka.topic(4);
    const rows = ['COHUTTA', 'NANTAHALLA', 'MOJO', 'LAGNAPPE'].map((pump) => minutes(pump, '2026-01-01T00:00', Array.from({ length: 50 }, (_, i) => i)));
    // One row a record, and many.
    await kafka.send(topic, rows.flatMap((lines, partition) => lines.slice(0, 10).map((value) => ({ value, partition }))));
    await kafka.send(topic, rows.map((lines, partition) => ({ value: lines.slice(10).join('\n'), partition })));
    const where = folder();
    let stored = 0;
    for (let run = 0; run < 3; run++) {
      const job = await start(topic, { dir: where, maxRows: 7, maxRate: 2000 });
      await until(async () => job.stored > 20 || stored + job.stored === 200);
      await job.stop();
      stored += job.stored;
    }
    const { counts } = await take(topic, { dir: where, maxRows: 7 });
    expect(stored + counts.stored).toBe(200);
    expect(counts).toMatchObject({ duplicate: 0, rejected: 0 });
    expect((await take(topic, { dir: where })).counts.received).toBe(0);
  });

  test('a record that can\'t be read is a reject with topic, partition and offset, and holds up nothing', async () => {
    const topic = await kafka.topic();
    const [good, later] = minutes('COHUTTA', '2026-01-01T00:00', [80, 3]);
    await kafka.send(topic, [good, `${later}\nCOHUTTA,2026-01-01,00:02,abc`, '', Buffer.from([0, 1, 2, 0xff])].map((value) => ({ value })));
    const { job, counts } = await take(topic);
    expect(counts).toMatchObject({ received: 5, stored: 2, rejected: 3, alerts: 1 });
    const rejects = await job.rejects();
    expect(rejects.map(({ source, line }) => `${source} line ${line}`)).toEqual([
      `kafka:${topic}/0@1 line 2`, `kafka:${topic}/0@2 line 1`, `kafka:${topic}/0@3 line 1`,
    ]);
    // The same text in another record is another reject; the same record is not listed twice.
    await kafka.send(topic, [{ value: '' }]);
    const again = await take(topic, { dir: job.dir });
    expect(again.counts.rejected).toBe(1);
    expect((await again.job.rejects()).length).toBe(4);
  });

  test('records that are gone are told of, what a transaction took back is not taken, and offsets with gaps end', async () => {
    const topic = await kafka.topic();
    const rows = minutes('COHUTTA', '2026-01-01T00:00', [80, 81, 82, 83, 84]);
    await kafka.send(topic, rows.slice(0, 1).map((value) => ({ value })));
    const { job } = await take(topic);
    await kafka.send(topic, rows.slice(1, 3).map((value) => ({ value })));
    await kafka.admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 2n }] }] });
    const producer = new Producer({
      clientId: 'tests', bootstrapBrokers: [kafka.broker], transactionalId: topic, idempotent: true, retries: 5, partitioner: () => 0,
    });
    for (const end of ['abort', 'abort', 'commit'] as const) {
      const transaction = await beginTransaction(producer);
      await transaction.send({ messages: [{ topic, value: Buffer.from(end === 'abort' ? rows[3] : rows[4]) }] });
      await transaction[end]();
    }
    await producer.close();
    const { job: second, counts } = await take(topic, { dir: job.dir });
    expect(counts).toMatchObject({ received: 2, stored: 2 });
    expect(await second.times('COHUTTA')).toEqual(['00:00', '00:02', '00:04']);
    const told = `records 1 to 1 of partition 0 of topic ${topic} were deleted in Kafka before they were read`;
    expect(second.events).toContainEqual({ level: 'error', message: expect.stringContaining(told) as string });
    expect(second.receiver.status()).toMatchObject({ lag: 0, lastError: expect.stringContaining(told) as string });
  });

  test('a step that is done anew has the records of one partition that it had, received when Kafka got them', async () => {
    const topic = await kafka.topic(2, { 'message.timestamp.type': 'LogAppendTime' });
    const values = minutes('COHUTTA', '2026-01-01T00:00', [80, 81, 82, 83, 84, 85]);
    for (const value of [...values.slice(0, 5), `${values[5]}\n${values[0]}`]) await kafka.send(topic, [{ value, partition: 1, timestamp: 1 }, { value, partition: 0 }]);
    const taken = async (again?: KafkaOptions['again']) => {
      const receiver = new KafkaReceiver({
        access: { brokers: [kafka.broker] }, topic, group: 'again', decoder: csvDecoder, partition: 1, receivedAt: 'record', again, state: new Map(),
        clock: new ReceiptClock(ReceiptClock.shared(), () => 1), now: () => 1, patienceMs: Infinity, onLog: () => undefined, onNews: () => undefined,
      });
      receiver.start();
      const buffer = new StepBuffer(100);
      const state = {};
      try {
        await until(() => receiver.hasMore && receiver.settling === 0);
        await receiver.take({ buffer, state });
        return { receivedAt: Array.from(buffer.readings.receivedAt.subarray(0, buffer.readings.length)), state: state as Record<string, { id: string; offset: number; inRecord?: { line: number } }> };
      } finally {
        await receiver.close();
      }
    };
    const whole = await taken();
    expect([whole.receivedAt.length, whole.state[`kafka:${topic}/1`].offset]).toEqual([7, 6]);
    expect(Math.min(...whole.receivedAt)).toBeGreaterThan(Date.now() - 600_000);
    expect(whole.receivedAt).toEqual([...whole.receivedAt].sort((a, b) => a - b));
    // Six rows end in the middle of the last record, four between two.
    for (const size of [4, 6]) {
      const name = `kafka:${topic}/1`;
      const position = { [name]: { ...whole.state[name], offset: size - (size === 6 ? 1 : 0) } };
      const part = await taken({ size, position });
      expect(part.receivedAt).toEqual(whole.receivedAt.slice(0, size));
      expect(part.state[name]).toMatchObject({ offset: size === 6 ? 5 : 4 });
      expect(part.state[name].inRecord !== undefined).toBe(size === 6);
    }
  });

  test('members of a group share the partitions out, and the others have those of one that goes', async () => {
    const topic = await kafka.topic(4);
    const shares = [new Array<number>(), new Array<number>()];
    const members = shares.map((_, i) => new GroupMember({
      access: { brokers: [kafka.broker] }, topic, group: `group-${topic}`, clientId: 'tests', sessionMs: 20_000,
      onAssigned: (partitions) => { shares[i] = [...partitions]; }, onLog: () => undefined,
    }));
    try {
      for (const member of members) member.start();
      await until(() => shares.every(({ length }) => length === 2));
      expect(shares.flat().sort()).toEqual([0, 1, 2, 3]);
      expect(members[0].heardAt).toBeGreaterThan(0);
      await members[0].tell(new Map([[shares[0][0], 0]]));
      await members[1].close();
      await until(() => shares[0].length === 4);
    } finally {
      await Promise.all(members.map((member) => member.close()));
    }
  });

  test('new partitions are read from their beginning, and a topic that was made anew is read anew', async () => {
    const topic = await kafka.topic();
    const [first, second, third] = minutes('COHUTTA', '2026-01-01T00:00', [80, 81, 82]);
    await kafka.send(topic, [{ value: first }]);
    const job = await start(topic);
    await until(async () => job.stored === 1);
    await kafka.admin.createPartitions({ topics: [{ name: topic, count: 2, assignments: null }] });
    await kafka.send(topic, [{ value: second, partition: 1 }]);
    await until(async () => job.stored === 2);
    const id = (await kafka.admin.metadata({ topics: [topic] })).topics.get(topic)!.id;
    await job.stop();
    await kafka.admin.deleteTopics({ topics: [topic] });
    await kafka.admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    const idNow = async () => (await kafka.admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(topic)!.id;
    await until(async () => (await idNow().catch(() => id)) !== id);
    await kafka.send(topic, [{ value: third }]);
    const { job: after, counts } = await take(topic, { dir: job.dir });
    expect(counts).toMatchObject({ received: 1, stored: 1 });
    expect(after.events.map(({ message }) => message)).toContainEqual(expect.stringContaining('was made anew') as string);
  });

  test('a broker that dies and comes back costs nothing but time', async () => {
    const topic = await kafka.topic(2);
    const rows = minutes('COHUTTA', '2026-01-01T00:00', Array.from({ length: 40 }, (_, i) => i));
    await kafka.send(topic, rows.slice(0, 20).map((value, i) => ({ value, partition: i % 2 })));
    const job = await start(topic);
    await until(async () => job.stored === 20);
    await kafka.kill();
    await until(async () => job.receiver.status().state === 'reconnecting');
    expect(job.events).toContainEqual({ level: 'warn', message: expect.stringContaining(`topic ${topic} can't be read, and is tried again`) as string });
    await kafka.restart();
    await kafka.send(topic, rows.slice(20).map((value, i) => ({ value, partition: i % 2 })));
    await until(async () => job.stored === 40);
    expect(job.receiver.status()).toMatchObject({ state: 'connected' });
    expect(balance(await job.stop(), 0)).toMatchObject({ received: 40, duplicate: 0 });
  });

  test('a cluster that stays away ends a run that has to end, with nothing lost', async () => {
    const job = await start('nowhere', { once: true, brokers: [`127.0.0.1:${await freePort()}`], patienceMs: 300 });
    jobs.delete(job);
    await expect(job.ended()).rejects.toThrow(/has not answered for a minute: .*Nothing is lost/);
  });

  test('it is signed in with TLS, a certificate and a user; what is refused is told with what to do', async () => {
    const topic = await kafka.topic();
    await kafka.send(topic, minutes('COHUTTA', '2026-01-01T00:00', [80]).map((value) => ({ value })));
    const tls = { ca: certificates.pem('ca.pem'), cert: certificates.pem('client.pem'), key: certificates.pem('client.key') };
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-512'] as const) {
      const sasl = { mechanism, username: 'wellwatch', password: 'secret' };
      expect((await take(topic, { brokers: [secured], access: { tls, sasl } })).counts.stored).toBe(1);
      const wrong = await start(topic, { brokers: [secured], access: { tls, sasl: { ...sasl, password: 'guess' } } });
      await until(async () => wrong.receiver.status().state === 'refused');
      expect(wrong.receiver.status().lastError).toContain('user or password is wrong: correct sasl.username');
    }
    const stranger = await start(topic, { brokers: [secured], access: { tls: { ca: certificates.pem('stranger.pem') } } });
    await until(async () => stranger.receiver.status().lastError !== null);
    expect(stranger.receiver.status()).toMatchObject({ state: 'reconnecting', lastError: expect.stringContaining('certificate') as string });
  });

  test('stored rows are forwarded in order, once Kafka is there, and what was acknowledged is not sent again', async () => {
    const topic = await kafka.topic(2);
    const cwd = folder();
    const env = {
      WELLWATCH_FORWARD_BROKERS: kafka.broker, WELLWATCH_FORWARD_TOPIC: topic, WELLWATCH_FORWARD_PREFIX: 'NORTH',
      WELLWATCH_SITE_NAME: 'North field', WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_SUMMARY: 'false',
    };
    const inbox = join(cwd, 'var/inbox');
    const once = async (more: Record<string, string> = {}) => (await runProgram(['run', '--once'], { cwd, env: { ...env, ...more } })).code;
    const first = [...minutes('COHUTTA', '2026-01-01T00:00', [80, 81]), 'MOJO,2026-01-01,00:00,1,,3,4,5,6', 'bad'];
    dropFile(inbox, 'a.csv', [...first, ...first]); // duplicates and rejects stay here
    expect(await once({ WELLWATCH_FORWARD_BROKERS: `127.0.0.1:${await freePort()}` })).toBe(0); // Kafka away stops nothing
    dropFile(inbox, 'b.csv', minutes('COHUTTA', '2026-01-01T00:00', [80, 3]));
    expect(await once()).toBe(0);
    dropFile(inbox, 'c.csv', minutes('COHUTTA', '2026-01-01T00:02', [82]));
    expect(await once()).toBe(0);
    const records = await kafka.records(topic);
    const of = (key: string) => records.filter((record) => record.key === key);
    expect(of('NORTH.COHUTTA').map(({ value, source }) => [value, source])).toEqual([
      ['NORTH.COHUTTA,2026-01-01,00:00:00,10.27,1.73,881,1.56,80,1.94', 'a.csv'],
      ['NORTH.COHUTTA,2026-01-01,00:01:00,10.27,1.73,881,1.56,81,1.94', 'a.csv'],
      ['NORTH.COHUTTA,2026-01-01,00:01:00,10.27,1.73,881,1.56,3,1.94', 'b.csv'],
      ['NORTH.COHUTTA,2026-01-01,00:02:00,10.27,1.73,881,1.56,82,1.94', 'c.csv'],
    ]);
    expect(of('NORTH.MOJO')).toMatchObject([{ value: 'NORTH.MOJO,2026-01-01,00:00:00,1,,3,4,5,6', site: 'North field' }]);
    expect(new Set(of('NORTH.COHUTTA').map(({ partition }) => partition)).size).toBe(1);
    // What arrives there is what was stored here.
    expect((await take(topic)).counts).toMatchObject({ stored: 5, replaced: 1, rejected: 0, alerts: 1 });
    expect((await runCommand(['doctor'], { cwd, env })).stdout).toContain(`✔ ok       forward: ${kafka.broker}, topic ${topic} is there`);
  });

  test('words of a topic are counted once, however often the program is killed', async () => {
    const topic = await kafka.topic(2);
    const path = fileURLToPath(new URL('../../../../dist/docs/examples/kafkaWordCount.js', import.meta.url));
    const words = folder();
    const counted = async (upTo: string) => {
      const child = spawn(process.execPath, [path, kafka.broker, topic, join(words, 'state')], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'close');
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => { text += piece; });
      await until(async () => text.includes(upTo));
      child.kill('SIGKILL');
      await ended;
      return text;
    };
    await kafka.send(topic, [{ value: 'to be or', partition: 0 }, { value: 'not to be', partition: 1 }]);
    expect(await counted('(to,2)')).toContain('(be,2)');
    await kafka.send(topic, [{ value: 'to be', partition: 1 }]);
    expect(await counted('(to,3)')).toContain('(not,1)');
  });

  test('a site that is killed at any moment has each row once, and forwards each at least once; status and doctor tell of the topic', async () => {
    const topic = await kafka.topic(3);
    const onward = await kafka.topic(2);
    const pumps = Array.from({ length: 6 }, (_, i) => `PUMP${i}`);
    const total = 6 * 4000;
    const cwd = folder();
    mkdirSync(join(cwd, 'reference'));
    const env = {
      WELLWATCH_RECEIVERS_KAFKA_BROKERS: kafka.broker, WELLWATCH_RECEIVERS_KAFKA_TOPIC: topic, WELLWATCH_RECEIVERS_MQTT: 'false',
      WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '500', WELLWATCH_SUMMARY: 'false',
      WELLWATCH_FORWARD_BROKERS: kafka.broker, WELLWATCH_FORWARD_TOPIC: onward,
    };
    const sending = (async () => {
      for (let part = 0; part < 40; part++) {
        const from = new Date(Date.UTC(2026, 0, 1, 0, part * 100)).toISOString().slice(0, 16);
        const values = Array.from({ length: 100 }, (_, i) => i % 90);
        await kafka.send(topic, pumps.flatMap((key) => minutes(key, from, values).map((value) => ({ key, value }))));
      }
    })();
    for (const ms of [900, 1600]) {
      const job = startProgram(['run', '--quiet'], { cwd, env });
      const ended = once(job, 'exit');
      await new Promise((resolve) => setTimeout(resolve, ms));
      job.kill('SIGKILL');
      await ended;
    }
    await sending;
    expect((await runProgram(['run', '--once'], { cwd, env })).code).toBe(0);
    const [status] = await jsonLines<{ balance: Counts }>(['status'], { cwd, env });
    expect(status.balance).toMatchObject({ received: total, stored: total, duplicate: 0, rejected: 0 });
    expect((await take(onward)).counts).toMatchObject({ stored: total, replaced: 0, rejected: 0 });
    const { stdout } = await runCommand(['doctor'], { cwd, env });
    expect(stdout).toMatch(new RegExp(`✔ ok       kafka: ${kafka.broker}, topic ${topic} lets us read; 3 partitions, \\d`));
    const away = await runCommand(['doctor'], { cwd, env: { ...env, WELLWATCH_RECEIVERS_KAFKA_TOPIC: 'absent' } });
    expect(away.stdout).toContain('there is no such topic');
  });
});

/** A broker that has just started has no coordinator of transactions yet: it is asked until it has. */
async function beginTransaction(producer: Producer): Promise<Awaited<ReturnType<Producer['beginTransaction']>>> {
  for (;;) {
    const begun = await producer.beginTransaction({}).catch(() => undefined);
    if (begun) return begun;
    await sleep(200);
  }
}

interface JobOptions extends Partial<Pick<KafkaOptions, 'patienceMs'>> {
  readonly topic: string;
  readonly dir: string;
  readonly brokers: readonly string[];
  readonly access: Partial<KafkaOptions['access']>;
  readonly once: boolean;
  readonly maxRows: number;
  readonly maxRate: number;
}

/** The job in this process, on a real table, with Kafka as its only receiver. */
class Job {
  readonly events: LogEvent[];
  readonly dir: string;
  readonly receiver: KafkaReceiver;
  readonly #table: Table;
  readonly #stop = new AbortController();
  readonly #wake: Wake;
  readonly #ended: Promise<Counts>;
  #stored = 0;
  #over = false;

  private constructor(parts: { table: Table; receiver: KafkaReceiver; wake: Wake; events: LogEvent[]; newest: number }, options: Options) {
    const { table, receiver, wake } = parts;
    this.events = parts.events;
    this.dir = options.dir;
    this.receiver = receiver;
    this.#table = table;
    this.#wake = wake;
    const rows = options.maxRows ?? 65_536;
    this.#ended = runJob({
      table, wake, sources: [receiver],
      journal: new JournalSource({ dir: join(options.dir, 'journal'), state: new Map(), onTaken: () => undefined }),
      receipts: new ReceiptOrder(parts.newest),
      rules: [LOW_PSI],
      reference: () => NO_REFERENCE,
      limits: { rows, capacity: rows, maxRate: options.maxRate ?? Infinity },
      batchInterval: 50, now: Date.now, once: options.once ?? false, signal: this.#stop.signal,
      listener: {
        onAlerts: () => undefined, onWithdrawn: () => undefined,
        onBatch: (batch) => { this.#stored += batch.counts?.stored ?? 0; },
      },
    });
    this.#ended.catch(() => undefined);
  }

  static async start(options: Options): Promise<Job> {
    const { dir, topic, brokers, access, once = false } = options;
    mkdirSync(join(dir, 'journal'), { recursive: true });
    const table = await openEmbeddedTable({ dir: join(dir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
    const state = await table.state();
    const clock = new ReceiptClock(ReceiptClock.shared(), Date.now);
    clock.advanceTo(newestReceipt(state));
    const events: LogEvent[] = [];
    const wake = new Wake();
    const receiver = new KafkaReceiver({
      access: { brokers, ...access }, topic, group: `group-${topic}`, decoder: csvDecoder, clock, state, now: Date.now,
      patienceMs: options.patienceMs ?? (once ? 60_000 : Infinity), onLog: (event) => events.push(event), onNews: () => wake.call(),
    });
    receiver.start();
    return new Job({ table, receiver, wake, events, newest: newestReceipt(state) }, options);
  }

  /** Rows stored so far, by the batches that were reported. */
  get stored(): number {
    return this.#stored;
  }

  async ended(): Promise<Counts> {
    try {
      return await this.#ended;
    } finally {
      if (!this.#over) {
        this.#over = true;
        await this.receiver.close();
        await this.#table.close();
      }
    }
  }

  async stop(): Promise<Counts> {
    this.#stop.abort();
    this.#wake.call();
    return this.ended();
  }

  /** What was rejected, in order. */
  async rejects(): Promise<{ source: string; line: number }[]> {
    return this.#read(async (table) => {
      const found: { source: string; line: number }[] = [];
      for await (const piece of table.rejects()) found.push(...piece.map(({ source, line }) => ({ source, line })));
      return found;
    });
  }

  /** The times of a pump's readings, `HH:mm`. */
  async times(pump: string): Promise<string[]> {
    return this.#read(async (table) => {
      const found: string[] = [];
      for await (const { time, length } of table.readings(pump, {}))
        for (let i = 0; i < length; i++) found.push(new Date(time[i]).toISOString().slice(11, 16));
      return found;
    });
  }

  async #read<T>(ask: (table: Table) => Promise<T>): Promise<T> {
    const table = await openEmbeddedTable({ dir: join(this.dir, 'table'), mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now });
    try {
      return await ask(table);
    } finally {
      await table.close();
    }
  }
}

type Options = Pick<JobOptions, 'topic' | 'dir' | 'brokers'> & Partial<JobOptions>;
