import { createHash } from 'node:crypto';
import type { Route } from '../../domain/notify/routes.ts';
import type { Issue } from './issues.ts';
import type { WrittenChannel, WrittenNotify, WrittenRoute } from './notifySection.ts';
import { tlsProblems } from './tls.ts';
import type { MqttConfig, TlsFiles } from './types.ts';
import { channelVariable } from './channelKeys.ts';
import type { ChannelConfig, NotifyConfig } from './notifyTypes.ts';
import { secretsOf } from './webhookSecrets.ts';

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue';

/** What is wrong with settings that are right by themselves. */
export function notifyIssues({ channels, routes, smtp, heartbeat }: WrittenNotify, hasBroker: boolean): Issue[] {
  const variables = new Map<string, string>();
  return [
    ...Object.entries(channels).flatMap(([name, channel]) => {
      const variable = channelVariable(name, 'secret');
      const other = variables.get(variable);
      variables.set(variable, name);
      return [
        ...(other === undefined ? [] : [issue(`channels.${name}`, `expected a name that differs from ${other} in more than capitals and dashes`)]),
        ...channelIssues(name, channel, { hasBroker, hasSmtp: smtp.url !== undefined && smtp.from !== undefined }),
      ];
    }),
    ...routes.flatMap((route, i) => routeIssues(`routes[${i}]`, route, Object.keys(channels))),
    ...(smtp.url === undefined || !hasCredentials(smtp.url) ? [] : [issue('smtp.url', 'expected no user or password in the URL; set ' +
      'notify.smtp.username and WELLWATCH_NOTIFY_SMTP_PASSWORD')]),
    ...((smtp.username === undefined) === (smtp.password === undefined) ? [] : [issue('smtp.username',
      smtp.username === undefined ? 'expected a user name to go with the password, got nothing' :
        'expected WELLWATCH_NOTIFY_SMTP_PASSWORD, the password that goes with it, got nothing')]),
    ...(heartbeat.url === undefined || !hasCredentials(heartbeat.url) ? [] : [issue('heartbeat.url', 'expected no user or password in the URL')]),
  ];
}

const issue = (path: string, problem: string): Issue => ({ path: `notify.${path}`, problem });

interface Around {
  /** The receiver's broker is one of the site's own, and takes the channel's messages where the channel names none. */
  readonly hasBroker: boolean;
  readonly hasSmtp: boolean;
}

function channelIssues(name: string, channel: WrittenChannel, { hasBroker, hasSmtp }: Around): Issue[] {
  const { email, webhook, mqtt, format, broker, secret, tls } = channel;
  const own = (key: string, problem: string) => issue(`channels.${name}${key === '' ? '' : `.${key}`}`, problem);
  const isPagerDuty = format === 'pagerduty';
  const ways = [email, webhook ?? (isPagerDuty ? PAGERDUTY : undefined), mqtt].filter((way) => way !== undefined).length;
  if (ways !== 1) return [own('', `expected one of email, webhook and mqtt, got ${ways === 0 ? 'none' : 'more'}`)];
  const isMqtt = mqtt !== undefined;
  const isWebhook = !isMqtt && email === undefined;
  const unused = [
    ...(isWebhook ? [] : (['format'] as const)), ...(isMqtt ? [] : (['broker', 'protocol', 'username', 'tls'] as const)),
  ].filter((key) => channel[key] !== undefined);
  const variable = channelVariable(name, 'secret');
  return [
    ...unused.map((key) => own(key, `expected only with ${key === 'format' ? 'webhook' : 'mqtt'}`)),
    ...(email !== undefined && !hasSmtp ? [own('email', 'expected notify.smtp.url and notify.smtp.from, the server that sends it, got nothing')] : []),
    ...(isMqtt && broker === undefined && !hasBroker ? [own('broker', 'expected mqtt://host:1883, as the embedded broker only takes ' +
      'readings, got nothing')] : []),
    ...(broker !== undefined && hasCredentials(broker) ? [own('broker', `expected no user or password in the URL; set username and ${variable}`)] : []),
    ...(broker !== undefined ? tlsProblems(tls, new URL(broker), 'mqtts').map((problem) => own('tls', problem)) : []),
    ...(webhook !== undefined && hasCredentials(webhook) ? [own('webhook', 'expected no user or password in the URL')] : []),
    ...(isPagerDuty && secret === undefined ? [own('secret', `expected the routing key in ${variable}, got nothing`)] : []),
    ...(isWebhook && !isPagerDuty && secret !== undefined && secretsOf(secret) === undefined
      ? [own('secret', `expected whsec_ and 24 to 64 bytes in base64 in ${variable}, got something else`)] : []),
    ...(email !== undefined && secret !== undefined ? [own('secret', 'expected none: mail has WELLWATCH_NOTIFY_SMTP_PASSWORD')] : []),
  ];
}

