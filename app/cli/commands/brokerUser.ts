import { AppError } from '../../../domain/errors.ts';
import { addBrokerUser as add, removeBrokerUser as remove, usersOrNone } from '../../access/brokerUsers.ts';
import { hashPassword, makePassword } from '../../access/passwords.ts';
import { isTopicFilter } from '../../config/schema.ts';
import type { Config, TopicRule } from '../../config/types.ts';
import type { Context } from '../context.ts';
import { givenPassword } from '../givenPassword.ts';
import { siteTime } from '../siteTime.ts';
import { TextTable } from '../textTable.ts';

/** What is said of a user when it is made. */
export interface NewBrokerUser {
  readonly topic?: readonly string[];
  readonly read?: readonly string[];
  readonly passwordStdin?: boolean;
  readonly generate?: boolean;
}

/** `wellwatch broker-user add`: a password that was made is the only thing on standard output, once. */
export async function addBrokerUser({ config, json, output, notes }: Context, name: string, given: NewBrokerUser): Promise<number> {
  const { users, topics } = brokerOf(config);
  if (!/^[\w.-]{1,64}$/.test(name))
    throw new AppError('USAGE', `expected a name of 1 to 64 letters, digits, dots, dashes and underscores, got ${JSON.stringify(name)}`);
  const publish = filters('--topic', given.topic ?? (given.read ? [] : topics.map(({ topic }) => topic)));
  const read = filters('--read', given.read ?? []);
  if (usersOrNone(users).some((user) => user.name === name))
    throw new AppError('USAGE', `expected a name that no user has, got ${name} again (${users}). Remove that one first`);
  const password = given.generate ? undefined : await givenPassword({ wait: given.passwordStdin === true, name });
  const made = password === undefined ? makePassword() : { password: undefined, hash: await hashPassword(password) };
  add(users, { name, hash: made.hash, publish: [...publish], read: [...read], createdAt: new Date().toISOString() });
  const { password: shown } = made;
  if (json) output.line(JSON.stringify({ name, publish, read, ...(shown !== undefined && { password: shown }) }));
  else if (shown !== undefined) output.line(shown);
  await output.flush();
  notes.say(
    `${shown === undefined ? '' : 'This is the only time the password is shown. '}${users} keeps its hash; a running job that has this ` +
      `file knows the user at once. ${name} may publish on ${publish.join(', ') || 'nothing'} and read ${read.join(', ') || 'nothing'}`,
  );
  return 0;
}

/** `wellwatch broker-user list`: by age; with `--json` a line a user. */
export async function listBrokerUsers({ config, json, output, notes }: Context): Promise<number> {
  const { users: path } = brokerOf(config);
  const users = usersOrNone(path);
  if (json) for (const { name, publish, read, createdAt } of users) output.line(JSON.stringify({ name, publish, read, createdAt }));
  else if (users.length > 0) {
    const { timezone } = config.site;
    const shown = new TextTable([{ head: 'Name' }, { head: 'May publish' }, { head: 'May read' }, { head: `Made, ${timezone}` }], output);
    shown.add(users.map(({ name, publish, read, createdAt }) => [name, publish.join(' '), read.join(' '), siteTime(createdAt, timezone)]));
    shown.end(`in ${path}`);
  }
  await output.flush();
  if (users.length === 0) notes.say(`There are no users in ${path}: nobody may publish to the embedded broker.`);
  return 0;
}

/** `wellwatch broker-user remove`. */
export async function removeBrokerUser({ config, json, output, notes }: Context, name: string): Promise<number> {
  const { users } = brokerOf(config);
  remove(users, name);
  if (json) output.line(JSON.stringify({ name }));
  await output.flush();
  notes.say(`${name} is let in no longer; a running job ends its connections within a second or two.`);
  return 0;
}

function brokerOf({ receivers: { mqtt } }: Config): { readonly users: string; readonly topics: readonly TopicRule[] } {
  if (!mqtt || mqtt.broker !== 'embedded')
    throw new AppError('CONFIG', 'receivers.mqtt: expected the embedded broker, whose users these are; for another broker make them there');
  const { users, topics } = mqtt;
  if (users === undefined)
    throw new AppError(
      'CONFIG',
      'receivers.mqtt.users: expected the file where the users of the embedded broker are kept, got nothing. Set it in the ' +
        'configuration, or WELLWATCH_RECEIVERS_MQTT_USERS, for example to broker-users.json',
    );
  return { users, topics };
}

function filters(option: string, given: readonly string[]): readonly string[] {
  for (const filter of given) {
    if (!isTopicFilter(filter))
      throw new AppError('USAGE', `${option}: expected a topic filter such as pumps/+/readings or pumps/%u/#, got ` +
        `${JSON.stringify(filter)}`);
  }
  return given;
}
