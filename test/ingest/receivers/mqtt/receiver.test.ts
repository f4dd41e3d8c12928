import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../../../domain/errors.ts';
import { certificatesForTests } from '../../../support/certificates.ts';
import { hasMosquitto } from '../../../support/mosquitto.ts';
import { tempDir } from '../../../support/tempDir.ts';
import { broker, fileLog, numbered, publish, QUICK, receive, spy, untilConnected } from './setUp.ts';
import { freePort } from '../../../support/freePort.ts';
import { until } from '../../../support/waiting.ts';

const containing = (text: string) => expect.stringContaining(text) as string;

describe.skipIf(!hasMosquitto)('a changed topic', () => {
  test('is subscribed and the old one unsubscribed, in the same session', async () => {
    const { url } = await broker();
    const dataDir = tempDir();
    const log = fileLog();
    const before = receive({ url, dataDir, log, topic: 'old/+' });
    await untilConnected(before);
    await before.receiver.stop();
    await publish(url, ['waits in the session'], { topic: 'old/a' });

    const after = receive({ url, dataDir, log, topic: 'new/+' });
    await until(() => log.durable === 1, 'what waited has come');
    await until(
      () =>
        readFileSync(join(dataDir, 'mqtt-sessions.json'), 'utf8').includes('new/+') &&
        !readFileSync(join(dataDir, 'mqtt-sessions.json'), 'utf8').includes('old/+'),
      'the old topic is forgotten',
    );
    await untilConnected(after);
    await publish(url, ['too late'], { topic: 'old/a' });
    await publish(url, ['in time'], { topic: 'new/a' });
    await until(() => log.durable === 2, 'the new topic has come');
    expect(log.payloads).toEqual(['waits in the session', 'in time']);
  });
});

describe.skipIf(!hasMosquitto)('a retained row', () => {
  test('comes with the first subscription, and not again with every start (MQTT 5)', async () => {
    const { url } = await broker();
    const dataDir = tempDir();
    const log = fileLog();
    const publisher = await connectAsync(url);
    onTestFinished(() => publisher.endAsync());
    await publisher.publishAsync('pumps/COHUTTA/readings', 'retained', { qos: 1, retain: true });
    const first = receive({ url, dataDir, log });
    await until(() => log.durable === 1, 'it has come');
    await first.receiver.stop();

    await untilConnected(receive({ url, dataDir, log }));
    await publisher.publishAsync('pumps/COHUTTA/readings', 'new', { qos: 1 });
    await until(() => log.payloads.includes('new'), 'a new row has come');
    expect(log.payloads).toEqual(['retained', 'new']);
  });
});

describe.skipIf(!hasMosquitto)('a broker that goes and comes', () => {
  test('is said once each, and what was published meanwhile comes', async () => {
    const mosquitto = await broker();
    const receiving = receive({ url: mosquitto.url });
    await untilConnected(receiving);
    await mosquitto.shutDown();
    await until(() => receiving.receiver.status().state === 'reconnecting', 'it is reconnecting');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await mosquitto.restart();
    await untilConnected(receiving);
    await publish(mosquitto.url, numbered(3));
    await until(() => receiving.log.durable === 3, 'the rows have come');
    expect(receiving.events).toMatchObject([
      { level: 'warn', message: containing('is gone') },
      { level: 'info', message: containing(`reconnected to ${mosquitto.url} after`) },
    ]);
  });

  test('without its sessions is an error: messages may be missing', async () => {
    const mosquitto = await broker({ config: ['persistence false'] });
    const receiving = receive({ url: mosquitto.url });
    await untilConnected(receiving);
    await mosquitto.kill();
    await mosquitto.restart();
    await until(
      () => receiving.events.some(({ level, message }) => level === 'error' && message.includes('has kept no session for wellwatch')),
      'it is said',
    );
    await untilConnected(receiving);
    await publish(mosquitto.url, ['a row']);
    await until(() => receiving.log.durable === 1, 'it has subscribed again');
  });

  test('and is not there at first is said once and found later', async () => {
    const mosquitto = await broker();
    await mosquitto.shutDown();
    const receiving = receive({ url: mosquitto.url });
    await until(() => receiving.receiver.status().state === 'reconnecting', 'it has tried');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(receiving.events).toMatchObject([{ level: 'warn', message: containing("can't be reached (connect ECONNREFUSED") }]);
    await mosquitto.restart();
    await untilConnected(receiving);
  });
});

