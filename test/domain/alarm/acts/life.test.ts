import { describe, expect, test } from 'vitest';
import type { Act, Deed } from '../../../../domain/alarm/acts/act.ts';
import { actJson, actOfLine } from '../../../../domain/alarm/acts/actJson.ts';
import { asideAt, isNeeded, type Life, lifeOf, type LifeQuestion, type Lived } from '../../../../domain/alarm/acts/life.ts';
import { ActsByPump } from '../../../../domain/alarm/acts/pumpActs.ts';
import type { Priority } from '../../../../domain/alarm/rule.ts';
import { modelState } from './lifeModel.ts';
import fc from '../../../support/property.ts';

/** The site's clock is two hours behind UTC. */
const ZONE = -2 * 3_600_000;
const MINUTE = 60_000;
const RULE = { acknowledge: true, latch: false, realarm: null };

/** Minutes of the wall clock. */
const wall = (minute: number) => minute * MINUTE;
const utc = (minute: number) => minute * MINUTE - ZONE;

function occurrence(from: number, to: number, rest: Partial<Lived> = {}): Lived {
  return {
    pump: 'A', rule: 'low', level: 'high', from: wall(from), to: wall(to), raised: wall(from), cleared: null, late: false, stale: false,
    suppressed: false, ...rest,
  };
}

function act(number: number, minute: number, deed: Deed): Act {
  return { number, at: utc(minute), by: 'anna', verified: true, via: 'api', key: null, ...deed };
}

const seen = (from: number, to: number) => [{ from: wall(from), to: wall(to) }];
const acknowledge = (from: number, to: number, level: Priority = 'high', until: number | null = null): Deed =>
  ({ kind: 'acknowledge', pump: 'A', rule: 'low', seen: seen(from, to), level, until: until === null ? null : utc(until), comment: null });
const shelve = (until: number, rest: Partial<Deed & { kind: 'shelve' }> = {}): Deed =>
  ({ kind: 'shelve', pump: 'A', rule: 'low', levels: { low: 'high' }, until: utc(until), reason: 'testing', ...rest });

function question(minute: number, rest: Partial<LifeQuestion> = {}): LifeQuestion {
  return { now: utc(minute), wallAt: (instant) => instant + ZONE, rule: RULE, windows: [], ...rest };
}

function life(one: Lived, acts: readonly Act[], minute: number, rest: Partial<LifeQuestion> = {}): Life {
  return lifeOf(one, new ActsByPump(acts).of('A'), question(minute, rest));
}

test('a shelf that is set once covers what went on then, and ends with it; its log says so', () => {
  const once = act(1, 12, shelve(100, { once: [{ rule: 'low', ...seen(10, 12)[0] }] }));
  expect(actOfLine(JSON.stringify(actJson(once)))).toEqual(once);
  const [first, next] = [occurrence(10, 20), occurrence(40, 41)];
  expect(life(first, [once], 20).state).toBe('shelved');
  expect(life(next, [once], 42).state).toBe('active-unacknowledged');
  const [shelf] = new ActsByPump([once]).of('A').shelves;
  expect([[first], [{ ...first, cleared: wall(25) }, next]].map((those) => isNeeded(shelf, those))).toEqual([true, false]);
});

