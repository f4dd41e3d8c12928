import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError, systemCode } from '../../domain/errors.ts';
import { writeAtomically } from '../../storage/files/atomicFile.ts';
import { alone } from '../../storage/files/alone.ts';
import { PASSWORD_HASH } from './passwords.ts';

/** Stands for the user's own name in a filter. */
export const OWN_NAME = '%u';

const usersFile = z.strictObject({
  users: z.array(z.strictObject({
    name: z.string().regex(/^[\w.-]{1,64}$/),
    hash: z.string().regex(PASSWORD_HASH),
    /** Filters of the topics on which it may publish, and of those that it may read. */
    publish: z.array(z.string()),
    read: z.array(z.string()),
    /** ISO 8601, UTC. */
    createdAt: z.string(),
  })),
});

/** A user of the embedded broker as it is kept: not the password itself. */
export type BrokerUser = Readonly<z.output<typeof usersFile>['users'][number]>;

/** The users of a file. Throws CONFIG when there is no such file, or it holds something else. */
export function readBrokerUsers(path: string): readonly BrokerUser[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = systemCode(error) === 'ENOENT' ? 'there is none' : `got ${systemCode(error)}`;
    throw new AppError(
      'CONFIG',
      `receivers.mqtt.users: expected a file with the users of the embedded broker at ${path}, ${why}. "wellwatch broker-user add NAME" ` +
        'makes one',
      { cause: error },
    );
  }
  try {
    return usersFile.parse(JSON.parse(text)).users;
  } catch (error) {
    throw new AppError(
      'CONFIG',
      `receivers.mqtt.users: expected ${path} to be written by "wellwatch broker-user add", got something else. Restore it, or remove ` +
        'it and make new users',
      { cause: error },
    );
  }
}

/** Keeps a new user. Throws USAGE when the name is taken, CONFIG and STORE_UNAVAILABLE when the file can't be used. */
export function addBrokerUser(path: string, user: BrokerUser): void {
  alone(path, 'broker-user add', () => {
    const users = usersOrNone(path);
    if (users.some(({ name }) => name === user.name))
      throw new AppError('USAGE', `expected a name that no user has, got ${user.name} again (${path}). Remove that one first`);
    write(path, [...users, user]);
  });
}

/** Removes a user. Throws USAGE when there is none of that name. */
export function removeBrokerUser(path: string, name: string): void {
  const missing = (names: string) => new AppError('USAGE', `expected the name of a user, got ${name}. ${names} (${path})`);
  if (usersOrNone(path).length === 0) throw missing('There are no users');
  alone(path, 'broker-user remove', () => {
    const users = usersOrNone(path);
    const left = users.filter((user) => user.name !== name);
    if (left.length === users.length) throw missing(`There are ${users.map((user) => user.name).join(', ')}`);
    write(path, left);
  });
}

/** The users of a file, none when there is no file. Throws CONFIG when it holds something else. */
export function usersOrNone(path: string): readonly BrokerUser[] {
  try {
    return readBrokerUsers(path);
  } catch (error) {
    if (error instanceof AppError && systemCode(error.cause) === 'ENOENT') return [];
    throw error;
  }
}

function write(path: string, users: readonly BrokerUser[]): void {
  writeAtomically(path, `${JSON.stringify({ users }, null, 2)}\n`, 0o600);
}
