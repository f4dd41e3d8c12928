import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Output } from '../../../app/cli/output.ts';

test('waits while the stream has enough, and writes everything in order', async () => {
  const chunks: string[] = [];
  let waiting = 0;
  let most = 0;
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _, done) {
      chunks.push(chunk.toString());
      setImmediate(done);
    },
  });
  const output = new Output(slow);
  for (let i = 0; i < 50_000; i++) {
    output.line(`line ${i}`);
    await output.settle();
    waiting = slow.writableLength;
    most = Math.max(most, waiting);
  }
  await output.flush();
  expect(chunks.join('')).toBe(Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join(''));
  expect(most).toBeLessThan(70_000);
});
