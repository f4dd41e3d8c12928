import { readFileSync } from 'node:fs';
import { AppError } from '../../domain/errors.ts';
import type { KafkaAccess } from '../../ingest/receivers/kafka/access.ts';
import { unreadable } from '../../storage/files/unreadable.ts';
import type { KafkaConfig } from './types.ts';

/** How we get into a configured cluster, PEM files read; `section` is where it stands. Throws CONFIG. */
export function kafkaAccess(section: string, { brokers, tls, sasl }: KafkaConfig): KafkaAccess {
  const pem = (name: 'ca' | 'cert' | 'key') => (tls?.[name] === undefined ? {} : { [name]: read(`${section}.tls.${name}`, tls[name]) });
  return { brokers, sasl, tls: tls && { ...pem('ca'), ...pem('cert'), ...pem('key') } };
}

function read(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('CONFIG', `${key}: ${unreadable('a PEM file', path, error)}`, { cause: error });
  }
}