describe('an acknowledgement', () => {
  const acts = [act(1, 12, acknowledge(10, 12))];

  test('makes an active alarm acknowledged, and one that has returned normal', () => {
    expect(life(occurrence(10, 12), [], 20).state).toBe('active-unacknowledged');
    expect(life(occurrence(10, 20), acts, 20)).toMatchObject({ state: 'active-acknowledged', acknowledged: { by: 'anna', number: 1 } });
    expect(life(occurrence(10, 20, { cleared: wall(25) }), [], 30).state).toBe('returned-unacknowledged');
    expect(life(occurrence(10, 20, { cleared: wall(25) }), acts, 30).state).toBe('normal');
  });

  test('is not of the next alarm of the same rule, nor of another rule', () => {
    expect(life(occurrence(30, 31), acts, 40).state).toBe('active-unacknowledged');
    expect(life(occurrence(10, 12, { rule: 'other' }), acts, 40).state).toBe('active-unacknowledged');
  });

  test('stays when late rows move the beginning, and when they join two alarms of which it was given for one', () => {
    expect(life(occurrence(2, 20), acts, 30).state).toBe('active-acknowledged');
    expect(life(occurrence(11, 20), acts, 30).state).toBe('active-acknowledged');
  });

  test('does not cover what began after it, where a late row splits the alarm', () => {
    expect(life(occurrence(10, 12, { cleared: wall(13) }), acts, 30).state).toBe('normal');
    expect(life(occurrence(14, 20), acts, 30).state).toBe('active-unacknowledged');
  });

  test('breaks when the alarm gets worse than what was acknowledged, and not when it gets milder', () => {
    const medium = [act(1, 12, acknowledge(10, 12, 'medium'))];
    expect(life(occurrence(10, 20, { level: 'medium' }), medium, 20).state).toBe('active-acknowledged');
    expect(life(occurrence(10, 20, { level: 'low' }), medium, 20).state).toBe('active-acknowledged');
    expect(life(occurrence(10, 20, { level: 'high' }), medium, 20)).toMatchObject({ state: 'active-unacknowledged', acknowledged: null });
  });

  test('with an end counts only that long, unless the alarm was over by then', () => {
    const short = [act(1, 12, acknowledge(10, 12, 'high', 30))];
    expect(life(occurrence(10, 20), short, 29).state).toBe('active-acknowledged');
    expect(life(occurrence(10, 20), short, 30).state).toBe('active-unacknowledged');
    expect(life(occurrence(10, 20, { cleared: wall(30) }), short, 60).state).toBe('normal');
    expect(life(occurrence(10, 20, { cleared: wall(31) }), short, 60).state).toBe('returned-unacknowledged');
    const again = [...short, act(2, 61, acknowledge(10, 31, 'high', 62))];
    expect(life(occurrence(10, 20, { cleared: wall(31) }), again, 600).state).toBe('normal');
  });

  test('runs out after `realarm` while the alarm goes on', () => {
    const rule = { ...RULE, realarm: 10 * MINUTE };
    expect(life(occurrence(10, 20), acts, 21, { rule }).state).toBe('active-acknowledged');
    expect(life(occurrence(10, 20), acts, 22, { rule }).state).toBe('active-unacknowledged');
  });
});

describe('a rule', () => {
  test('that asks for no acknowledgement is normal once it is over', () => {
    const rule = { ...RULE, acknowledge: false };
    expect(life(occurrence(10, 20), [], 30, { rule }).state).toBe('active-unacknowledged');
    expect(life(occurrence(10, 20, { cleared: wall(25) }), [], 30, { rule }).state).toBe('normal');
  });

  test('that latches stays until it is reset', () => {
    const rule = { ...RULE, latch: true };
    const over = occurrence(10, 20, { cleared: wall(25) });
    const known = [act(1, 12, acknowledge(10, 12))];
    expect(life(over, [], 30, { rule }).state).toBe('returned-unacknowledged');
    expect(life(over, known, 30, { rule }).state).toBe('latched');
    const reset: Deed = { kind: 'reset', pump: 'A', rule: 'low', seen: seen(10, 20), comment: null };
    expect(life(over, [...known, act(2, 40, reset)], 50, { rule }).state).toBe('normal');
  });

  test('whose breach has not lasted long enough is pending, whatever was done', () => {
    expect(life(occurrence(10, 10, { raised: null }), [act(1, 5, shelve(60))], 11)).toMatchObject({ state: 'pending', shelved: null });
  });
});

