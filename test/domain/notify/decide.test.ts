import { describe, expect, test } from 'vitest';
import { MINUTE, route, World } from './world.ts';

const HOUR = 60 * MINUTE;

describe('one alarm', () => {
  test('is told once, and once that it is over', () => {
    const site = new World();
    site.has({});
    site.pass(HOUR);
    site.clear('TECHE');
    site.pass(HOUR);
    expect(site.said()).toEqual(['raised TECHE', 'cleared TECHE']);
    expect(site.told.cases.size).toBe(0);
  });

  test('that was there before a crash and is over after it is told to be over', () => {
    const site = new World();
    site.has({});
    site.isComplete = false;
    site.withdraw('TECHE'); // nothing is known yet
    expect(site.said()).toEqual(['raised TECHE']);
    site.isComplete = true;
    site.look();
    expect(site.said()).toEqual(['raised TECHE', 'withdrawn TECHE']);
  });

  test('is told anew when it begins again, after the end of the one before', () => {
    const site = new World();
    site.has({});
    site.now += MINUTE;
    const at = '2026-03-02T12:00:30';
    site.change('TECHE', {}); // nothing new
    site.set({ ...site.active('TECHE')!, from: '2026-03-02T12:01:00', raised: '2026-03-02T12:01:00', worstAt: at });
    expect(site.said()).toEqual(['raised TECHE', 'cleared TECHE', 'raised TECHE']);
  });

  test('that a late reading makes longer is the same', () => {
    const site = new World();
    site.has({});
    site.pass(MINUTE);
    site.change('TECHE', { from: '2026-03-02T11:30:00', raised: '2026-03-02T11:30:00' });
    site.pass(MINUTE);
    expect(site.said()).toEqual(['raised TECHE']);
  });

  test('that is worse is told again, one that is milder is not', () => {
    const site = new World();
    site.has({ priority: 'medium' });
    site.change('TECHE', { priority: 'low' });
    site.change('TECHE', { priority: 'high' });
    site.change('TECHE', { priority: 'medium' });
    expect(site.said()).toEqual(['raised TECHE', 'worse TECHE']);
  });

  test.each([
    { late: true, stale: true, priority: 'medium' as const }, { state: 'shelved' as const }, { state: 'suppressed' as const }, { state: 'out-of-service' as const },
    { state: 'active-acknowledged' as const, acknowledged: { by: 'ann', at: '', comment: null } },
  ])('of which nobody needs to hear is not told: %o', (quiet) => {
    const site = new World();
    site.has(quiet);
    site.pass(HOUR);
    site.clear('TECHE');
    expect(site.said()).toEqual([]);
  });

  test('whose shelf is over is told at once, and one that was told before is told again', () => {
    const site = new World();
    site.has({ state: 'shelved' });
    site.change('TECHE', { state: 'active-unacknowledged' });
    site.change('TECHE', { state: 'shelved' });
    site.change('TECHE', { state: 'active-unacknowledged' });
    expect(site.said()).toEqual(['raised TECHE', 'reminder TECHE']);
  });

  test('is told to be over also while it is shelved', () => {
    const site = new World();
    site.has({});
    site.change('TECHE', { state: 'shelved' });
    site.clear('TECHE');
    expect(site.said()).toEqual(['raised TECHE', 'cleared TECHE']);
  });
});

