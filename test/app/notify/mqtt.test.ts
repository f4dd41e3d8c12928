import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { alarm } from '../../domain/notify/world.ts';
import { hasMosquitto, startMosquitto } from '../../support/mosquitto.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';
import { notifying, toOne } from './notifying.ts';

test.skipIf(!hasMosquitto)('an alarm is retained while it goes on, its events are not, and a broker that was away gets both', async () => {
  const broker = await startMosquitto();
  onTestFinished(() => broker.stop());
  const config = toOne({ kind: 'mqtt', topic: 'wellwatch/alarms', url: broker.url, clientId: 'test', protocol: 5 });
  const site = await notifying(config, tempDir());
  const raised = alarm({ pump: 'A+1' }, Date.now());
  site.setAll([raised]);
  await until(() => site.status().channels[0].sent === 1);
  const got = await listen(broker.url);
  await until(() => got.length === 1);
  expect(got[0]).toMatchObject({ topic: 'wellwatch/alarms/A%2B1/low-psi', retain: true, type: 'alarm.raised' });
  await broker.restart();
  site.change([{ ...raised, state: 'normal', returned: raised.from, cleared: raised.from }]);
  await until(() => site.status().channels[0].sent === 2);
  const later = await listen(broker.url);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(later).toEqual([]);
});

async function listen(url: string) {
  const got: { topic: string; retain: boolean; type: string }[] = [];
  const client = await connectAsync(url, { reconnectPeriod: 0 });
  onTestFinished(() => client.endAsync(true));
  client.on('error', () => undefined);
  client.on('message', (topic, payload, { retain }) => {
    got.push({ topic, retain, type: (JSON.parse(payload.toString()) as { type: string }).type });
  });
  await client.subscribeAsync('wellwatch/#');
  return got;
}