describe('what is set aside', () => {
  test('on the shelf is shelved until that ends, and then as it is', () => {
    const acts = [act(1, 12, shelve(60))];
    expect(life(occurrence(10, 20), acts, 30)).toMatchObject({ state: 'shelved', shelved: { reason: 'testing' } });
    expect(life(occurrence(10, 20), acts, 60).state).toBe('active-unacknowledged');
    const ended = [...acts, act(2, 40, { kind: 'unshelve', pump: 'A', rule: null, comment: null })];
    expect(life(occurrence(10, 20), ended, 41).state).toBe('active-unacknowledged');
  });

  test('on the shelf comes back when it gets worse than it was then', () => {
    const acts = [act(1, 12, shelve(60, { levels: { low: 'medium' } }))];
    expect(life(occurrence(10, 20, { level: 'medium' }), acts, 30).state).toBe('shelved');
    expect(life(occurrence(10, 20, { level: 'high' }), acts, 30).state).toBe('active-unacknowledged');
  });

  test('with a shelf for the whole pump is any rule of it; a new shelf takes the place of the old one', () => {
    const acts = [act(1, 12, shelve(60, { rule: null, levels: {} })), act(2, 15, shelve(20, { rule: null, levels: {} }))];
    expect(life(occurrence(10, 20, { rule: 'other' }), acts, 19).state).toBe('shelved');
    expect(life(occurrence(10, 20, { rule: 'other' }), acts, 21).state).toBe('active-unacknowledged');
  });

  test('by a pump out of service goes before all, until it is returned', () => {
    const out: Deed = { kind: 'out-of-service', pump: 'A', reason: 'motor away', review: 20_000 };
    const acts = [act(1, 12, shelve(60)), act(2, 13, out)];
    expect(life(occurrence(10, 20), acts, 99_999)).toMatchObject({ state: 'out-of-service', outOfService: { review: 20_000 } });
    const back = [...acts, act(3, 30, { kind: 'return', pump: 'A', comment: null })];
    expect(life(occurrence(10, 20), back, 31).state).toBe('shelved');
    expect(life(occurrence(10, 20), back, 61).state).toBe('active-unacknowledged');
  });

  test('needs nobody when all of it lay in that time, and somebody when it did not', () => {
    const acts = [act(1, 5, shelve(60, { levels: {} }))];
    expect(life(occurrence(10, 20, { cleared: wall(25) }), acts, 90).state).toBe('normal');
    expect(life(occurrence(10, 20, { cleared: wall(61) }), acts, 90).state).toBe('returned-unacknowledged');
    expect(life(occurrence(4, 20, { cleared: wall(25) }), acts, 90).state).toBe('returned-unacknowledged');
  });

  test('by a maintenance window is suppressed in it by the time of the readings, whenever they come', () => {
    const windows = [{ pumps: 'A', from: wall(5), to: wall(60), reason: 'tighten mounts' }];
    expect(life(occurrence(10, 20), [], 30, { windows })).toMatchObject({ state: 'suppressed', maintenance: { reason: 'tighten mounts' } });
    expect(life(occurrence(10, 20), [], 60, { windows }).state).toBe('active-unacknowledged');
    expect(life(occurrence(10, 20, { stale: true }), [], 9999, { windows }).state).toBe('suppressed');
    expect(life(occurrence(10, 20, { cleared: wall(60) }), [], 9999, { windows }).state).toBe('normal');
  });

  test('is told of any moment, for figures of what was shelved or suppressed', () => {
    const acts = new ActsByPump([act(1, 5, shelve(60))]).of('A');
    const windows = [{ pumps: 'A', from: wall(70), to: wall(80), reason: 'x' }];
    const at = (minute: number) => asideAt(occurrence(1, 90), wall(minute), acts, question(0, { windows }));
    expect([4, 5, 59, 60, 70, 80].map(at)).toEqual([null, 'shelved', 'shelved', null, 'suppressed', null]);
  });
});

// --- properties ---

