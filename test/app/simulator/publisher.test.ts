import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { publishLines, type PumpLine } from '../../../app/simulator/publisher.ts';
import { EmbeddedBroker } from '../../../ingest/receivers/mqtt/broker.ts';
import { FileLog } from '../../support/fileLog.ts';
import { freePort } from '../../support/freePort.ts';
import { until } from '../../support/waiting.ts';
import { tempDir } from '../../support/tempDir.ts';

const topicOf = (pump: string) => `pumps/${pump}/readings`;

async function embeddedBroker() {
  const log = new FileLog(join(tempDir(), 'log'));
  const broker = new EmbeddedBroker({ port: 0, topic: 'pumps/+/readings', log, onLog: () => undefined });
  onTestFinished(async () => {
    log.goOn();
    await broker.stop();
    log.close();
  });
  await broker.start();
  return { log, broker, url: broker.url };
}

function* lines(count: number): Generator<PumpLine> {
  for (let i = 0; i < count; i++) yield { pump: i % 2 === 0 ? 'COHUTTA' : 'LAGNAPPE', line: String(i) };
}

describe('publishLines', () => {
  test('publishes every line on its pump\'s topic, in order, and resolves when all are acknowledged', async () => {
    const { url, log } = await embeddedBroker();
    expect(await publishLines({ url, topicOf, lines: lines(2000), qos: 1, maxInflight: 100 })).toBe(2000);
    expect(log.durable).toBe(2000);
    expect(log.payloads).toEqual([...lines(2000)].map(({ line }) => line));
    expect(log.topics.slice(0, 2)).toEqual(['pumps/COHUTTA/readings', 'pumps/LAGNAPPE/readings']);
  });

  test('asks for no further line while the window is full', async () => {
    const { url, log } = await embeddedBroker();
    log.hold();
    let asked = 0;
    function* counted(): Generator<PumpLine> {
      for (const line of lines(50)) {
        asked += 1;
        yield line;
      }
    }
    const published = publishLines({ url, topicOf, lines: counted(), qos: 1, maxInflight: 10 });
    await until(() => log.appended === 10, 'the window is full');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(log.appended).toBe(10);
    expect(asked).toBe(11);
    log.goOn();
    expect(await published).toBe(50);
  });

  test('ends early when the signal is aborted, and tells how many were acknowledged', async () => {
    const { url, log } = await embeddedBroker();
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<PumpLine> {
      for (let i = 0; ; i++) {
        if (i === 25) stop.abort();
        await new Promise((resolve) => setImmediate(resolve));
        yield { pump: 'COHUTTA', line: String(i) };
      }
    }
    const count = await publishLines({ url, topicOf, lines: endless(), qos: 1, maxInflight: 10, signal: stop.signal });
    expect(count).toBe(25);
    expect(log.durable).toBe(25);
  });

  test('an abort ends the wait of a full window', async () => {
    const { url, log } = await embeddedBroker();
    log.hold();
    const stop = new AbortController();
    const published = publishLines({ url, topicOf, lines: lines(50), qos: 1, maxInflight: 10, signal: stop.signal });
    await until(() => log.appended === 10, 'the window is full');
    stop.abort();
    log.goOn();
    expect(await published).toBe(10);
  });

  test('says where it expected a broker when none is there', async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    await expect(publishLines({ url, topicOf, lines: lines(1), qos: 1, maxInflight: 1 })).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
      message: `expected an MQTT broker at ${url}, but connect ECONNREFUSED ${url.slice('mqtt://'.length)}. Start it, or give the ` +
        'address of another',
    });
  });

  test('fails with the error of its lines', async () => {
    const { url } = await embeddedBroker();
    function* broken(): Generator<PumpLine> {
      yield { pump: 'COHUTTA', line: '0' };
      throw new RangeError('no more');
    }
    await expect(publishLines({ url, topicOf, lines: broken(), qos: 1, maxInflight: 10 })).rejects.toThrow('no more');
  });
});
