import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { generateCsv } from '../../../../app/simulator/generator.ts';
import { hasMosquitto, startMosquitto } from '../../../support/mosquitto.ts';
import { jsonLines } from '../../../support/command.ts';
import { lineMatching, runProgram, startProgram } from '../../../support/program.ts';
import { tempDir } from '../../../support/tempDir.ts';

const generated = (rows: number, seed: number) => Buffer.concat([...generateCsv({ rows, seed })]);

describe('files', () => {
  test('hold the rows in order, and have the same bytes for the same seed', async () => {
    const out = tempDir();
    const { code, stdout } = await runProgram(['simulate', '--files', '3', '--rows', '1000', '--seed', '5', '--out', out]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Generated 1,000 rows, none bad: ')]);
    const names = readdirSync(out).sort();
    expect(names).toEqual(['simulated-5-1of3.csv', 'simulated-5-2of3.csv', 'simulated-5-3of3.csv']);
    expect(Buffer.concat(names.map((name) => readFileSync(join(out, name)))).equals(generated(1000, 5))).toBe(true);
  });

  test('go to the inbox unless another folder is named, and a name that is taken stays', async () => {
    const dir = tempDir();
    const words = ['simulate', '--rows', '10', '--data-dir', dir];
    const [first] = await jsonLines<{ written: string[] }>(words);
    expect(first).toEqual({ rows: 10, corrupted: 0, written: [join(dir, 'inbox', 'simulated-1.csv')] });
    writeFileSync(first.written[0], 'mine');
    const [second] = await jsonLines<{ written: string[] }>(words);
    expect(second.written).toEqual([join(dir, 'inbox', 'simulated-1-2.csv')]);
    expect(readFileSync(first.written[0], 'utf8')).toBe('mine');
  });

  test('hold the share of bad rows that is asked for', async () => {
    const [{ rows, corrupted, written }] = await jsonLines<{ rows: number; corrupted: number; written: string[] }>([
      'simulate',
      '--rows',
      '2000',
      '--corrupt',
      '0.5',
      '--out',
      tempDir(),
    ]);
    expect(rows).toBe(2000);
    expect(corrupted).toBeGreaterThan(900);
    expect(corrupted).toBeLessThan(1100);
    expect(readFileSync(written[0], 'latin1').split('\n').length).toBe(2001);
  });

  test('a stopped run leaves no half file', async () => {
    const out = tempDir();
    const child = startProgram(['simulate', '--rows', '1000000000', '--out', out]);
    await vi.waitFor(() => expect(readdirSync(out)).toEqual(['simulated-1.csv.tmp']), { timeout: 60_000 });
    child.kill('SIGTERM');
    await lineMatching(child, 'stderr', /stopped before it was done/);
    expect(readdirSync(out)).toEqual([]);
  });
});

test.each([
  ['--rows', '0'], ['--rows', 'many'], ['--rows', '1.5'], ['--files', '-1'], ['--seed', 'x'], ['--corrupt', '1.1'], ['--corrupt', 'some'],
])('%s %s is wrong usage', async (flag, value) => {
  const { code, stderr } = await runProgram(['simulate', `${flag}=${value}`, '--out', tempDir()]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`${flag}: expected`)]);
});

test.each(['http://x', '127.0.0.1:1883', 'mqtt://', 'embedded'])('--mqtt %s is wrong usage', async (url) => {
  const { code, stderr } = await runProgram(['simulate', '--mqtt', url]);
  expect([code, stderr]).toEqual([2, `wellwatch: --mqtt: expected mqtt://host:1883 or mqtts://host:8883, got "${url}"\n`]);
});

describe.runIf(hasMosquitto)('over MQTT', () => {
  test('each row is a message to its pump’s topic', async () => {
    const broker = await startMosquitto();
    onTestFinished(() => broker.stop());
    const client = await connectAsync(broker.url);
    onTestFinished(() => client.endAsync());
    const lines: string[] = [];
    client.on('message', (topic, payload) => {
      expect(topic).toBe(`pumps/${payload.toString().split(',')[0]}/readings`);
      lines.push(payload.toString());
    });
    await client.subscribeAsync('pumps/+/readings', { qos: 1 });
    const { code, stdout } = await runProgram(['simulate', '--mqtt', broker.url, '--rows', '300', '--seed', '9']);
    expect([code, stdout]).toEqual([0, `Generated 300 rows, none bad: ${broker.url}.\n`]);
    await vi.waitFor(() => expect(lines.length).toBe(300), { timeout: 60_000 });
    expect(lines.sort()).toEqual(generated(300, 9).toString().trimEnd().split('\n').sort());
  });

  test('a broker that is not there is a failure with a sentence', async () => {
    const { code, stderr } = await runProgram(['simulate', '--mqtt', 'mqtt://127.0.0.1:1', '--rows', '10']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('expected an MQTT broker at mqtt://127.0.0.1:1')]);
  });
});
