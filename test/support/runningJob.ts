import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert } from '../../domain/alarm/alert.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import type { Counts } from '../../domain/balance.ts';
import { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import type { EnrichedAlert } from '../../domain/alarm/enriched.ts';
import { NO_REFERENCE } from '../../domain/pump/reference.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import { DirectoryReceiver } from '../../ingest/receivers/directory/receiver.ts';
import { type JobListener, runJob } from '../../ingest/job/job.ts';
import { joined, type NewAlerts } from '../../domain/alarm/newAlerts.ts';
import { Lookout } from '../../ingest/job/lookout.ts';
import { csvDecoder } from '../../ingest/decode/csv/csvDecoder.ts';
import { originOf } from '../../ingest/receivers/origin.ts';
import { journalPosition } from '../../ingest/receivers/journalProgress.ts';
import { JournalSource } from '../../ingest/receivers/journalSource.ts';
import { ReceiptOrder } from '../../ingest/job/receiptOrder.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { LatenessKeeper, StepKeeper } from '../../ingest/job/stepKeeper.ts';
import { Wake } from '../../ingest/job/wake.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { RepeatedHour } from '../../ingest/job/repeatedHour.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import { Journal } from '../../storage/journal/journal.ts';
import { newestReceipt } from '../../storage/table/state.ts';
import type { Remote } from '../../storage/table/remote.ts';
import type { Table } from '../../storage/table/table.ts';
import { dropFile } from './inbox.ts';
import { LOW_PSI } from './rules.ts';

/** What messages of the MQTT receiver carry in the journal. */
export const MQTT_CSV = originOf('mqtt', csvDecoder);

export interface JobSettings {
  readonly once?: boolean;
  readonly maxRows?: number;
  readonly rules?: readonly Rule[];
  readonly settle?: number | 'auto';
  readonly maxRate?: number;
  readonly batchInterval?: number;
  /** The system's clock, as far as times of receipt go. */
  readonly clock?: () => number;
  /** What the job itself takes for the time, and how it waits. */
  readonly now?: () => number;
  readonly wake?: Wake;
  /** Looks after the hour that the clock of this zone shows twice. */
  readonly zone?: string;
  /** Puts something before the table. */
  readonly before?: (table: Table) => Table & Partial<Pick<Remote, 'alertsHere'>>;
  /** Hears of new alerts while their columns are there. */
  readonly onNews?: (news: NewAlerts) => void;
  /** How many alerts are remembered that were told while the store takes its time. */
  readonly mostForetold?: number;
  /** Who keeps something of the rows that are stored. */
  readonly keepers?: (table: Table) => Promise<readonly StepKeeper[]>;
}

/** The streaming job in this process, on real files, journal and table, and what it told. */
export class RunningJob {
  readonly alerts: EnrichedAlert[] = [];
  readonly withdrawn: Alert[] = [];
  readonly batches: JobBatch[] = [];
  readonly events: LogEvent[];
  readonly inbox: string;
  readonly table: Table;
  readonly journal: Journal;
  /** With a store on a network. */
  readonly lookout: Lookout | undefined;
  readonly #stop = new AbortController();
  readonly #source: JournalSource;
  readonly #directory: DirectoryReceiver;
  readonly #wake: Wake;
  readonly #ended: Promise<Counts>;

  private constructor(parts: {
    events: LogEvent[];
    inbox: string;
    table: Table;
    journal: Journal;
    source: JournalSource;
    wake: Wake;
    directory: DirectoryReceiver;
    receipts: ReceiptOrder;
    keepers: readonly StepKeeper[];
    settings: JobSettings;
  }) {
    const { table, journal, source, wake, directory, settings } = parts;
    this.inbox = parts.inbox;
    this.events = parts.events;
    this.table = table;
    this.journal = journal;
    this.#source = source;
    this.#directory = directory;
    this.#wake = wake;
    const rows = settings.maxRows ?? 65_536;
    const used: Table & Partial<Pick<Remote, 'alertsHere'>> = settings.before?.(table) ?? table;
    const rules = settings.rules ?? [LOW_PSI];
    const listener: JobListener = {
      onAlerts: (news) => {
        this.alerts.push(...joined(news));
        settings.onNews?.(news);
      },
      onWithdrawn: (alerts) => this.withdrawn.push(...alerts),
      onBatch: (batch) => this.batches.push(batch),
    };
    const { alertsHere } = used;
    this.lookout = alertsHere && new Lookout({
      journal: source,
      table: { alertsHere: (selection) => alertsHere(selection) },
      rules, wake, listener,
      reference: () => NO_REFERENCE,
      signal: this.#stop.signal,
      onLog: (event) => this.events.push(event),
      ...(settings.mostForetold !== undefined && { most: settings.mostForetold }),
    });
    this.#ended = runJob({
      table: used,
      lookout: this.lookout,
      sources: [directory],
      wake,
      journal: source,
      receipts: parts.receipts,
      keepers: parts.keepers,
      ...latenessOf(parts.keepers),
      ...(settings.zone !== undefined && {
        repeatedHour: new RepeatedHour(new SiteClock(settings.zone), (event) => this.events.push(event)),
      }),
      rules,
      reference: () => NO_REFERENCE,
      limits: { rows, capacity: rows * 8, maxRate: settings.maxRate ?? Infinity },
      batchInterval: settings.batchInterval ?? 2000,
      now: settings.now ?? Date.now,
      once: settings.once ?? false,
      signal: this.#stop.signal,
      listener,
    });
  }

  static async start(dir: string, settings: JobSettings = {}): Promise<RunningJob> {
    const inbox = join(dir, 'inbox');
    mkdirSync(inbox, { recursive: true });
    const table = await openEmbeddedTable({ dir: join(dir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
    const state = await table.state();
    const clock = new ReceiptClock(ReceiptClock.shared(), settings.clock ?? Date.now);
    clock.advanceTo(newestReceipt(state));
    const events: LogEvent[] = [];
    const journal = Journal.open({
      dir: join(dir, 'journal'),
      from: journalPosition(join(dir, 'journal'), state),
      clock,
      limit: Infinity,
      onFailure: (error) => {
        throw error;
      },
    });
    const source = new JournalSource({ dir: join(dir, 'journal'), state, onTaken: (position) => journal.trim(position) });
    const directory = new DirectoryReceiver({
      path: inbox,
      settle: settings.settle ?? 'auto',
      clock,
      now: Date.now,
      state,
      onLog: (event) => events.push(event),
    });
    const keepers = (await settings.keepers?.(table)) ?? [];
    directory.start();
    source.durable = journal.mark.end;
    return new RunningJob({
      events,
      inbox,
      table,
      journal,
      source,
      directory,
      keepers,
      receipts: new ReceiptOrder(newestReceipt(state)),
      wake: settings.wake ?? new Wake(),
      settings,
    });
  }

  /** Journals payloads as a broker would bring them, and resolves when they are durable. */
  async publish(...payloads: (string | Buffer)[]): Promise<void> {
    for (const payload of payloads) this.journal.append('pumps/P/readings', Buffer.from(payload), MQTT_CSV);
    await this.journal.flush();
    this.#source.durable = this.journal.mark.end;
    this.#wake.call();
  }

  /** Moves a file into the inbox. */
  drop(name: string, content: string | Buffer): void {
    dropFile(this.inbox, name, content);
    this.#directory.hint();
    this.#wake.call();
  }

  /** Resolves with the counts when the job has ended by itself. */
  async ended(): Promise<Counts> {
    const counts = await this.#ended;
    await this.#close();
    return counts;
  }

  /** Stops the job in good order. */
  async stop(): Promise<Counts> {
    this.#stop.abort();
    this.#wake.call();
    return this.ended();
  }

  async #close(): Promise<void> {
    await this.journal.close();
    await this.#source.close();
    await this.table.close();
  }
}

/** The keeper that counts late rows, if there is one. */
function latenessOf(keepers: readonly StepKeeper[]): { readonly lateness?: LatenessKeeper } {
  const lateness = keepers.find((keeper): keeper is LatenessKeeper => 'late' in keeper);
  return lateness ? { lateness } : {};
}
