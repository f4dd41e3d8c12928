import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { alarmRuleOf, alertRuleOf } from './alarmRules.ts';
import type { WrittenKafka } from './kafkaSection.ts';
import type { Config, KafkaConfig, MqttConfig, TlsFiles } from './types.ts';
import { notifyConfig } from './notify.ts';
import { maintenanceWindows } from './maintenanceWindows.ts';
import { formatOf } from './formats/formatOf.ts';
import { combinationWarnings } from './combinations.ts';
import { type Given, isGiven, isOn } from './given.ts';
import { isShared } from './shared.ts';
import type { WrittenConfig } from './schema.ts';
import type { WrittenTls } from './tls.ts';

/** Where pumps publish when nothing else is said. */
const DEFAULT_TOPIC = 'pumps/+/readings';

/** The configuration as the parts of the program use it: paths absolute, defaults that depend on other settings filled in. */
export function resolveConfig(written: WrittenConfig, given: Given): Config {
  const absolute = (path: string) => resolve(given.cwd, path);
  const dataDir = absolute(written.dataDir);
  const { batchInterval, limits, receivers, reference, parquet, http, alarms } = written;
  const alarmRules = written.rules.map((rule) => alarmRuleOf(rule, alarms.hold));
  const mqtt = !isShared(written) && isOn(given, 'receivers.mqtt') && mqttOf(receivers.mqtt, absolute);
  return {
    // What nobody has named is the machine's.
    site: { ...written.site, name: written.site.name ?? hostname() },
    dataDir,
    batchInterval,
    window: { lengthMs: written.window.length ?? 3 * batchInterval, slideMs: written.window.slide ?? batchInterval },
    limits: {
      maxRowsPerStep: limits.maxRowsPerStep,
      maxRate: limits.maxRate,
      journal: limits.journal,
      disk: limits.disk,
      latenessMs: limits.lateness,
      futureMs: limits.future ?? Infinity,
      rejects: { most: limits.rejects.most, ageMs: limits.rejects.age },
    },
    formats: Object.entries(written.formats).map(([name, format]) => formatOf(name, format)),
    receivers: {
      directory: !isShared(written) && isOn(given, 'receivers.directory') && {
        path: absolute(receivers.directory.path ?? join(dataDir, 'inbox')),
        settle: receivers.directory.settle,
        formats: receivers.directory.formats,
      },
      mqtt,
      kafka: isOn(given, 'receivers.kafka') && receivers.kafka !== undefined && kafkaReceiverOf(receivers.kafka, absolute),
    },
    reference: {
      pumps: absolute(reference.pumps),
      maintenance: absolute(reference.maintenance),
      contacts: reference.contacts === undefined ? undefined : absolute(reference.contacts),
      configured: { pumps: isGiven(given, 'reference.pumps'), maintenance: isGiven(given, 'reference.maintenance') },
    },
    store: storeOf(written.store, absolute),
    rules: alarmRules.flatMap((rule) => alertRuleOf(rule) ?? []),
    alarms: { rules: alarmRules, holdMs: alarms.hold, shelveMs: alarms.shelve, lateMs: alarms.late },
    maintenance: maintenanceWindows(written.maintenance),
    notify: notifyConfig(written.notify, {
      broker: mqtt, absolute, page: isOn(given, 'http') && http.port !== 0 ? `http://${hostText(http.host)}:${http.port}` : undefined,
    }),
    summary: isOn(given, 'summary') && written.summary.at !== false && { at: written.summary.at, report: written.summary.report },
    parquet: isOn(given, 'parquet') && parquet !== undefined && { path: absolute(parquet.path) },
    forward: isOn(given, 'forward') && written.forward !== undefined && {
      ...kafkaOf(written.forward, absolute), prefix: written.forward.prefix,
    },
    http: isOn(given, 'http') && {
      host: http.host,
      port: http.port,
      tokens: absolute(http.tokens ?? join(dataDir, 'tokens.json')),
      trustProxy: http.trustProxy,
    },
    sql: { memory: written.sql.memory, timeoutMs: written.sql.timeout, rows: written.sql.rows },
    log: written.log,
    warnings: combinationWarnings(written, given),
  };
}

/** A host as a URL has it. */
function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function mqttOf(mqtt: WrittenConfig['receivers']['mqtt'], absolute: (path: string) => string): MqttConfig {
  const { url, topic = DEFAULT_TOPIC, topics = [{ topic }], clientId, connections, username, password, tls } = mqtt;
  if (url === 'embedded') {
    const { cert, key, ...rest } = tls ? tlsOf(tls, absolute) : {};
    return {
      broker: 'embedded', host: mqtt.host ?? '127.0.0.1', port: mqtt.port ?? 1883, topics, clientId,
      ...present({ users: mqtt.users && absolute(mqtt.users) }),
      ...(cert !== undefined && key !== undefined && { tls: { cert, key, ...rest } }),
    };
  }
  return {
    broker: 'external', url, topics, clientId, connections, protocol: mqtt.protocol ?? 5,
    ...present({ username, password }),
    ...(tls && { tls: tlsOf(tls, absolute) }),
  };
}

function kafkaReceiverOf(
  { group, format, ...kafka }: NonNullable<WrittenConfig['receivers']['kafka']>,
  absolute: (path: string) => string,
): Config['receivers']['kafka'] {
  return { ...kafkaOf(kafka, absolute), group, format };
}

function kafkaOf({ brokers, topic, tls, sasl }: WrittenKafka, absolute: (path: string) => string): KafkaConfig {
  return {
    brokers,
    topic,
    ...(tls && { tls: tlsOf(tls, absolute) }),
    ...(sasl && { sasl: { ...sasl, password: sasl.password ?? '' } }),
  };
}

function storeOf(
  { kind, url: [url, ...others], shared, table, timeout, username, password, token, tls, headers, ttl }: WrittenConfig['store'],
  absolute: (path: string) => string,
): Config['store'] {
  if (kind === 'embedded') return { kind, ttl };
  return {
    kind,
    url,
    ...(others.length > 0 && { others }),
    ...(shared && { shared }),
    table,
    timeoutMs: timeout,
    ttl,
    ...present({ username, password, token }),
    ...(headers && { headers }),
    ...(tls && { tls: tlsOf(tls, absolute) }),
  };
}

function tlsOf({ ca, cert, key }: WrittenTls, absolute: (path: string) => string): TlsFiles {
  return present({ ca: ca && absolute(ca), cert: cert && absolute(cert), key: key && absolute(key) });
}

/** Without the names that have no value. */
function present<Name extends string>(values: Readonly<Record<Name, string | undefined>>): { [name in Name]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [name in Name]?: string };
}
