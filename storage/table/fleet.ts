import type { OutboxState } from '../../domain/notify/message.ts';

/** A worker of several that write a table, as it last said of itself. */
export interface FleetWorker {
  /** `HOST-PID-…`. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** ms since 1970-01-01T00:00Z, by its own clock. */
  readonly startedAt: number;
  /** When it last said so, by its own clock. */
  readonly at: number;
  /** Whether that was a moment ago: one that was killed is silent. */
  readonly isHeard: boolean;
  /** As a receiver's. */
  readonly state: string;
  readonly lastError: string | null;
  /** The address of its page, if it has one. */
  readonly http: string | null;
  readonly partitions: readonly { readonly partition: number; readonly lag: number }[];
}

/** A partition of a topic, and who has it. */
export interface FleetPartition {
  readonly topic: string;
  readonly partition: number;
  /** Null when nobody has it. */
  readonly worker: string | null;
  /** How often it was taken over. */
  readonly epoch: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** Records that the topic has and the table lacks, as its worker last said; null when nobody does. */
  readonly lag: number | null;
  /** The time of receipt of its newest row, ms since 1970-01-01T00:00Z. */
  readonly last: number | null;
}

export interface Fleet {
  /** By name; those that are silent are forgotten after a day. */
  readonly workers: readonly FleetWorker[];
  /** By topic and number. */
  readonly partitions: readonly FleetPartition[];
}

/** A table that several workers write. */
export interface StoredFleet {
  fleet(): Promise<Fleet>;
  /** Who was told of alarms, and what is still to be sent, by partition. */
  outboxes(): Promise<readonly { readonly partition: number; readonly state: OutboxState }[]>;
}
