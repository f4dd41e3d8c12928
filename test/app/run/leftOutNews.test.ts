import { expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import type { FromJob } from '../../../app/run/jobMessages.ts';
import { watchLeftOut } from '../../../app/run/leftOutNews.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { StepBuffer } from '../../../ingest/decode/stepBuffer.ts';
import { Formats } from '../../../ingest/receivers/formats.ts';
import { compileFormat } from '../../../ingest/receivers/mappedFormats.ts';

test('what formats leave out is told to the main thread, and to the log at the end; reading ahead does not count', () => {
  const { formats } = loadConfig({
    defaults: { formats: { a: { kind: 'json', pump: { topic: 1 }, tag: { topic: 2 }, measures: { psi: 'psi' } } } }, env: {},
  });
  const known = new Formats(formats, 'UTC', compileFormat);
  const messages: FromJob[] = [];
  const events: LogEvent[] = [];
  const watch = watchLeftOut(known, { post: (message) => messages.push(message), onLog: (event) => events.push(event) });
  const bytes = Buffer.from('1');
  for (const each of [known, known.uncounted()]) {
    const decoder = each.named('a');
    decoder.take({ bytes, from: 0, to: 1, final: true, source: 'mqtt:A/temp', receivedAt: 0 }, decoder.start, new StepBuffer(1));
  }
  watch.stop();
  expect(messages).toMatchObject([{ kind: 'leftOut', leftOut: [{ format: 'a', ignored: 1, ignoredTags: [{ name: 'temp', count: 1 }] }] }]);
  expect(events.map(({ message }) => message)).toEqual(['formats.a left out 1 value of tags that map to nothing: temp 1']);
});
