import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { loadConfig } from '../../app/config/load.ts';
import type { Config } from '../../app/config/types.ts';
import { FileFormats } from '../../ingest/receivers/directory/fileFormats.ts';
import { Formats } from '../../ingest/receivers/formats.ts';
import { StepBuffer } from '../../ingest/decode/stepBuffer.ts';
import { topicMatcher } from '../../ingest/receivers/mqtt/topicFilter.ts';
import { rowsOf } from '../ingest/decode/mapping/mapping.ts';

const DOCS = join(import.meta.dirname, '../../docs/formats');
const DATA = join(import.meta.dirname, '../../data/formats');
const receivedAt = Date.UTC(2014, 2, 14, 12) + 250;

/** The rows of one step, merged by pump and time as the table does it. */
function merged(rows: readonly string[]): string[] {
  const cells = new Map<string, Set<string>>();
  for (const row of rows) {
    const [pump, time, ...values] = row.split(' ');
    const key = `${pump} ${time}`;
    cells.set(key, new Set([...(cells.get(key) ?? []), ...values]));
  }
  return [...cells].map(([key, values]) => [key, ...[...values].sort()].join(' ')).sort();
}

async function read(config: Config, sample: string): Promise<string[]> {
  const formats = await Formats.of(config.formats, config.site.timezone);
  const into = new StepBuffer(1000);
  const take = (format: string | undefined, bytes: Buffer, source: string) => {
    const decoder = formats.named(format);
    const { refusal } = decoder.take({ bytes, from: 0, to: bytes.length, final: true, source, receivedAt }, decoder.start, into);
    expect(refusal).toBeUndefined();
  };
  if (sample.endsWith('.txt')) {
    const rules = config.receivers.mqtt ? config.receivers.mqtt.topics : [];
    for (const line of readFileSync(join(DATA, sample), 'utf8').trim().split('\n')) {
      const [topic, payload] = line.split(' ');
      take(rules.find((rule) => topicMatcher(rule.topic)(topic))?.format, Buffer.from(payload), `mqtt:${topic}`);
    }
  } else {
    const rules = config.receivers.directory ? config.receivers.directory.formats : [];
    const { format } = new FileFormats(formats, rules).decoderOf(sample);
    take(format.replace('formats.', ''), readFileSync(join(DATA, sample)), sample);
  }
  expect(into.rejects).toEqual([]);
  return merged(rowsOf(into));
}

const PAGES = readdirSync(DOCS).filter((name) => name !== 'README.md');

test.each(PAGES)('%s: its configuration reads its sample as it says', async (page) => {
  const text = readFileSync(join(DOCS, page), 'utf8');
  const yaml = /```yaml\n([^]*?)```/.exec(text)![1];
  const expected = /```\n([^]*?)```/.exec(text.slice(text.lastIndexOf('```yaml') + 8).replace(/^[^]*?```\n/, ''))![1];
  const sample = /data\/formats\/([\w.-]+)\)/.exec(text)![1];
  const config = loadConfig({ defaults: parse(yaml) as Record<string, unknown>, env: {} });
  expect(await read(config, sample)).toEqual(expected.trim().split('\n'));
});

test('there is a page for each sample, and a sample for each page', () => {
  const samples = PAGES.map((page) => /data\/formats\/([\w.-]+)\)/.exec(readFileSync(join(DOCS, page), 'utf8'))![1]);
  expect(samples.sort()).toEqual(readdirSync(DATA).sort());
  expect(PAGES.every((page) => readFileSync(join(DOCS, 'README.md'), 'utf8').includes(`(${page})`))).toBe(true);
});
