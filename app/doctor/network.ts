import { connect, createServer } from 'node:net';
import { messageOf, systemCode } from '../../domain/errors.ts';
import type { Config, MqttConfig } from '../config.ts';
import { runIssues } from '../config/runIssues.ts';
import { isRunning } from '../run/instanceLock.ts';
import { failed, type Finding, ok } from './finding.ts';

const CONNECT_MS = 3000;
/** Where the embedded broker listens. */
const LOOPBACK = '127.0.0.1';

/** The broker: a site's own can be reached, the embedded one can have its port. */
export async function checkBroker(config: Config): Promise<Finding[]> {
  const { mqtt } = config.receivers;
  if (!mqtt) return [ok('broker', 'switched off (receivers.mqtt: false)')];
  if (mqtt.broker === 'external') return [await checkReachable(mqtt)];
  return [await checkPort(config.dataDir, mqtt.port)];
}

/** What only `run` asks for, a token where others could reach the HTTP side among it, and that there is no such side yet. */
export function checkHttp(config: Config): Finding[] {
  const issues = runIssues(config).map(({ path, problem }) => failed('run', `${path}: ${problem}`, 'change the configuration; until then "wellwatch run" ends with exit code 2'));
  if (!config.http) return [...issues, ok('http', 'switched off (http: false)')];
  return [...issues, ok('http', `this version has no HTTP side yet: its settings are checked, port ${config.http.port} is not used`)];
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

async function checkPort(dataDir: string, port: number): Promise<Finding> {
  const check = 'broker';
  if (port === 0) return ok(check, `takes a free port of ${LOOPBACK}`);
  const problem = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(systemCode(error) ?? messageOf(error)));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (problem === undefined) return ok(check, `port ${port} of ${LOOPBACK} is free`);
  if (problem === 'EADDRINUSE' && (await isRunning(dataDir))) return ok(check, `port ${port} of ${LOOPBACK} is taken while a job runs on ${dataDir}`);
  return failed(check, `port ${port} of ${LOOPBACK} can't be had: ${problem}`, 'end what holds it, or set receivers.mqtt.port to another port');
}
