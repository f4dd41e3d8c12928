import { performance } from 'node:perf_hooks';
import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns, type TurnsOptions } from '../../query/turns.ts';

/** Longer than a turn. */
function holdUp(): void {
  for (const end = performance.now() + 6; performance.now() < end;);
}

/** Works of some turns each; gives whose turn it was, in order. */
async function turnsOf(works: Readonly<Record<string, TurnsOptions>>, count = 3): Promise<string[]> {
  const order: string[] = [];
  await Promise.all(Object.entries(works).map(async ([name, options]) => {
    const turns = new Turns(options);
    holdUp();
    for (let turn = 0; turn < count; turn++) {
      await turns.next();
      order.push(name);
      holdUp();
    }
  }));
  return order;
}

test('those who do long work have their turns one after the other', async () => {
  expect(await turnsOf({ a: {}, b: {} })).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
});

test('the patient wait until the others are done', async () => {
  expect(await turnsOf({ patient: { patient: true }, a: {}, b: {} }, 2)).toEqual(['a', 'b', 'a', 'b', 'patient', 'patient']);
});

test('other work of the thread waits for one turn, however many do long work', async () => {
  let turns = 0;
  const work = Promise.all(Array.from({ length: 5 }, async () => {
    const each = new Turns();
    holdUp();
    for (let turn = 0; turn < 4; turn++) {
      await each.next();
      turns++;
      holdUp();
    }
  }));
  const seen: number[] = [];
  while (turns < 20) {
    const before = turns;
    await nextRound();
    seen.push(turns - before);
  }
  await work;
  expect(Math.max(...seen)).toBe(1);
});

test('work that nobody waits for sleeps between two turns', async () => {
  const turns = new Turns({ rests: true });
  holdUp();
  let passed = false;
  setTimeout(() => { passed = true; }, 1); // of two timers of a millisecond the older one comes first
  await turns.next();
  expect(passed).toBe(true);
});

test('short work goes on without a pause, and work that was stopped ends at its next turn', async () => {
  let paused = false;
  setImmediate(() => { paused = true; });
  await new Turns().next();
  expect(paused).toBe(false);
  const stop = new AbortController();
  const turns = new Turns({ signal: stop.signal });
  holdUp();
  stop.abort(new Error('enough'));
  await expect(turns.next()).rejects.toThrow('enough');
});
