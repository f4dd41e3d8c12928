import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BrokerUserFile } from '../../../app/access/brokerUserFile.ts';
import { addBrokerUser, type BrokerUser, removeBrokerUser } from '../../../app/access/brokerUsers.ts';
import { hashPassword, isPassword, makePassword } from '../../../app/access/passwords.ts';
import type { EmbeddedBrokerOptions } from '../../../ingest/receivers/mqtt/broker.ts';
import { start, type Embedded } from '../../ingest/receivers/mqtt/embedded.ts';
import { certificatesForTests } from '../../support/certificates.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';

const certificates = certificatesForTests();

const MADE = makePassword();
const user = (name: string, given: Partial<BrokerUser> = {}): BrokerUser =>
  ({ name, hash: MADE.hash, publish: ['pumps/%u/readings'], read: [], createdAt: '2014-03-14T12:00:00.000Z', ...given });

interface WithUsers extends Embedded {
  readonly path: string;
}

async function startWith(users: readonly BrokerUser[], options: Partial<EmbeddedBrokerOptions> = {}): Promise<WithUsers> {
  const path = join(tempDir(), 'users.json');
  for (const added of users) addBrokerUser(path, added);
  const events: Embedded['events'] = [];
  const access = new BrokerUserFile(path, (event) => events.push(event));
  access.open();
  const embedded = await start({
    access,
    onLog: (event) => events.push(event),
    ...options,
    bounds: { refusalMs: 10, stuckMs: 300, ...options.bounds },
  });
  return { ...embedded, events, path };
}

async function signIn(url: string, username?: string, password: string = MADE.password, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0, ...(username !== undefined && { username, password }), ...options }, false);
  client.on('error', () => undefined);
  onTestFinished(() => client.endAsync(true));
  return client;
}

const closed = (client: MqttClient) => new Promise<void>((resolve) => void client.once('close', () => resolve()));

describe('with users the embedded broker', () => {
  test('lets in who has the right password, one that was made or one that was chosen, and nobody else', async () => {
    const { embedded, events } = await startWith([user('made'), user('chosen', { hash: await hashPassword(Buffer.from('geheim')) })]);
    await signIn(embedded.url, 'made');
    await signIn(embedded.url, 'chosen', 'geheim');
    await signIn(embedded.url, 'chosen', 'geheim');
    await expect(signIn(embedded.url, 'chosen', 'falsch')).rejects.toThrow('Bad username or password');
    await expect(signIn(embedded.url, 'made', '')).rejects.toThrow('Bad username or password');
    await expect(signIn(embedded.url, 'nobody')).rejects.toThrow('Bad username or password');
    await expect(signIn(embedded.url)).rejects.toThrow('Not authorized');
    expect(events.filter(({ level }) => level === 'warn')).toHaveLength(4);
    expect(JSON.stringify(events)).not.toContain('falsch');
  });

  test('takes a message only on topics of its sender, and the others stay with whoever sent them', async () => {
    const { embedded, log, events } = await startWith([user('A')]);
    const client = await signIn(embedded.url, 'A');
    await client.publishAsync('pumps/A/readings', 'a row', { qos: 1 });
    const gone = closed(client);
    let acknowledged = false;
    client.publish('pumps/B/readings', 'forged', { qos: 1 }, (error) => (acknowledged = error === undefined));
    await gone;
    expect(acknowledged).toBe(false);
    expect(log.payloads).toEqual(['a row']);
    expect(events.map(({ message }) => message)).toContainEqual(expect.stringContaining('user A may not publish on "pumps/B/readings"'));
  });

  test('a last will on a topic of somebody else is no message', async () => {
    const { embedded, log } = await startWith([user('A')]);
    const forged = await signIn(embedded.url, 'A', MADE.password, {
      will: { topic: 'pumps/B/readings', payload: Buffer.from('forged'), qos: 1 },
    });
    const own = await signIn(embedded.url, 'A', MADE.password, {
      will: { topic: 'pumps/A/readings', payload: Buffer.from('gone'), qos: 1 },
    });
    forged.stream.destroy();
    await until(() => embedded.status().connections === 1, 'the first is gone');
    own.stream.destroy();
    await until(() => log.durable === 1, 'the will of the second is on disk');
    expect(log.payloads).toEqual(['gone']);
  });

  test('lets nobody read what is not theirs', async () => {
    const { embedded } = await startWith([user('A'), user('B', { read: ['pumps/%u/#', 'news'] })]);
    const heard: string[] = [];
    const a = await signIn(embedded.url, 'A');
    const b = await signIn(embedded.url, 'B');
    b.on('message', (topic) => heard.push(topic));
    for (const filter of ['#', 'pumps/#', 'pumps/+/readings', 'pumps/A/readings', '$SYS/#', '+'])
      await expect(b.subscribeAsync(filter), filter).rejects.toThrow('Unspecified error');
    await expect(a.subscribeAsync('pumps/A/readings')).rejects.toThrow();
    await b.subscribeAsync(['pumps/B/+', 'news']);
    await a.publishAsync('pumps/A/readings', 'of A', { qos: 1 });
    await b.publishAsync('pumps/B/readings', 'of B', { qos: 1 });
    await until(() => heard.length === 1, 'its own has come');
    expect(heard).toEqual(['pumps/B/readings']);
  });

  test('nobody takes over the client id of another user', async () => {
    const { embedded } = await startWith([user('A'), user('B')]);
    const options = { clientId: 'gateway' };
    const a = await signIn(embedded.url, 'A', MADE.password, options);
    await signIn(embedded.url, 'B', MADE.password, options);
    await a.publishAsync('pumps/A/readings', 'still here', { qos: 1 });
    const gone = closed(a);
    await signIn(embedded.url, 'A', MADE.password, options);
    await gone;
  });

  test('knows at once who was added, and ends the connections of who was removed', async () => {
    const { embedded, path } = await startWith([user('A')]);
    addBrokerUser(path, user('B'));
    await signIn(embedded.url, 'B');
    const a = await signIn(embedded.url, 'A');
    const gone = closed(a);
    removeBrokerUser(path, 'A');
    await gone;
    await expect(signIn(embedded.url, 'A')).rejects.toThrow('Bad username or password');
  });

  test('a users file that is broken leaves those that were known', async () => {
    const { embedded, path, events } = await startWith([user('A')]);
    writeFileSync(path, '{"users":');
    await signIn(embedded.url, 'A');
    expect(events).toEqual([
      { level: 'error', message: expect.stringContaining('Until then the users that were there before hold') as string },
    ]);
  });

  test('a flood of wrong passwords keeps out nobody who has a made one, and fills no log', async () => {
    const { embedded, events } = await startWith([user('A'), user('B', { hash: await hashPassword(Buffer.from('geheim')) })], {
      bounds: { refusalMs: 5000, most: 20, mostUnknown: 10 },
    });
    const guesses = Array.from({ length: 100 }, (_, i) => signIn(embedded.url, 'B', `guess ${i}`).catch(() => undefined));
    await (await signIn(embedded.url, 'A')).publishAsync('pumps/A/readings', 'a row', { qos: 1 });
    await embedded.stop();
    await Promise.all(guesses);
    expect(events.length).toBeLessThan(20);
  });

  test('speaks TLS, and with ca only to clients with a certificate', async () => {
    const tls = { cert: certificates.path('server.pem'), key: certificates.path('server.key') };
    const ca = certificates.pem('ca.pem');
    const open = await startWith([user('A')], { tls });
    expect(open.embedded.url).toMatch(/^mqtts:/);
    await (await signIn(open.embedded.url, 'A', MADE.password, { ca })).publishAsync('pumps/A/readings', 'a row', { qos: 1 });
    expect(open.log.payloads).toEqual(['a row']);
    await expect(signIn(open.embedded.url.replace('mqtts', 'mqtt'), 'A', MADE.password, { connectTimeout: 2000 })).rejects.toThrow();
    const mutual = await startWith([user('A')], { tls: { ...tls, ca: certificates.path('ca.pem') } });
    await signIn(mutual.embedded.url, 'A', MADE.password, {
      ca,
      cert: certificates.pem('client.pem'),
      key: certificates.pem('client.key'),
    });
    await expect(signIn(mutual.embedded.url, 'A', MADE.password, { ca, connectTimeout: 2000 })).rejects.toThrow();
    await expect(startWith([], { tls: { ...tls, cert: '/nowhere.pem' } })).rejects.toThrow();
  });
});

