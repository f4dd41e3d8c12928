import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../domain/backoff.ts';
import { systemCode } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { plainLine } from '../../domain/reading/plainLine.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { ForwardLog, type ForwardPosition, type ForwardSegment } from '../../storage/forward/forwardLog.ts';
import { replaceQuickly } from '../../storage/files/atomicFile.ts';
import type { Json } from '../../storage/table/state.ts';
import type { StepKeeper } from '../job/stepKeeper.ts';
import type { KafkaAccess } from '../receivers/kafka/access.ts';
import { diagnoseKafka } from '../receivers/kafka/client.ts';
import { KafkaProducer, type KafkaRecord } from '../receivers/kafka/producer.ts';

/** What is committed of the log is kept in the job's state under this name. */
export const FORWARD_STATE = 'forward';

/** How forwarding is just now. */
export interface ForwardStatus {
  readonly state: 'starting' | 'connected' | 'reconnecting' | 'refused';
  /** `kafka://k1:9092`. */
  readonly url: string;
  readonly topic: string;
  /** Rows that are stored here and not acknowledged there. */
  readonly waiting: number;
  /** When rows were last acknowledged, ISO 8601 in UTC. */
  readonly lastSentAt: string | null;
  readonly lastError: string | null;
}

export interface ForwardOptions {
  readonly access: KafkaAccess;
  readonly topic: string;
  /** Before a pump's id, with a dot; undefined leaves ids as they are. */
  readonly prefix: string | undefined;
  /** The name of the site, for a header. */
  readonly site: string;
  /** Where the log lies: with the table, as it commits with it. */
  readonly dir: string;
  /** The job's state as the table had it at start. */
  readonly state: ReadonlyMap<string, Json>;
  readonly now: () => number;
  readonly onLog: (event: LogEvent) => void;
}

/** Rows that are sent together, and the place behind them. */
interface Piece {
  readonly records: readonly KafkaRecord[];
  readonly next: ForwardPosition;
}

const BACKOFF = { minMs: 200, maxMs: 5000 };
const MOST_ROWS = 4096;
const SENT_FILE = 'sent.json';
const NOTHING_SENT: ForwardPosition = { segment: 0, bytes: 0, rows: 0 };

/**
 * Sends the rows that the site has stored to a topic, in the order in which they were stored. A step's rows go into a log whose
 * length commits with the step; from there they are sent one piece after the other, and what is acknowledged is behind us.
 *
 *   decided ── log, length in the step's state ──► committed ──► send, acks=all ──► sent.json ──► whole segments go
 *
 * A topic that is away costs disk, never a step. After a crash or an error the last piece may be sent twice: the same rows.
 */
