import { once } from 'node:events';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { hasMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { jsonLines } from '../support/command.ts';
import { startProgram } from '../support/program.ts';
import { store } from '../support/stored.ts';
import { tempDir } from '../support/tempDir.ts';

test.skipIf(!hasMosquitto)('a retained message never wins over what is stored, and what is not stored yet is taken from it', async () => {
  const mosquitto = await startMosquitto();
  onTestFinished(() => mosquitto.stop());
  const cwd = tempDir();
  await store(join(cwd, 'var'), ['A 2014-03-10T01:01 10 2 900 1 50 1']);
  const publisher = await connectAsync(mosquitto.url);
  const retained = ['A,3/10/14,1:01,10,2,900,1,0,1', 'A,3/10/14,1:02,10,2,900,1,0,1'].join('\n');
  await publisher.publishAsync('pumps/A/readings', retained, { qos: 1, retain: true });

  const job = startProgram(['run', '--json'], { cwd, env: { WELLWATCH_RECEIVERS_MQTT_URL: mosquitto.url } });
  const ended = once(job, 'exit');
  let told = '';
  job.stdout!.setEncoding('utf8').on('data', (text: string) => { told += text; });
  try {
    const psi = async () => (await jsonLines<{ psi: number }>(['readings', '--pump', 'A'], { cwd })).map((reading) => reading.psi);
    await expect.poll(psi, { timeout: 60_000 }).toEqual([50, 0]);
    await publisher.publishAsync('pumps/A/readings', 'A,3/10/14,1:01,10,2,900,1,3,1', { qos: 1, retain: true }); // live, so a correction
    await expect.poll(psi, { timeout: 60_000 }).toEqual([3, 0]);
  } finally {
    job.kill();
    await ended;
    await publisher.endAsync();
  }
  const lines = told.split('\n').filter(Boolean).map((line) => JSON.parse(line) as { at: string; value: number; withdrawn?: boolean });
  expect(lines.map(({ at, value }) => [at.slice(11), value])).toEqual([['01:02:00', 0], ['01:01:00', 3]]);
  expect(await jsonLines(['status'], { cwd })).toMatchObject([{ balance: { received: 4, stored: 3, duplicate: 1, pending: 0 } }]);
});