function routeIssues(at: string, { to, steps, hours }: WrittenRoute, names: readonly string[]): Issue[] {
  const named = [
    ...(to ?? []).map((name) => ({ name, path: `${at}.to` })),
    ...(steps ?? []).flatMap((step, i) => step.to.map((name) => ({ name, path: `${at}.steps[${i}].to` }))),
  ];
  return [
    ...((to === undefined) === (steps === undefined) ? [issue(at, `expected either to or steps, got ${to ? 'both' : 'neither'}`)] : []),
    ...(named.length === 0 && (to ?? steps) !== undefined ? [issue(at, 'expected at least one channel, got none')] : []),
    ...named.filter(({ name }) => !names.includes(name)).map(({ name, path }) =>
      issue(path, `expected one of notify.channels${names.length === 0 ? ', of which there are none' : `: ${names.join(', ')}`}, got "${name}"`)),
    ...(hours && hours.from === hours.to ? [issue(`${at}.hours`, `expected two times of day, got ${'the same twice'}`)] : []),
  ];
}

function hasCredentials(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

/** The section as the program has it. `broker` is the receiver's; `page` where people find the page when nobody says it. */
export function notifyConfig(
  written: WrittenNotify,
  { broker, page, absolute }: {
    readonly broker: MqttConfig | false; readonly page: string | undefined; readonly absolute: (path: string) => string;
  },
): NotifyConfig {
  const { channels, routes, smtp, heartbeat, nothingReceived } = written;
  const { url, from, username, password } = smtp;
  return {
    channels: Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, channelOf(channel, broker, absolute)])),
    routes: routes.map(routeOf),
    smtp: url === undefined || from === undefined ? undefined : { url, from, ...present({ username, password }) },
    heartbeat: heartbeat.url === undefined ? undefined : { url: heartbeat.url, everyMs: heartbeat.every },
    page: (written.page ?? page)?.replace(/\/+$/, ''),
    nothingReceivedMs: nothingReceived,
  };
}

function channelOf(channel: WrittenChannel, broker: MqttConfig | false, absolute: (path: string) => string): ChannelConfig {
  const { email, webhook, mqtt, format = 'standard', secret } = channel;
  if (email) return { kind: 'email', to: email };
  if (mqtt === undefined) return { kind: 'webhook', url: webhook ?? PAGERDUTY, format, ...present({ secret }) };
  const receiver = broker && broker.broker === 'external' ? broker : undefined;
  const clientId = broker ? broker.clientId : 'wellwatch';
  if (channel.broker === undefined && receiver) {
    const { url, protocol, username, password, tls } = receiver;
    return { kind: 'mqtt', topic: mqtt, url, clientId, protocol, ...present({ username, password }), ...(tls && { tls }) };
  }
  return {
    kind: 'mqtt', topic: mqtt, url: channel.broker!, clientId, protocol: channel.protocol ?? 5,
    ...present({ username: channel.username, password: secret }),
    ...(channel.tls && { tls: filesOf(channel.tls, absolute) }),
  };
}

function filesOf({ ca, cert, key }: NonNullable<WrittenChannel['tls']>, absolute: (path: string) => string): TlsFiles {
  return present({ ca: ca && absolute(ca), cert: cert && absolute(cert), key: key && absolute(key) });
}

function routeOf(written: WrittenRoute): Route {
  const { priority, pumps, to, steps, repeat, group, hours } = written;
  return {
    key: createHash('sha256').update(JSON.stringify(written)).digest('hex').slice(0, 8),
    priority, pumps, repeatMs: repeat, groupMs: group, hours,
    steps: (steps ?? [{ after: 0, to: to! }]).map((step) => ({ afterMs: step.after, to: step.to })).sort((a, b) => a.afterMs - b.afterMs),
  };
}

function present<Name extends string>(values: Readonly<Record<Name, string | undefined>>): { [name in Name]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [name in Name]?: string };
}