export class Forwarder implements StepKeeper {
  readonly #options: ForwardOptions;
  readonly #log: ForwardLog;
  readonly #stop = new AbortController();
  readonly #backoff = new Backoff(BACKOFF);
  #committed: readonly ForwardSegment[];
  #decided: readonly ForwardSegment[] | undefined;
  #sent: ForwardPosition = NOTHING_SENT;
  #ready: Piece | undefined;
  #state: ForwardStatus['state'] = 'starting';
  #lastError: string | null = null;
  #lastSentAt: number | undefined;
  #onNews: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ForwardOptions) {
    this.#options = options;
    this.#log = new ForwardLog(options.dir);
    this.#committed = (options.state.get(FORWARD_STATE) ?? []) as unknown as readonly ForwardSegment[];
  }

  /** Goes on where an earlier run was. Throws STORE_UNAVAILABLE. */
  start(): void {
    this.#committed = this.#log.start(this.#committed);
    this.#sent = known(sentOf(this.#options.dir), this.#committed);
    this.#running = this.#run();
  }

  decided(readings: Readings, duplicates: Uint8Array): Readonly<Record<string, Json>> {
    const rows = new Uint32Array(readings.length);
    let stored = 0;
    for (let row = 0; row < readings.length; row++) if (duplicates[row] !== 1) rows[stored++] = row;
    if (stored === 0) return {};
    const needed = this.#committed.filter(({ number }) => number >= this.#sent.segment);
    this.#decided = this.#log.append(needed, readings, rows.subarray(0, stored));
    return { [FORWARD_STATE]: this.#decided as unknown as Json };
  }

  committed(): void {
    if (!this.#decided) return;
    this.#committed = this.#decided;
    this.#decided = undefined;
    this.#onNews();
  }

  status(): ForwardStatus {
    const { access: { brokers }, topic } = this.#options;
    return {
      state: this.#state,
      url: `kafka://${brokers.join(',')}`,
      topic,
      waiting: this.#waiting(),
      lastSentAt: this.#lastSentAt === undefined ? null : new Date(this.#lastSentAt).toISOString(),
      lastError: this.#lastError,
    };
  }

  /** Waits until all is sent, as long as the topic takes it. */
  async settle(): Promise<void> {
    while (this.#waiting() > 0 && (this.#state === 'connected' || this.#state === 'starting')) await sleep(20);
  }

  /** Sends nothing more; the next start goes on. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#onNews();
    await Promise.race([this.#running, sleep(2000, undefined, { ref: false })]);
    this.#log.close();
  }

  #waiting(): number {
    const { segment, rows } = this.#sent;
    const sum = this.#committed.reduce((total, each) => total + (each.number >= segment ? each.rows : 0), 0);
    return sum - (this.#committed.some(({ number }) => number === segment) ? rows : 0);
  }

  async #run(): Promise<void> {
    const { access, topic } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      let producer: KafkaProducer | undefined;
      try {
        producer = await KafkaProducer.open(access, { topic, clientId: 'wellwatch-forward' });
        await producer.reach();
        this.#up();
        while (!signal.aborted) await this.#sendNext(producer);
      } catch (error) {
        this.#fail(error);
      } finally {
        await producer?.close();
      }
      if (!signal.aborted) await sleep(this.#backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Sends the next rows, or waits for some; while they are under way those after them are made ready. */
  async #sendNext(producer: KafkaProducer): Promise<void> {
    const piece = this.#ready ?? this.#pieceAt(this.#sent);
    this.#ready = undefined;
    if (!piece) {
      await new Promise<void>((resolve) => (this.#onNews = resolve));
      return;
    }
    const sending = producer.send(piece.records);
    try {
      this.#ready = this.#pieceAt(piece.next);
    } finally {
      await sending;
    }
    this.#acknowledged(piece.next);
  }

  /** The rows at a place; undefined where there are none. */
  #pieceAt(from: ForwardPosition): Piece | undefined {
    const records: KafkaRecord[] = [];
    let next = from;
    while (records.length < MOST_ROWS) {
      const block = this.#log.read(next, this.#committed);
      if (!block) break;
      const { readings, sources, source } = block;
      for (let row = 0; row < readings.length; row++) records.push(this.#recordOf(readings, row, sources[source[row]]));
      next = block.next;
    }
    return records.length === 0 ? undefined : { records, next };
  }

  #recordOf(readings: Readings, row: number, source = ''): KafkaRecord {
    const { prefix, site } = this.#options;
    const before = prefix === undefined ? '' : `${prefix}.`;
    return { key: before + readings.names[readings.pump[row]], value: plainLine(readings, row, before), headers: { site, source } };
  }

  #acknowledged(next: ForwardPosition): void {
    const { dir, now } = this.#options;
    if (next.segment > this.#sent.segment)
      for (const { number } of this.#committed) if (number < next.segment) this.#log.remove(number);
    this.#sent = next;
    replaceQuickly(join(dir, SENT_FILE), JSON.stringify(next));
    this.#lastSentAt = now();
    this.#up();
  }

  #up(): void {
    this.#state = 'connected';
    this.#backoff.reset();
  }

  #fail(error: unknown): void {
    this.#ready = undefined; // it comes behind what has to be sent again
    const { reason, refused } = diagnoseKafka(error);
    const before = this.#lastError;
    this.#state = refused ? 'refused' : 'reconnecting';
    this.#lastError = reason;
    if (before === reason) return;
    const message = `forward: rows can't be sent to topic ${this.#options.topic}, wait in ${this.#options.dir}, and are tried again: ${reason}`;
    this.#options.onLog({ level: refused ? 'error' : 'warn', message });
  }
}

/** The place, unless the table is of an earlier time, as after a restored backup: what it has of the log then goes once more. */
function known(sent: ForwardPosition, committed: readonly ForwardSegment[]): ForwardPosition {
  const segment = committed.find(({ number }) => number === sent.segment);
  return segment && segment.bytes >= sent.bytes ? sent : NOTHING_SENT;
}

function sentOf(dir: string): ForwardPosition {
  try {
    return JSON.parse(readFileSync(join(dir, SENT_FILE), 'utf8')) as ForwardPosition;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return NOTHING_SENT; // sent twice is better than not at all
    throw error;
  }
}
