import { connect, createServer } from 'node:net';
import { messageOf, systemCode } from '../../domain/errors.ts';
import type { Config, MqttConfig } from '../config.ts';
import { runIssues } from '../config/runIssues.ts';
import { isRunning } from '../run/instanceLock.ts';
import { failed, type Finding, ok } from './finding.ts';

const CONNECT_MS = 3000;

/** The broker: a site's own can be reached, the embedded one can have its port. */
export async function checkBroker(config: Config): Promise<Finding[]> {
  const { mqtt } = config.receivers;
  if (!mqtt) return [ok('broker', 'switched off (receivers.mqtt: false)')];
  if (mqtt.broker === 'external') return [await checkReachable(mqtt)];
  return [await checkPort(config, { check: 'broker', host: '127.0.0.1', port: mqtt.port, setting: 'receivers.mqtt.port' })];
}

/** The HTTP side: its port, and a token where others can reach it; and what else only `run` asks for. */
export async function checkHttp(config: Config): Promise<Finding[]> {
  const issues = runIssues(config).map(({ path, problem }) => failed('run', `${path}: ${problem}`, 'change the configuration; until then "wellwatch run" ends with exit code 2'));
  if (!config.http) return [...issues, ok('http', 'switched off (http: false)')];
  return [...issues, await checkPort(config, { check: 'http', ...config.http, setting: 'http.port' })];
}

async function checkReachable({ url }: Extract<MqttConfig, { broker: 'external' }>): Promise<Finding> {
  const { hostname, port, protocol } = new URL(url);
  const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'mqtts:' ? 8883 : 1883) };
  const problem = await new Promise<string | undefined>((resolve) => {
    const socket = connect({ ...target, timeout: CONNECT_MS });
    const end = (answer: string | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end(`no answer within ${CONNECT_MS / 1000} s`));
    socket.once('error', (error) => end(systemCode(error) ?? messageOf(error)));
  });
  if (problem) return failed('broker', `${url} can't be reached: ${problem}`, 'start the broker, or correct receivers.mqtt.url');
  return ok('broker', `${url} accepts connections`);
}

interface PortToCheck {
  readonly check: string;
  readonly host: string;
  readonly port: number;
  readonly setting: string;
}

async function checkPort({ dataDir }: Config, { check, host, port, setting }: PortToCheck): Promise<Finding> {
  if (port === 0) return ok(check, `takes a free port of ${host}`);
  const problem = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(systemCode(error) ?? messageOf(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (problem === undefined) return ok(check, `port ${port} of ${host} is free`);
  if (problem === 'EADDRINUSE' && (await isRunning(dataDir))) return ok(check, `port ${port} of ${host} is taken while a job runs on ${dataDir}`);
  return failed(check, `port ${port} of ${host} can't be had: ${problem}`, `end what holds it, or set ${setting} to another port`);
}
