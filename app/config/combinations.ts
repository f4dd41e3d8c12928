import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatIssues } from './formats/formatIssues.ts';
import { fileFormatIssues, messageFormatIssues, topicFormatIssues } from './formats/uses.ts';
import { zoneWarnings } from './formats/zoneWarnings.ts';
import type { Issue } from './issues.ts';
import { type Given, isGiven, isOn } from './given.ts';
import { getAt } from './layers.ts';
import { kafkaIssues, kafkaWarnings } from './kafkaSection.ts';
import { isLoopback } from './loopback.ts';
import { notifyIssues } from './notify.ts';
import { maintenanceIssues } from './maintenanceWindows.ts';
import { ruleIssues } from './ruleIssues.ts';
import type { WrittenConfig } from './schema.ts';
import { sharedIssues } from './shared.ts';
import { storeIssues, storeWarnings } from './store.ts';
import { tlsProblems } from './tls.ts';
import { formatDuration } from '../../domain/duration.ts';

/** Settings that are right by themselves but don't go together. `broken` names those that were replaced by their defaults. */
export function combinationIssues(config: WrittenConfig, given: Given, broken: readonly string[]): Issue[] {
  return [
    ...(broken.includes('batchInterval') ? [] : windowIssues(config)),
    ...(broken.includes('receivers.mqtt.url') || !isOn(given, 'receivers.mqtt') ? [] : mqttIssues(config.receivers.mqtt)),
    ...kafkaReceiverIssues(config, given, broken),
    ...(config.forward && isOn(given, 'forward') && !broken.some((path) => path.startsWith('forward.')) ? kafkaIssues('forward', config.forward) : []),
    ...storeIssues(config.store, broken),
    ...sharedIssues(config, given),
    ...ruleIssues(getAt(given.values, ['rules']), broken),
    ...maintenanceIssues(config.maintenance),
    ...notifyIssues(config.notify, isOn(given, 'receivers.mqtt') && config.receivers.mqtt.url !== 'embedded'),
    ...referenceIssues(config, given),
    ...reportIssues(config),
    ...formatsIssues(config, given, broken),
  ];
}

function windowIssues({ window, batchInterval }: WrittenConfig): Issue[] {
  return (['length', 'slide'] as const).flatMap((name) => {
    const ms = window[name];
    if (ms === undefined || ms % batchInterval === 0) return [];
    const interval = formatDuration(batchInterval);
    return [
      {
        path: `window.${name}`,
        problem: `expected a multiple of batchInterval (${interval}), because a window is made of whole batches, got ${formatDuration(ms)}`,
      },
    ];
  });
}

/** Formats, and how they are used; what is broken by itself is not looked at again. */
function formatsIssues({ formats, receivers: { directory, mqtt } }: WrittenConfig, given: Given, broken: readonly string[]): Issue[] {
  const isBroken = broken.some((path) => path.startsWith('formats'));
  return [
    ...Object.entries(formats).flatMap(([name, format]) =>
      broken.some((path) => path.startsWith(`formats.${name}.`)) ? [] : formatIssues(name, format),
    ),
    ...(isBroken ? [] : fileFormatIssues(directory.formats, formats)),
    ...(isBroken ? [] : topicFormatIssues(mqtt.topics ?? [], formats)),
    ...(mqtt.topics !== undefined && isGiven(given, 'receivers.mqtt.topic')
      ? [{ path: 'receivers.mqtt.topic', problem: 'expected either topic or topics, got both' }]
      : []),
    ...(mqtt.topics?.length === 0 ? [{ path: 'receivers.mqtt.topics', problem: 'expected at least one topic' }] : []),
  ];
}

const issue = (name: string, problem: string): Issue => ({ path: `receivers.mqtt.${name}`, problem });