describe.skipIf(!hasMosquitto)('credentials', () => {
  async function guardedBroker() {
    const file = join(tempDir(), 'passwords');
    execFileSync('/usr/bin/mosquitto_passwd', ['-c', '-b', file, 'gateway', 'secret'], { stdio: 'ignore' });
    return broker({ config: ['allow_anonymous false', `password_file ${file}`] });
  }

  test('let it in', async () => {
    const { url } = await guardedBroker();
    const receiving = receive({ url, username: 'gateway', password: 'secret' });
    await untilConnected(receiving);
    await publish(url, ['a row'], { username: 'gateway', password: 'secret' });
    await until(() => receiving.log.durable === 1, 'the row is on disk');
  });

  test.each([4, 5] as const)('that are wrong are said once with what to check, and tried again (MQTT %i)', async (protocol) => {
    const wire = await spy((await guardedBroker()).port);
    const { receiver, events } = receive({ url: wire.url, protocol, username: 'gateway', password: 'wrong' });
    await until(() => wire.of('client', 'connect').length >= 3, 'it has tried three times');
    expect(receiver.status()).toMatchObject({ state: 'refused', connections: 0 });
    expect(events).toMatchObject([
      { level: 'error', message: containing('Check receivers.mqtt.username and WELLWATCH_RECEIVERS_MQTT_PASSWORD') },
    ]);
    expect(events[0].message).not.toContain('wrong');
  });
});

describe.skipIf(!hasMosquitto)('TLS', () => {
  const { path: file } = certificatesForTests();

  function tlsBroker() {
    return broker({
      scheme: 'mqtts',
      config: [`cafile ${file('ca.pem')}`, `certfile ${file('server.pem')}`, `keyfile ${file('server.key')}`, 'require_certificate true'],
    });
  }

  test('with a client certificate takes rows, and a certificate of an unknown authority is said with what to check', async () => {
    const { url } = await tlsBroker();
    const own = { cert: file('client.pem'), key: file('client.key') };
    const receiving = receive({ url, tls: { ca: file('ca.pem'), ...own } });
    await untilConnected(receiving);
    await publish(url, ['a row'], { ca: readFileSync(file('ca.pem')), cert: readFileSync(own.cert), key: readFileSync(own.key) });
    await until(() => receiving.log.durable === 1, 'the row is on disk');

    const stranger = receive({ url, clientId: 'stranger', tls: { ca: file('stranger.pem'), ...own } });
    await until(() => stranger.receiver.status().state === 'refused', 'it does not trust the broker');
    expect(stranger.events).toMatchObject([{ level: 'error', message: containing('Check receivers.mqtt.tls') }]);

    const anonymous = receive({ url, clientId: 'anonymous', tls: { ca: file('ca.pem') } });
    await until(() => anonymous.receiver.status().lastError !== null, 'the broker does not let it in');
    expect(anonymous.receiver.status().connections).toBe(0);
  });

  test('with a certificate file that is not there is a configuration error that names the setting', () => {
    const missing = join(tempDir(), 'ca.pem');
    expect(() => receive({ url: 'mqtts://127.0.0.1:8883', tls: { ca: missing } })).toThrow(
      new AppError('CONFIG', `receivers.mqtt.tls.ca: expected a PEM file at ${missing}, but there is none`),
    );
  });
});

describe.skipIf(!hasMosquitto)('the status topic', () => {
  test('is online while connected, offline by the last will when it vanishes, and offline after an orderly stop', async () => {
    const { port, url } = await broker();
    const heard: string[] = [];
    const listener = await connectAsync(url);
    onTestFinished(() => listener.endAsync());
    listener.on('message', (_topic, payload) => heard.push(payload.toString()));
    await listener.subscribeAsync('wellwatch/wellwatch/status');

    const wire = await spy(port);
    const receiving = receive({ url: wire.url });
    await until(() => heard.length === 1, 'it is online');
    wire.cut();
    await until(() => heard.length === 3, 'it went and came back');
    await receiving.receiver.stop();
    await until(() => heard.length === 4, 'it has left');
    expect(heard).toEqual(['online', 'offline', 'online', 'offline']);

    const retained: string[] = [];
    const later = await connectAsync(url);
    onTestFinished(() => later.endAsync());
    later.on('message', (_topic, payload) => retained.push(payload.toString()));
    await later.subscribeAsync('wellwatch/wellwatch/status');
    await until(() => retained.length === 1, 'the status is retained');
    expect(retained).toEqual(['offline']);
  });
});

describe.skipIf(!hasMosquitto)('two instances with one client id', () => {
  test.each([4, 5] as const)('are told apart from a broker that is gone, and it is said once (MQTT %i)', async (protocol) => {
    const { url } = await broker();
    const one = receive({ url, protocol });
    await untilConnected(one);
    const two = receive({ url, protocol });
    await until(
      () =>
        [one, two].every(({ events }) =>
          events.some(({ message }) => message.includes('Is a second wellwatch running? Each needs a receivers.mqtt.clientId of its own')),
        ),
      'both have said it',
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const { events } of [one, two]) expect(events.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('without a broker', () => {
  test('a stop ends at once', async () => {
    const { receiver, log } = receive({ url: `mqtt://127.0.0.1:${await freePort()}`, limits: QUICK });
    await until(() => receiver.status().state === 'reconnecting', 'it has tried');
    await receiver.stop();
    expect(receiver.status()).toMatchObject({ state: 'stopped', lastMessageAt: null });
    expect(log.appended).toBe(0);
  });

  test('an aborted signal stops it', async () => {
    const stop = new AbortController();
    const { receiver } = receive({ url: `mqtt://127.0.0.1:${await freePort()}`, signal: stop.signal });
    stop.abort();
    await until(() => receiver.status().state === 'stopped', 'it has stopped');
  });
});
