import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../../../ingest/receivers/mqtt/broker/listener.ts';
import { until } from '../../../../support/waiting.ts';
import { publisher, start, TOPIC } from '../embedded.ts';

/** README, "The embedded broker": what it speaks, and what it keeps. */
test.each([
  ['3.1', { protocolId: 'MQIsdp', protocolVersion: 3 }],
  ['3.1.1', { protocolId: 'MQTT', protocolVersion: 4 }],
] as const)('MQTT %s is spoken, with QoS 0, 1 and 2', async (_version, protocol) => {
  const { embedded, log } = await start();
  const client = await publisher(embedded.url, protocol);
  for (const qos of [0, 1, 2] as const) await client.publishAsync(TOPIC, `QoS ${qos}`, { qos });
  await until(() => log.durable === 3, 'all are on disk');
  expect(log.payloads).toEqual(['QoS 0', 'QoS 1', 'QoS 2']);
});

test('MQTT 5 is refused, and the log says what to do', async () => {
  const { embedded, events } = await start();
  await expect(publisher(embedded.url, { protocolVersion: 5 })).rejects.toThrow();
  await until(() => events.length > 0, 'it is told');
  expect(events).toMatchObject([{ level: 'error', message: expect.stringContaining('Set the client to 3.1.1') as string }]);
});

test('no session is kept: who comes back begins anew, has missed what came meanwhile, and hears nothing retained', async () => {
  const { embedded } = await start();
  const options = { clientId: 'dashboard', clean: false };
  const first = await publisher(embedded.url, options);
  await first.subscribeAsync('pumps/#', { qos: 1 });
  await first.endAsync();
  const pump = await publisher(embedded.url);
  await pump.publishAsync(TOPIC, 'missed', { qos: 1, retain: true });

  const heard: string[] = [];
  const again = await publisher(embedded.url, options);
  again.on('message', (_topic, payload) => heard.push(payload.toString()));
  await again.subscribeAsync('pumps/#', { qos: 1 });
  await pump.publishAsync(TOPIC, 'heard', { qos: 1 });
  await until(() => heard.includes('heard'), 'it hears');
  expect(heard).toEqual(['heard']);
});

test('a subscription to $share/… is an ordinary one, which matches no reading', async () => {
  const { embedded } = await start();
  const heard: string[] = [];
  const client = await publisher(embedded.url);
  client.on('message', (topic) => heard.push(topic));
  await client.subscribeAsync(['$share/group/pumps/#', 'marker'], { qos: 1 });
  await client.publishAsync(TOPIC, 'a row', { qos: 1 });
  await client.publishAsync('marker', 'the end', { qos: 1 });
  await until(() => heard.length > 0, 'the marker came');
  expect(heard).toEqual(['marker']);
});

test('what a client is answered leaves at once, not when it has acknowledged what came before', async () => {
  const { server } = await listen({ host: '127.0.0.1', port: 0, onConnection: () => undefined, say: () => undefined });
  onTestFinished(() => void server.close());
  expect(server).toMatchObject({ noDelay: true });
});