/** What others can reach asks who they are; what crosses a network as plain text is no secret, so TLS is for those who are asked. */
function embeddedIssues({ connections, host, users, tls }: WrittenConfig['receivers']['mqtt']): Issue[] {
  const makeUsers = 'set receivers.mqtt.users to a file and make users with: wellwatch broker-user add NAME';
  return [
    ...(connections === 1 ? [] : [issue('connections', 'expected 1, as the embedded broker has no shared subscriptions, got ' +
      `${connections}; for a broker of your own set receivers.mqtt.url`)]),
    ...(host === undefined || isLoopback(host) || users !== undefined
      ? []
      : [issue('host', 'expected a loopback address such as 127.0.0.1 as long as the embedded broker asks nobody for a password, got ' +
        `"${host}"; ${makeUsers}`)]),
    ...(tls === undefined || users !== undefined
      ? []
      : [issue('tls', `expected only with receivers.mqtt.users for the embedded broker, which asks nobody for a password; ${makeUsers}. ` +
        'For a broker of your own set receivers.mqtt.url')]),
    ...(tls === undefined || users === undefined || (tls.cert !== undefined && tls.key !== undefined)
      ? []
      : [issue('tls', 'expected cert and key, the certificate of the embedded broker and its key')]),
  ];
}

function mqttIssues(mqtt: WrittenConfig['receivers']['mqtt']): Issue[] {
  if (mqtt.url === 'embedded') return embeddedIssues(mqtt);
  const url = new URL(mqtt.url);
  return [
    ...(url.username === '' && url.password === ''
      ? []
      : [issue('url', 'expected no user or password in the URL; set receivers.mqtt.username and WELLWATCH_RECEIVERS_MQTT_PASSWORD')]),
    ...(mqtt.password !== undefined && mqtt.username === undefined
      ? [issue('username', 'expected a user name to go with the password, got nothing')]
      : []),
    ...tlsProblems(mqtt.tls, url, 'mqtts').map((problem) => issue('tls', problem)),
  ];
}

function kafkaReceiverIssues({ receivers: { kafka }, formats }: WrittenConfig, given: Given, broken: readonly string[]): Issue[] {
  if (!kafka || !isOn(given, 'receivers.kafka') || broken.some((path) => path.startsWith('receivers.kafka.'))) return [];
  return [...kafkaIssues('receivers.kafka', kafka), ...messageFormatIssues('receivers.kafka.format', kafka.format, formats)];
}

/** What somebody may count on although it has no effect: worth a word, not a refusal. */
export function combinationWarnings({ receivers: { mqtt, kafka }, forward, store, formats, site }: WrittenConfig, given: Given): string[] {
  return [
    ...mqttWarnings(mqtt, given),
    ...(kafka && isOn(given, 'receivers.kafka') ? kafkaWarnings('receivers.kafka', kafka) : []),
    ...(forward && isOn(given, 'forward') ? kafkaWarnings('forward', forward) : []),
    ...storeWarnings(store),
    ...zoneWarnings(formats, site.timezone),
  ];
}

function mqttWarnings(mqtt: WrittenConfig['receivers']['mqtt'], given: Given): string[] {
  if (!isOn(given, 'receivers.mqtt')) return [];
  const [names, why] =
    mqtt.url === 'embedded'
      ? ([
          ['username', 'password'],
          'the embedded broker signs in nowhere. It is for a broker of your own, see receivers.mqtt.url',
        ] as const)
      : ([['users', 'host'], 'it is for the embedded broker, and receivers.mqtt.url names another one'] as const);
  return names.filter((name) => mqtt[name] !== undefined).map((name) => `receivers.mqtt.${name} has no effect: ${why}`);
}

const REFERENCE_LINES = {
  pumps: 'a line for each pump: id, type, purchase date, in-service date, vendor, latitude, longitude',
  maintenance: 'a line for each event: pump id, date, technician, description',
  contacts: 'a line for each vendor and technician: name, phone, mail',
};

/** Who is sent the report of the day. */
function reportIssues({ summary: { report }, notify: { channels } }: WrittenConfig): Issue[] {
  const names = Object.keys(channels).filter((name) => channels[name].format !== 'pagerduty');
  return report.filter((name) => !names.includes(name)).map((name) => ({
    path: 'summary.report',
    problem: `expected one of notify.channels that is not PagerDuty${names.length === 0 ? ', of which there are none' : `: ${names.join(', ')}`}, got "${name}"`,
  }));
}

function referenceIssues({ reference }: WrittenConfig, given: Given): Issue[] {
  return (['pumps', 'maintenance', 'contacts'] as const).flatMap((name) => {
    const path = reference[name];
    if (path === undefined || !isGiven(given, `reference.${name}`) || existsSync(resolve(given.cwd, path))) return [];
    return [
      {
        path: `reference.${name}`,
        problem: `expected a CSV file with ${REFERENCE_LINES[name]}; there is none at ${resolve(given.cwd, path)}`,
      },
    ];
  });
}
