import type { NotifyConfig } from './notifyTypes.ts';
import type { MaintenanceWindow } from '../../domain/alarm/acts/maintenanceWindow.ts';
import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import type { Format } from '../../ingest/decode/mapping/format.ts';
import type { FileFormatRule } from '../../ingest/receivers/directory/fileFormats.ts';
import type { KafkaSignIn } from '../../ingest/receivers/kafka/access.ts';
import type { SiteBroker } from '../../ingest/receivers/mqtt/receiver.ts';
import type { RejectBounds } from '../../storage/table/rejects.ts';

/** Paths of PEM files: who is trusted, and who we are. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A topic filter, and the format of its messages: the plain one without a name. */
export interface TopicRule {
  readonly topic: string;
  readonly format?: string | undefined;
}

/** A broker for the MQTT receiver: our own in this process, or one of the site's. */
export type MqttConfig =
  | {
      readonly broker: 'embedded';
      readonly host: string;
      /** 0 takes a free one. */
      readonly port: number;
      /** What is subscribed to; of several filters that a topic fits the first says its format. */
      readonly topics: readonly TopicRule[];
      readonly clientId: string;
      /** Path of the users file; without it nobody is asked. */
      readonly users?: string;
      /** The broker's certificate and key; `ca` signs those of its clients. */
      readonly tls?: TlsFiles & { readonly cert: string; readonly key: string };
    }
  | (SiteBroker & {
      readonly broker: 'external';
      /** As of the embedded one. */
      readonly topics: readonly TopicRule[];
    });

/** A Kafka cluster, a topic of it, and how we get in. */
export interface KafkaConfig {
  /** `host:port`. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly tls?: TlsFiles;
  readonly sasl?: KafkaSignIn;
}

/** What the Kafka receiver reads. */
export type KafkaReceiverConfig = KafkaConfig & { readonly group: string; readonly format?: string | undefined };

/** The HBase REST gateway and how to ask it. */
export interface HBaseConfig {
  readonly kind: 'hbase';
  readonly url: string;
  /** More gateways of the same HBase: one of them is asked when another does not answer. */
  readonly others?: readonly string[];
  /** Whether several workers write the table, each the partitions of the topic that it has. */
  readonly shared?: boolean;
  readonly table: string;
  readonly timeoutMs: number;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  /** Sent with each request; names in small letters. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsFiles;
  readonly ttl: TtlConfig;
}

/** How long cells are kept after their receipt, in ms; null for ever. */
export interface TtlConfig {
  readonly data: number | null;
  readonly alerts: number | null;
}

/** The HTTP side. `tokens` is the path of the tokens file. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly tokens: string;
  /** Addresses and ranges of proxies that are believed when they say who asks; undefined when nobody has said which. */
  readonly trustProxy: readonly string[] | undefined;
}

/** What is an alarm, and what may be done about one. */
export interface AlarmsConfig {
  /** All rules, those of limits among them. */
  readonly rules: readonly AlarmRule[];
  /** A reading holds that long. */
  readonly holdMs: number;
  /** The longest shelf that the role `operate` may set. */
  readonly shelveMs: number;
  /** An alarm that is found later than that is not paged. */
  readonly lateMs: number;
}

/** The whole configuration, valid and frozen. Paths are absolute, durations in ms, a switched-off part is `false`. */
export interface Config {
  readonly site: {
    readonly name: string;
    /** IANA name. */
    readonly timezone: string;
  };
  readonly dataDir: string;
  /** ms. */
  readonly batchInterval: number;
  /** Both are multiples of the batch interval. */
  readonly window: { readonly lengthMs: number; readonly slideMs: number };
  readonly limits: {
    readonly maxRowsPerStep: number;
    /** Rows a second; Infinity when there is no limit. */
    readonly maxRate: number;
    /** Bytes; Infinity when there is no limit. */
    readonly journal: number;
    /** How much may lie on the disk before somebody is told, in bytes; Infinity when only the disk limits that. Nothing is refused for it. */
    readonly disk: number;
    readonly latenessMs: number;
    /** How far a reading may be after the site's own time at receipt, ms; Infinity when there is no limit. */
    readonly futureMs: number;
    readonly rejects: RejectBounds;
  };
  /** How files and messages of other shapes are read. */
  readonly formats: readonly Format[];
  readonly receivers: {
    readonly directory: { readonly path: string; readonly settle: number | 'auto'; readonly formats: readonly FileFormatRule[] } | false;
    readonly mqtt: MqttConfig | false;
    readonly kafka: KafkaReceiverConfig | false;
  };
  readonly reference: {
    readonly pumps: string;
    readonly maintenance: string;
    /** Undefined where nobody has said. */
    readonly contacts: string | undefined;
    /** Whether somebody configured the path; a default one may be absent. */
    readonly configured: { readonly pumps: boolean; readonly maintenance: boolean };
  };
  readonly store: { readonly kind: 'embedded'; readonly ttl: TtlConfig } | HBaseConfig;
  /** The limits that a reading breaks by itself: what is an alert. */
  readonly rules: readonly Rule[];
  readonly alarms: AlarmsConfig;
  /** In the order of the file. */
  readonly maintenance: readonly MaintenanceWindow[];
  readonly notify: NotifyConfig;
  /** `HH:mm` in the site's zone. */
  readonly summary: {
    readonly at: string;
    /** Channels that get the report of the day before. */
    readonly report: readonly string[];
  } | false;
  /** Hourly Parquet files of what is stored: the folder where they go. */
  readonly parquet: { readonly path: string } | false;
  /** The topic to which stored rows go; `prefix` and a dot stand before pump ids there. */
  readonly forward: (KafkaConfig & { readonly prefix?: string | undefined }) | false;
  readonly http: HttpConfig | false;
  /** What a question in SQL may take: bytes of memory; ms and rows of an answer where it is asked over HTTP. */
  readonly sql: { readonly memory: number; readonly timeoutMs: number; readonly rows: number };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  /** Sentences about settings that have no effect as things stand. */
  readonly warnings: readonly string[];
}
