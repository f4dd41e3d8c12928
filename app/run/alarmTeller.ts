import type { AlarmNow } from '../../domain/notify/alarmNow.ts';
import type { Notifier } from '../notify/notifier.ts';

/** Of a worker of several: which partitions it has, and which alarms are theirs. */
export interface OwnPartitions {
  readonly mine: readonly OwnPartition[];
  /** Of these all alarms are known: one that was told and is not among them was withdrawn. */
  readonly complete: readonly number[];
  /** Partitions that no worker has who is heard; told to one worker only. */
  readonly orphans: readonly number[];
  /** The partitions of pumps. */
  readonly of: Readonly<Record<string, number>>;
}

/** A partition, as its ledger says. */
export interface OwnPartition {
  readonly partition: number;
  readonly epoch: number;
  readonly worker: string;
}

/** Whom the alarms' thread tells what is so: the notifier of a site, or those of a worker's partitions. */
export interface AlarmTeller extends Pick<Notifier, 'openCases'> {
  /** Partitions whose open cases are known. */
  ready?(): readonly number[];
  setAll(alarms: readonly AlarmNow[], own?: OwnPartitions): void;
  change(alarms: readonly AlarmNow[], gone?: readonly AlarmNow[], own?: OwnPartitions): void;
}