test('a certificate that was renewed is shown to whoever comes next, and one that is broken to nobody', async () => {
  const dir = tempDir();
  const tls = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
  const put = (name: string) => {
    copyFileSync(certificates.path(`${name}.pem`), tls.cert);
    copyFileSync(certificates.path(`${name}.key`), tls.key);
  };
  put('other');
  const { embedded, events } = await startWith([user('A')], { tls, bounds: { stuckMs: 60 } });
  const ca = certificates.pem('ca.pem');
  await expect(signIn(embedded.url, 'A', MADE.password, { ca, connectTimeout: 2000 })).rejects.toThrow('altnames');
  writeFileSync(tls.cert, 'not a certificate');
  await until(() => events.some(({ level, message }) => level === 'error' && message.includes('the ones that were there before hold')), 'told');
  await expect(signIn(embedded.url, 'A', MADE.password, { ca, connectTimeout: 2000 })).rejects.toThrow('altnames');
  put('server');
  await until(() => events.some(({ message }) => message.includes('were read anew')), 'it is read');
  await signIn(embedded.url, 'A', MADE.password, { ca });
});

test('the file is for its owner only, and holds no password', () => {
  const path = join(tempDir(), 'users.json');
  addBrokerUser(path, user('A'));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => addBrokerUser(path, user('A'))).toThrow('expected a name that no user has, got A again');
  expect(() => removeBrokerUser(path, 'B')).toThrow('There are A');
});

test('a password is told from all others, however it is kept', async () => {
  const kept = await hashPassword(Buffer.from('geheim'));
  expect(kept).not.toBe(await hashPassword(Buffer.from('geheim')));
  expect([await isPassword(Buffer.from('geheim'), kept), await isPassword(Buffer.from('geheim2'), kept)]).toEqual([true, false]);
  expect([await isPassword(Buffer.from(MADE.password), MADE.hash), await isPassword(Buffer.from(''), MADE.hash)]).toEqual([true, false]);
});