describe('an alarm that was found late', () => {
  const past = { from: '2026-03-02T10:10:00', raised: '2026-03-02T10:10:00', worstAt: '2026-03-02T10:20:00', late: true, found: '2026-03-02T12:00:00' };
  const over = { ...past, state: 'returned-unacknowledged' as const, returned: '2026-03-02T10:40:00', cleared: '2026-03-02T10:40:00' };
  const routes = [route({ steps: [{ afterMs: 0, to: ['duty'] }, { afterMs: MINUTE, to: ['boss'] }], repeatMs: MINUTE })];
  const both = { duty: true, boss: true };

  test('and was over by then is told once, as that: nobody is reminded, and nobody else is told', () => {
    const site = new World(routes, both);
    site.has(over);
    site.pass(HOUR);
    site.set({ ...site.told.cases.values().next().value!.alarm, from: '2026-03-02T10:05:00', raised: '2026-03-02T10:05:00' }); // longer still
    site.pass(3 * 24 * HOUR);
    expect([site.said(), site.said('boss')]).toEqual([['found TECHE'], []]);
    expect(site.told.cases.size).toBe(0);
  });

  test('and of which nothing more is known is told once, and its end', () => {
    const site = new World(routes, both);
    site.has({ ...past, stale: true });
    site.pass(HOUR);
    expect([site.said(), site.said('boss')]).toEqual([['raised TECHE'], []]);
    site.change('TECHE', over);
    site.pass(HOUR);
    expect(site.said()).toEqual(['raised TECHE', 'cleared TECHE']);
  });

  test('and of which nothing is known for days is told to be over all the same', () => {
    const site = new World(routes, both);
    site.has({ ...past, stale: true });
    site.pass(3 * 24 * HOUR);
    site.clear('TECHE');
    site.pass(HOUR);
    expect(site.said()).toEqual(['raised TECHE', 'cleared TECHE']);
  });

  test('and was told to be over, and turns out to go on, is told like any other: its end comes once', () => {
    const site = new World(routes, { duty: true });
    site.has(over);
    site.reopen('TECHE');
    site.clear('TECHE');
    site.pass(HOUR);
    expect(site.said()).toEqual(['found TECHE', 'raised TECHE', 'cleared TECHE']);
  });

  test('and goes on now is told like any other', () => {
    const site = new World(routes, both);
    site.has(past);
    site.pass(2 * MINUTE);
    expect([site.said().slice(0, 2), site.said('boss')[0]]).toEqual([['raised TECHE', 'reminder TECHE'], 'raised TECHE']);
  });

  test('and turns out to go on is told like any other, once to each, also where routes are others by then', () => {
    const site = new World(routes, both);
    site.has({ ...past, stale: true });
    site.change('TECHE', { late: false, stale: false });
    site.routes = [route({ steps: [{ afterMs: 0, to: ['duty', 'boss'] }] })];
    site.pass(HOUR);
    expect([site.said(), site.said('boss')]).toEqual([['raised TECHE', 'raised TECHE'], ['raised TECHE']]);
  });

  test('and was corrected away is withdrawn', () => {
    const site = new World(routes, both);
    site.has(over);
    site.isComplete = false;
    site.all(['TECHE'], { from: '2026-03-02T11:50:00', raised: '2026-03-02T11:50:00' }); // another, of now
    expect(site.said()).toEqual(['found TECHE', 'raised TECHE']);
    site.drop((one) => one.cleared !== null);
    expect(site.said()).toHaveLength(2);
    site.isComplete = true;
    site.look();
    expect(site.said()).toEqual(['found TECHE', 'raised TECHE', 'withdrawn TECHE']);
    site.clear('TECHE');
    expect(site.said().at(-1)).toBe('cleared TECHE');
  });

  test('wakes nobody: it waits for the hours of a route, and is not told when it is two days old', () => {
    const hours = { from: 14 * HOUR, to: 18 * HOUR };
    const site = new World([route({ hours })]);
    site.has(over);
    expect(site.said()).toEqual([]);
    site.pass(2 * HOUR);
    expect(site.said()).toEqual(['found TECHE']);
    const later = new World([route({ hours })]);
    later.now += 3 * 24 * HOUR;
    later.set({ ...site.told.cases.values().next().value!.alarm });
    later.pass(24 * HOUR);
    expect(later.said()).toEqual([]);
  });

  test('many at once are one message', () => {
    const site = new World(routes, both);
    site.all(Array.from({ length: 30 }, (_, i) => `P${i}`), over);
    site.pass(HOUR);
    expect(site.said()).toHaveLength(1);
  });
});

describe('steps and repeats', () => {
  const steps = [{ afterMs: 0, to: ['duty'] }, { afterMs: 10 * MINUTE, to: ['boss'] }];
  const both = { duty: true, boss: true };

  test('the next step comes when nobody has acknowledged', () => {
    const site = new World([route({ steps })], both);
    site.has({});
    site.pass(9 * MINUTE);
    expect(site.said('boss')).toEqual([]);
    site.pass(2 * MINUTE);
    expect(site.said('boss')).toEqual(['raised TECHE']);
    site.clear('TECHE');
    expect([site.said('duty'), site.said('boss')].map((said) => said.at(-1))).toEqual(['cleared TECHE', 'cleared TECHE']);
  });

  test('it does not come when somebody has, and whoever was not told is not told the end', () => {
    const site = new World([route({ steps })], both);
    site.has({});
    site.change('TECHE', { state: 'active-acknowledged', acknowledged: { by: 'ann', at: '', comment: null } });
    site.pass(HOUR);
    site.clear('TECHE');
    expect(site.said('boss')).toEqual([]);
    expect(site.said()).toEqual(['raised TECHE', 'cleared TECHE']);
  });

  test('reminders come less and less often, up to four hours apart', () => {
    const site = new World([route({ repeatMs: 30 * MINUTE })]);
    site.has({});
    site.pass(24 * HOUR);
    // after 0:30, 1:30, 3:30, 7:30 and then each four hours
    expect(site.said().filter((said) => said.startsWith('reminder'))).toHaveLength(8);
  });

  test('two routes to one channel say it once', () => {
    const site = new World([route(), route({ priority: 'high' })]);
    site.has({});
    expect(site.said()).toEqual(['raised TECHE']);
  });

  test('who was told hears the end also when routes and steps are others by then', () => {
    const site = new World([route()], both);
    site.has({});
    site.routes = [route({ pumps: 'OTHER' })];
    site.look();
    site.clear('TECHE');
    expect(site.said()).toEqual(['raised TECHE', 'cleared TECHE']);
  });

  test('alarms of the system go to every route where none is for them, but not by the channel that fails', () => {
    const site = new World([route({ pumps: 'T*', steps: [{ afterMs: 0, to: ['duty', 'boss'] }] })], both);
    site.has({ pump: '', rule: 'system:channel', system: { text: 'duty can not be reached', fix: 'mend it', channel: 'duty' } });
    expect([site.said('duty'), site.said('boss')]).toEqual([[], ['raised ']]);
  });
});

