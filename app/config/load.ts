import { resolve } from 'node:path';
import type { Rule } from '../../domain/alarm/alert.ts';
import { readEnvironment } from './environment.ts';
import { readConfigFile } from './file.ts';
import { configError } from './issues.ts';
import { layerOf, mergeLayers, refuseSecrets } from './layers.ts';
import { resolveConfig } from './resolve.ts';
import { runIssues } from './runIssues.ts';
import { validate } from './validate.ts';

/** Paths of PEM files: who is trusted, and who we are. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A broker for the MQTT receiver: our own in this process, or one of the site's. */
export type MqttConfig =
  | {
      readonly broker: 'embedded';
      /** On 127.0.0.1; 0 takes a free one. */ readonly port: number;
      readonly topic: string;
      readonly clientId: string;
    }
  | {
      readonly broker: 'external';
      readonly url: string;
      readonly topic: string;
      readonly clientId: string;
      readonly connections: number;
      /** 5, or 4 for MQTT 3.1.1. */
      readonly protocol: 4 | 5;
      readonly username?: string;
      readonly password?: string;
      readonly tls?: TlsFiles;
    };

/** The HBase REST gateway and how to ask it. */
export interface HBaseConfig {
  readonly kind: 'hbase';
  readonly url: string;
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
}

/** The whole configuration, valid and frozen. Paths are absolute, durations in ms, a switched-off part is `false`. */
export interface Config {
  readonly site: { readonly name: string; /** IANA name. */ readonly timezone: string };
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
    readonly latenessMs: number;
  };
  readonly receivers: {
    readonly directory: { readonly path: string; readonly settleMs: number } | false;
    readonly mqtt: MqttConfig | false;
  };
  readonly reference: {
    readonly pumps: string;
    readonly maintenance: string;
    /** Whether somebody configured the path; a default one may be absent. */
    readonly configured: { readonly pumps: boolean; readonly maintenance: boolean };
  };
  readonly store: { readonly kind: 'embedded'; readonly ttl: TtlConfig } | HBaseConfig;
  readonly rules: readonly Rule[];
  /** `HH:mm` in the site's zone. */
  readonly summary: { readonly at: string } | false;
  /** Hourly Parquet files of what is stored: the folder where they go. */
  readonly parquet: { readonly path: string } | false;
  readonly http: HttpConfig | false;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  /** Sentences about settings that have no effect as things stand. */
  readonly warnings: readonly string[];
}

/** Where the configuration comes from; each later place goes before the earlier ones. */
export interface ConfigSources {
  /** Defaults of a command that differ from the general ones, written as in the file. */
  readonly defaults?: Record<string, unknown>;
  /** Path of the YAML file. */
  readonly file?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: { readonly dataDir?: string | undefined };
  /** What relative paths count from. */
  readonly cwd?: string;
}

/**
 * Reads and checks the whole configuration. Throws CONFIG with everything that is wrong, one line each:
 * `receivers.mqtt.connections: expected a number from 1 to 64, got "many"`.
 */
export function loadConfig({ defaults = {}, file, env = process.env, flags = {}, cwd = process.cwd() }: ConfigSources = {}): Config {
  const written = layerOf(file === undefined ? {} : readConfigFile(resolve(cwd, file)));
  const secretIssues = refuseSecrets(written);
  const environment = readEnvironment(env, cwd);
  const flagged = layerOf(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir });
  const user = mergeLayers([written, environment.layer, flagged]);
  const merged = mergeLayers([layerOf(defaults), user]);
  const given = { values: user.values, switches: merged.switches, cwd };
  const { config, issues } = validate(merged.values, given);
  // A secret that was refused is not missing on top of that.
  const others = issues.filter(({ path }) => !secretIssues.some((refused) => refused.path === path));
  const all = [...environment.issues, ...secretIssues, ...others];
  if (!config || all.length > 0) throw configError(file ?? 'the configuration', all);
  return frozen(resolveConfig(config, given));
}

/** What only `run` asks of the configuration, every form of it. Throws CONFIG with all that is wrong. */
export function checkForRun(config: Config): void {
  const issues = runIssues(config);
  if (issues.length > 0) throw configError('the configuration', issues);
}

function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) frozen(inner as object);
  return Object.freeze(value);
}
