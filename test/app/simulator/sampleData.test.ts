import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CORRUPTIONS } from '../../../app/simulator/corruption.ts';
import { FIELD } from '../../../app/simulator/pumps.ts';
import { sampleFiles } from '../../../app/simulator/sampleData.ts';
import { packageRoot } from '../../../app/config/packageRoot.ts';
import { csvDecoder } from '../../../ingest/decode/csv/csvDecoder.ts';
import { CSV_START } from '../../../ingest/decode/csv/csvState.ts';
import { StepBuffer } from '../../../ingest/decode/stepBuffer.ts';
import { readReference } from '../../../ingest/reference/readReference.ts';

const data = join(packageRoot(), 'data');

test('the packaged sample data is what the generator makes, byte for byte', () => {
  const files = sampleFiles();
  for (const [path, content] of files) expect(readFileSync(join(data, path)).equals(content), path).toBe(true);
  const there = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.csv'));
  const made = there.filter((name) => !name.startsWith('formats')); // those are written by hand
  expect(made.sort()).toEqual([...files.keys()].sort());
});

test('every pump of the field is in the vendor file and has a history that begins with its installation', async () => {
  const { pumps, maintenance } = await readReference({
    pumps: join(data, 'reference/sensorvendor.csv'),
    maintenance: join(data, 'reference/sensormaint.csv'),
    required: true,
  });
  expect([...pumps.keys()]).toEqual(FIELD.map(({ id }) => id));
  for (const { id, inService, lastService } of FIELD) {
    const history = maintenance.get(id)!;
    expect(history.length).toBeGreaterThanOrEqual(5);
    expect(history[0]).toMatchObject({ date: inService, description: 'Install' });
    expect(history).toContainEqual({ pump: id, ...lastService });
  }
  expect(maintenance.get('LAFOURCHE')!.at(-1)!.description).toBe('Shutdown, bearing failure');
});

test('the bad file has a row of every kind that is refused, and a few good ones', () => {
  const bytes = readFileSync(join(data, 'bad/bad.csv'));
  const into = new StepBuffer(1000);
  csvDecoder.take({ bytes, from: 0, to: bytes.length, final: true, source: 'bad.csv', receivedAt: 0 }, CSV_START, into);
  expect(into.rejects.length).toBe(CORRUPTIONS.length + 1);
  expect(into.readings.length).toBe(4);
});