describe('hours', () => {
  const day = { from: 6 * HOUR, to: 22 * HOUR };

  test('what begins at night is told in the morning, if it is still so', () => {
    const site = new World([route({ hours: day })]);
    site.pass(11 * HOUR); // 23:00
    site.has({ priority: 'medium' });
    site.has({ pump: 'OTHER', priority: 'low' });
    site.pass(HOUR);
    site.clear('OTHER');
    expect(site.said()).toEqual([]);
    site.pass(6 * HOUR);
    expect(site.said()).toEqual(['raised TECHE']);
  });

  test('high priority does not wait, unless the route is for high priority alone; the end is told at any time', () => {
    const night = { from: 22 * HOUR, to: 6 * HOUR };
    const site = new World([route({ hours: night }), route({ hours: night, priority: 'high', steps: [{ afterMs: 0, to: ['boss'] }] })],
      { duty: true, boss: true });
    site.has({});
    expect([site.said('duty'), site.said('boss')]).toEqual([['raised TECHE'], []]);
    site.pass(10 * HOUR);
    expect(site.said('boss')).toEqual(['raised TECHE']);
    site.pass(10 * HOUR);
    site.clear('TECHE');
    expect(site.said('boss')).toEqual(['raised TECHE', 'cleared TECHE']);
  });
});

describe('a clock that was ahead', () => {
  test('and is set right holds up neither the next step, nor reminders, nor what comes next', () => {
    const site = new World([route({ steps: [{ afterMs: 0, to: ['duty'] }, { afterMs: 10 * MINUTE, to: ['boss'] }], repeatMs: 30 * MINUTE })],
      { duty: true, boss: true });
    site.now += 365 * 24 * HOUR;
    for (let i = 0; i < 12; i++) site.has({ pump: `P${i}` });
    site.now -= 365 * 24 * HOUR;
    site.look();
    site.pass(45 * MINUTE);
    expect(site.said('boss')).not.toEqual([]);
    expect(site.said().some((said) => said.startsWith('reminder') || said.startsWith('flood'))).toBe(true);
    site.has({ pump: 'TECHE' });
    expect(site.said().at(-1)).toBe('raised TECHE');
  });
});

describe('many alarms', () => {
  const pumps = Array.from({ length: 300 }, (_, i) => `P${i}`);

  test('of one rule that wait for each other are one message; one that is over by then is none', () => {
    const site = new World([route({ groupMs: 30_000 })]);
    site.has({ pump: 'A' });
    site.pass(10_000);
    site.has({ pump: 'B' });
    site.has({ pump: 'C' });
    site.clear('C');
    site.pass(20_000);
    expect(site.said()).toEqual(['raised A B']);
  });

  test('300 at once are one message, and so are their ends', () => {
    const site = new World([route({ groupMs: 30_000 })]);
    site.all(pumps);
    site.pass(MINUTE);
    expect(site.notices.map(({ kind, items }) => [kind, items.length])).toEqual([['flood', 300]]);
    for (let i = 0; i < 300; i += 50) {
      site.all(pumps.slice(i, i + 50), { state: 'normal', cleared: '2026-03-02T12:02:00' });
      site.pass(MINUTE);
    }
    site.pass(HOUR);
    const ended = site.notices.slice(1).flatMap(({ items }) => items);
    expect(ended).toHaveLength(300);
    expect(site.notices.length).toBeLessThan(4);
    expect(site.told.cases.size).toBe(0);
  });

  test('without waiting for each other the first few are told one by one, the rest in one message', () => {
    const site = new World();
    for (const pump of pumps.slice(0, 40)) site.has({ pump });
    site.pass(MINUTE);
    expect(site.notices).toHaveLength(10 + 2);
    expect(site.notices.flatMap(({ items }) => items)).toHaveLength(40);
  });

  test('a channel of programs gets each', () => {
    const site = new World([route({ groupMs: 30_000 })], { duty: false });
    site.all(pumps);
    site.pass(MINUTE);
    expect(site.notices).toHaveLength(300);
  });

  test('a pump that comes and goes is told so once, and again when it has held', () => {
    const site = new World();
    for (let i = 0; i < 20; i++) {
      site.has({});
      site.pass(20_000);
      site.clear('TECHE');
      site.pass(20_000);
    }
    const flapping = site.notices.filter(({ items }) => items[0].flapping !== undefined);
    expect(flapping).toHaveLength(1);
    expect(site.notices).toHaveLength(7); // three times raised and cleared, then flapping
    site.pass(10 * MINUTE);
    expect(site.said().at(-1)).toBe('cleared TECHE');
    expect(site.notices).toHaveLength(8);
    site.pass(10 * MINUTE);
    expect(site.told.cases.size).toBe(0);
  });
});