const LEVELS: readonly Priority[] = ['low', 'medium', 'high'];
const RULES = ['low', 'hot'] as const;
const minute = fc.integer({ min: 0, max: 60 });
const level = fc.constantFrom(...LEVELS);
const ruleId = fc.constantFrom(...RULES);
const spans = fc.array(fc.tuple(minute, fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 3 })
  .map((list) => list.map(([from, length]) => ({ from: wall(from), to: wall(from + length) })));

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ rule: ruleId, seen: spans, level, until: fc.option(minute) }).map(({ rule, seen, level, until }): Deed =>
    ({ kind: 'acknowledge', pump: 'A', rule, seen, level, until: until === null ? null : utc(until), comment: null })),
  fc.record({ rule: fc.option(ruleId), levels: fc.dictionary(ruleId, level), until: minute }).map(({ rule, levels, until }): Deed =>
    ({ kind: 'shelve', pump: 'A', rule, levels, until: utc(until), reason: 'r' })),
  fc.option(ruleId).map((rule): Deed => ({ kind: 'unshelve', pump: 'A', rule, comment: null })),
  fc.constant<Deed>({ kind: 'out-of-service', pump: 'A', reason: 'r', review: 20_000 }),
  fc.constant<Deed>({ kind: 'return', pump: 'A', comment: 'c' }),
  fc.record({ rule: ruleId, seen: spans }).map(({ rule, seen }): Deed => ({ kind: 'reset', pump: 'A', rule, seen, comment: null })),
);

/** Acts in the order of a clock that never goes back. */
const acts = fc.array(fc.tuple(minute, deed), { maxLength: 12 })
  .map((list) => list.sort(([a], [b]) => a - b).map(([at, what], i) => act(i + 1, at, what)));

const lived: fc.Arbitrary<Lived> = fc
  .record({
    rule: ruleId, level, from: minute, length: fc.integer({ min: 0, max: 20 }), delay: fc.option(fc.integer({ min: 0, max: 5 })),
    over: fc.option(fc.integer({ min: 1, max: 5 })), late: fc.boolean(), stale: fc.boolean(), suppressed: fc.boolean(),
  })
  .map(({ from, length, delay, over, ...rest }) => ({
    pump: 'A', ...rest, from: wall(from), to: wall(from + length),
    raised: delay === null ? null : wall(from + Math.min(delay, length)), cleared: over === null ? null : wall(from + length + over),
  }));

const asked = fc.record({
  now: minute,
  rule: fc.record({ acknowledge: fc.boolean(), latch: fc.boolean(), realarm: fc.option(fc.integer({ min: 1, max: 30 }).map(wall)) }),
  windows: fc.array(fc.tuple(minute, fc.integer({ min: 1, max: 20 }))
    .map(([from, length]) => ({ pumps: 'A', from: wall(from), to: wall(from + length), reason: 'w' })), { maxLength: 2 }),
});

test('the state is that of a model which walks the minutes', () => {
  fc.assert(
    fc.property(lived, acts, asked, (one, done, { now, rule, windows }) => {
      const found = life(one, done, now, { rule, windows }).state;
      expect(found).toBe(modelState(one, done, { now: utc(now), zone: ZONE, rule, windows }));
    }),
    { numRuns: 1500 },
  );
});

test('an act is the same after it was written and read', () => {
  fc.assert(fc.property(acts, (done) => {
    for (const one of done) expect(actOfLine(JSON.stringify(actJson(one)))).toEqual(one);
  }), { numRuns: 50 });
});

test('late rows that lengthen an alarm, or join it with its neighbour, never lose its acknowledgement', () => {
  fc.assert(
    fc.property(minute, fc.nat(20), fc.nat(30), fc.nat(30), (from, length, before, after) => {
      const done = [act(1, 100, acknowledge(from, from + length))];
      const whole = occurrence(from - before, from + length + after);
      expect(life(whole, done, 200).state).toBe('active-acknowledged');
      expect(life({ ...whole, cleared: whole.to + MINUTE }, done, 200).state).toBe('normal');
    }),
  );
});
