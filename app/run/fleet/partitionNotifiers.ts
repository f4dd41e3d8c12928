import { messageOf } from '../../../domain/errors.ts';
import type { AlarmNow } from '../../../domain/notify/alarmNow.ts';
import { PartitionOutbox } from '../../../storage/hbase/shared/partitionOutbox.ts';
import type { SharedTableOptions } from '../../../storage/hbase/shared/sharedOptions.ts';
import { Notifier, type NotifierOptions } from '../../notify/notifier.ts';
import { channelsTogether, type ChannelStatus } from '../../notify/sender.ts';
import type { AlarmTeller, OwnPartition, OwnPartitions } from '../alarmTeller.ts';

export interface PartitionNotifiersOptions {
  /** As those of a site, but for its outbox and what is wrong with the site itself. */
  readonly notifier: Omit<NotifierOptions, 'outbox' | 'troubles'>;
  readonly store: Omit<SharedTableOptions, 'signal'>;
  readonly group: string;
  readonly topic: string;
}

interface Telling {
  readonly epoch: number;
  readonly opened: Promise<{ readonly notifier: Notifier; readonly outbox: PartitionOutbox } | undefined>;
  notifier: Notifier | undefined;
  outbox: PartitionOutbox | undefined;
}

/**
 * Who is told of a worker's alarms: a notifier for each partition that it has, with the partition's own outbox in HBase, so that the next
 * worker goes on where this one ended. What waits is sent again by that one, with the same id.
 *
 *   ledger says mine ──► outbox claimed with the ledger's epoch ──► open cases known ──► alarms told
 *   another's by now ──► stopped; who has the higher epoch has the outbox
 */
export class PartitionNotifiers implements AlarmTeller {
  readonly #options: PartitionNotifiersOptions;
  readonly #telling = new Map<number, Telling>();
  readonly #stopping = new Set<Promise<void>>();
  /** The partitions of pumps that had alarms. */
  readonly #places = new Map<string, number>();
  #isStopped = false;

  constructor(options: PartitionNotifiersOptions) {
    this.#options = options;
  }

  ready(): number[] {
    return [...this.#telling].filter(([, { notifier }]) => notifier).map(([partition]) => partition);
  }

  openCases(): ReturnType<Notifier['openCases']> {
    return this.#notifiers().flatMap((notifier) => notifier.openCases());
  }

  setAll(alarms: readonly AlarmNow[], own?: OwnPartitions): void {
    if (!own) return;
    this.#place(own);
    this.#follow(own.mine);
    for (const { partition } of own.mine) {
      const notifier = this.#telling.get(partition)?.notifier;
      const its = alarms.filter(({ pump }) => this.#places.get(pump) === partition);
      if (own.complete.includes(partition)) notifier?.setAll(its);
      else notifier?.change(its);
    }
  }

  change(alarms: readonly AlarmNow[], gone: readonly AlarmNow[] = [], own?: OwnPartitions): void {
    if (own) this.#place(own);
    for (const [partition, { notifier }] of this.#telling) {
      const [its, never] = [alarms, gone].map((all) => all.filter(({ pump }) => this.#places.get(pump) === partition));
      if (its.length + never.length > 0) notifier?.change(its, never);
    }
  }

  /** How each channel does, all partitions together. */
  channels(): ChannelStatus[] {
    const byName = new Map<string, ChannelStatus>();
    for (const one of this.#notifiers().flatMap((notifier) => notifier.status().channels)) {
      const before = byName.get(one.name);
      byName.set(one.name, before ? channelsTogether(before, one) : one);
    }
    return [...byName.values()];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const partition of [...this.#telling.keys()]) this.#drop(partition);
    await Promise.all(this.#stopping);
  }

  #place({ of }: OwnPartitions): void {
    for (const [pump, partition] of Object.entries(of)) this.#places.set(pump, partition);
  }

  #notifiers(): Notifier[] {
    return [...this.#telling.values()].flatMap(({ notifier }) => notifier ?? []);
  }

  /** Begins with partitions that are this worker's now, and ends with others. */
  #follow(mine: readonly OwnPartition[]): void {
    if (this.#isStopped) return;
    const epochs = new Map(mine.map(({ partition, epoch }) => [partition, epoch]));
    for (const [partition, { epoch, outbox }] of this.#telling) if (epochs.get(partition) !== epoch || outbox?.isFenced) this.#drop(partition);
    for (const one of mine) if (!this.#telling.has(one.partition)) this.#begin(one);
  }

  #begin(own: OwnPartition): void {
    const { partition, epoch } = own;
    const telling: Telling = { epoch, opened: this.#open(own), notifier: undefined, outbox: undefined };
    this.#telling.set(partition, telling);
    void telling.opened.then((opened) => {
      if (this.#telling.get(partition) !== telling) return;
      if (!opened) return void this.#telling.delete(partition); // the next look tries again, if it is still ours
      Object.assign(telling, opened);
      opened.notifier.start();
    });
  }

  async #open({ partition, epoch, worker }: OwnPartition): ReturnType<() => Telling['opened']> {
    const { notifier: options, store, group, topic } = this.#options;
    try {
      const outbox = await PartitionOutbox.claim({ ...store, name: { group, topic, partition }, epoch, worker });
      return { outbox, notifier: await Notifier.open({ ...options, outbox, troubles: () => [] }) };
    } catch (error) {
      options.onLog({ level: 'debug', message: `the outbox of partition ${partition} can't be taken over: ${messageOf(error)}` });
      return undefined;
    }
  }

  #drop(partition: number): void {
    const telling = this.#telling.get(partition);
    this.#telling.delete(partition);
    const stopping = telling?.opened.then((opened) => end(opened)).finally(() => this.#stopping.delete(stopping!));
    if (stopping) this.#stopping.add(stopping);
  }
}

/** What is not kept after this time is told again by who has the partition next, ms. */
const PATIENCE_MS = 2000;

async function end(opened: Awaited<Telling['opened']>): Promise<void> {
  if (!opened) return;
  const abort = setTimeout(() => opened.outbox.abort(), PATIENCE_MS);
  await opened.notifier.stop();
  clearTimeout(abort);
}
