import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeFileSync, chmodSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { checkBroker } from '../../../app/doctor/network.ts';
import { hasMosquitto, startMosquitto } from '../../support/mosquitto.ts';
import { tempDir } from '../../support/tempDir.ts';

const check = (url: string, env: Readonly<Record<string, string>> = {}) =>
  checkBroker(loadConfig({ cwd: tempDir(), env: { WELLWATCH_RECEIVERS_MQTT_URL: url, ...env } }));

test.skipIf(!hasMosquitto)('a broker that refuses the password is told as that, one that lets us in as well', async () => {
  const passwords = join(tempDir(), 'passwords');
  writeFileSync(passwords, '');
  execFileSync('mosquitto_passwd', ['-b', passwords, 'field', 'secret']);
  chmodSync(passwords, 0o600);
  const broker = await startMosquitto({ config: ['allow_anonymous false', `password_file ${passwords}`] });
  onTestFinished(() => broker.stop());
  expect(await check(broker.url)).toMatchObject([
    { state: 'failed', message: expect.stringContaining('refuses us: not authorized') as string },
  ]);
  const access = { WELLWATCH_RECEIVERS_MQTT_USERNAME: 'field', WELLWATCH_RECEIVERS_MQTT_PASSWORD: 'secret' };
  expect(await check(broker.url, access)).toMatchObject([{ state: 'ok', message: `${broker.url} lets us in, and what we publish there comes back` }]);
});

test('what is no broker, or is not there, is told', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await check(url)).toMatchObject([{ state: 'failed' }]);
  await new Promise((resolve) => server.close(resolve));
  expect(await check(url)).toMatchObject([{ state: 'failed', message: expect.stringContaining('ECONNREFUSED') as string }]);
});
