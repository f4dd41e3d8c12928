import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { withDeadline } from '../../../app/notify/withDeadline.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('whoever does not answer is waited for no longer than was said, also while garbage is collected', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const answer = withDeadline(new AbortController().signal, 300, (signal) => fetch(`http://127.0.0.1:${port}/`, { signal }));
  const outcome = answer.then(() => 'an answer', (error: Error) => error.name);
  for (let i = 0; i < 5; i++) {
    await sleep(20);
    collectGarbage();
  }
  expect(await outcome).toBe('TimeoutError');
});

test('what is not wanted any more ends at once', async () => {
  const stop = new AbortController();
  const ended = withDeadline(stop.signal, 60_000, (signal) => sleep(60_000, undefined, { signal }));
  stop.abort();
  await expect(ended).rejects.toThrow();
});
