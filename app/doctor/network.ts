import { createServer } from 'node:net';
import { messageOf, systemCode } from '../../domain/errors.ts';
import type { Config, HttpConfig, MqttConfig } from '../config/types.ts';
import { isLoopback } from '../config/loopback.ts';
import { runIssues } from '../config/runIssues.ts';
import type { BrokerAccess } from '../../ingest/receivers/mqtt/client.ts';
import { diagnose } from '../../ingest/receivers/mqtt/closing.ts';
import { probeBroker } from '../../ingest/receivers/mqtt/probe.ts';
import { clientIds, pemTexts } from '../../ingest/receivers/mqtt/receiver.ts';
import { isRunning } from '../../storage/files/instanceLock.ts';
import { type BrokerUser, readBrokerUsers } from '../access/brokerUsers.ts';
import { readTokens, type StoredToken } from '../access/tokens.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

const CONNECT_MS = 3000;
const EVERYBODY =
  'It asks nobody who they are: every user of this machine may publish readings and read those of others. receivers.mqtt.users names a ' +
    'file of users';

/** The broker: a site's own lets us in, the embedded one can have its port. */
export async function checkBroker(config: Config): Promise<Finding[]> {
  const { mqtt } = config.receivers;
  if (!mqtt) return [ok('broker', 'switched off (receivers.mqtt: false)')];
  if (mqtt.broker === 'external') return checkLogin(mqtt);
  const port = await checkPort({ check: 'broker', host: mqtt.host, port: mqtt.port, dataDir: config.dataDir });
  return mqtt.users === undefined ? [{ ...port, message: `${port.message}. ${EVERYBODY}` }] : [port, ...checkUsers(mqtt.users, mqtt)];
}

/** Who may publish. That the file can't be used is said with what only `run` asks for. */
function checkUsers(path: string, { host, tls }: Extract<MqttConfig, { broker: 'embedded' }>): Finding[] {
  let users: readonly BrokerUser[];
  try {
    users = readBrokerUsers(path);
  } catch {
    return []; // said above
  }
  if (users.length === 0) return [warning('broker users', `none in ${path}: nobody may publish`, 'make one: wellwatch broker-user add ' +
    'NAME')];
  const who = users.map(({ name, publish }) => `${name} (${publish.join(', ') || 'nothing'})`).join('; ');
  if (isLoopback(host) || tls) return [ok('broker users', who)];
  return [
    warning('broker users', `${who}; their passwords cross the network as plain text`, 'set receivers.mqtt.tls to the certificate and ' +
      'key of the embedded broker'),
  ];
}

/** What only `run` asks for, and whether the HTTP side can have its address, and who is let in. */
export async function checkHttp(config: Config): Promise<Finding[]> {
  const issues = runIssues(config).map(({ path, problem }) =>
    failed('run', `${path}: ${problem}`, 'change the configuration; until then "wellwatch run" ends with exit code 2'),
  );
  const { http, dataDir } = config;
  if (!http) return [...issues, ok('http', 'switched off (http: false)')];
  return [...issues, await checkPort({ check: 'http', host: http.host, port: http.port, dataDir }), ...checkTokens(http)];
}

/** Who is let in. That others need a token is said above, with what only `run` asks for. */
function checkTokens({ host, tokens: path }: HttpConfig): Finding[] {
  let tokens: readonly StoredToken[];
  try {
    tokens = readTokens(path);
  } catch (error) {
    return [failed('tokens', messageOf(error), 'until then "wellwatch run" ends with exit code 2')];
  }
  const who = tokens.map(({ name, role }) => `${name} (${role})`).join(', ');
  if (tokens.length === 0)
    return isLoopback(host)
      ? [ok('tokens', 'none: whoever is on this machine gets in. "wellwatch token add" makes one, and from then on everybody needs one')]
      : [];
  if (isLoopback(host)) return [ok('tokens', who)];
  return [
    warning(
      'tokens',
      `${who}; they cross the network as plain text when ${host} is reached from other machines`,
      'put a proxy that speaks https before wellwatch, on this machine, and set http.host to 127.0.0.1',
    ),
  ];
}

/** Does at the site's broker what `run` would, but with a client id of its own, and takes nothing. */
async function checkLogin(mqtt: Extract<MqttConfig, { broker: 'external' }>): Promise<Finding[]> {
  const { url, protocol, username, password, topics, tls = {} } = mqtt;
  let files: BrokerAccess['tls'];
  try {
    files = pemTexts(tls);
  } catch (error) {
    return [failed('broker', messageOf(error), 'correct receivers.mqtt.tls')];
  }
  const access = { url, protocol, username, password, tls: files };
  const probe = await probeBroker({ access, clientId: clientIds(mqtt)[0], filters: topics.map(({ topic }) => topic), timeoutMs: CONNECT_MS });
  if ('notes' in probe) {
    const heard = probe.notes.length === 0 ? ', and what we publish there comes back' : '';
    return [ok('broker', `${url} lets us in${heard}`), ...probe.notes.map((note) => warning('broker', note, 'see to it at the broker'))];
  }
  const { kind, reason, advice } = diagnose(probe.closing);
  if (kind === 'gone') return [failed('broker', `${url} can't be reached: ${reason}`, 'start the broker, or correct receivers.mqtt.url')];
  return [failed('broker', `${url} refuses us: ${reason}`, advice ?? 'ask whoever runs the broker')];
}

interface Port {
  /** What wants it: the section of its setting. */
  readonly check: 'broker' | 'http';
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
}

async function checkPort({ check, host, port, dataDir }: Port): Promise<Finding> {
  if (port === 0) return ok(check, `takes a free port of ${host}`);
  const problem = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(systemCode(error) ?? messageOf(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (problem === undefined) return ok(check, `port ${port} of ${host} is free`);
  if (problem === 'EADDRINUSE' && (await isRunning(dataDir)))
    return ok(check, `port ${port} of ${host} is taken while a job runs on ${dataDir}`);
  const section = check === 'http' ? 'http' : 'receivers.mqtt';
  const address =
    check === 'http' && problem !== 'EADDRINUSE' && problem !== 'EACCES'
      ? 'http.host to an address of this machine'
      : `${section}.port to another port`;
  return failed(check, `port ${port} of ${host} can't be had: ${problem}`, `end what holds it, or set ${address}`);
}
