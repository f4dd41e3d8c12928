import { accessSync, constants } from 'node:fs';
import { messageOf } from '../../domain/errors.ts';
import { RECEIVER_NAMES } from '../../domain/receivers.ts';
import type { Config, TlsFiles } from './types.ts';
import { readBrokerUsers } from '../access/brokerUsers.ts';
import { readTokens } from '../access/tokens.ts';
import type { Issue } from './issues.ts';
import { unreadable } from '../../storage/files/unreadable.ts';
import { isLoopback } from './loopback.ts';
import { statAt } from '../../storage/files/statAt.ts';

/**
 * What only `run` asks of the configuration: a receiver, TLS files that can be read, users of the embedded broker when it asks
 * for them, a folder for Parquet files, and a token when others can reach the HTTP side.
 */
export function runIssues(config: Config): Issue[] {
  return [...receiverIssues(config), ...forwardIssues(config), ...parquetIssues(config), ...httpIssues(config)];
}

function receiverIssues({ receivers }: Config): Issue[] {
  const { mqtt, kafka } = receivers;
  if (Object.values(receivers).every((receiver) => !receiver))
    return [{ path: 'receivers', problem: `expected at least one receiver, but ${RECEIVER_NAMES.join(' and ')} are all switched off` }];
  return [
    ...(kafka && kafka.tls ? tlsIssues('receivers.kafka', kafka.tls) : []),
    ...(mqtt && mqtt.tls ? tlsIssues('receivers.mqtt', mqtt.tls) : []),
    ...(mqtt && mqtt.broker === 'embedded' && mqtt.users !== undefined ? usersIssues(mqtt.users) : []),
  ];
}

function usersIssues(path: string): Issue[] {
  try {
    readBrokerUsers(path);
    return [];
  } catch (error) {
    return [{ path: 'receivers.mqtt.users', problem: messageOf(error).replace(/^receivers\.mqtt\.users: /, '') }];
  }
}

function tlsIssues(section: string, tls: TlsFiles): Issue[] {
  return (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const path = tls[name];
    if (path === undefined) return [];
    try {
      accessSync(path, constants.R_OK);
      return [];
    } catch (error) {
      return [{ path: `${section}.tls.${name}`, problem: unreadable('a PEM file', path, error) }];
    }
  });
}

function forwardIssues({ forward, receivers: { kafka } }: Config): Issue[] {
  if (!forward) return [];
  const isLoop = kafka && kafka.topic === forward.topic && kafka.brokers.some((broker) => forward.brokers.includes(broker));
  const problem = `expected another topic than that of receivers.kafka, got ${forward.topic} for both: rows would go round in a circle`;
  return [...(isLoop ? [{ path: 'forward.topic', problem }] : []), ...(forward.tls ? tlsIssues('forward', forward.tls) : [])];
}

/** A folder that is absent will be made. */
function parquetIssues({ parquet }: Config): Issue[] {
  if (!parquet) return [];
  try {
    if (statAt(parquet.path)?.isDirectory() ?? true) return [];
    return [{ path: 'parquet.path', problem: `expected a folder, got a file: ${parquet.path}` }];
  } catch (error) {
    return [{ path: 'parquet.path', problem: unreadable('a folder', parquet.path, error) }];
  }
}

function httpIssues({ http }: Config): Issue[] {
  if (!http || isLoopback(http.host) || readTokens(http.tokens).length > 0) return [];
  return [
    {
      path: 'http.host',
      problem:
        `expected a loopback address such as 127.0.0.1 as long as there is no token, got "${http.host}"; make one with: wellwatch ` +
        'token add NAME --role read',
    },
  ];
}
