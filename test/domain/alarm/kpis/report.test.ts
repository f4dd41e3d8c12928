import { expect, test } from 'vitest';
import type { Act, Deed } from '../../../../domain/alarm/acts/act.ts';
import { ActsByPump } from '../../../../domain/alarm/acts/pumpActs.ts';
import type { CountedAlarm, Kpi, Raise } from '../../../../domain/alarm/kpis/kpi.ts';
import { floodsOf } from '../../../../domain/alarm/kpis/load.ts';
import { formatTime } from '../../../../domain/reading/wallClock.ts';
import type { DeliveryFacts } from '../../../../domain/alarm/kpis/response.ts';
import { alarmReport } from '../../../../domain/alarm/kpis/report.ts';
import fc from '../../../support/property.ts';

const NOTHING_SENT: DeliveryFacts = { sent: 0, failed: 0, retried: 0, p50Ms: null, p95Ms: null, maxMs: null, channels: {} };
const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** An alarm that was raised at a time and lasted so long; wall times in ms. */
function raise(raised: number, lasted: number | null, rest: Partial<CountedAlarm> = {}): Raise {
  const end = lasted === null ? null : raised + lasted;
  return {
    pump: 'A', rule: 'low', level: 'high', from: raised, to: raised, returned: end, cleared: end, readings: 5, late: false, stale: false,
    suppressed: false, ...rest, raised,
  };
}

const act = (number: number, at: number, deed: Deed): Act => ({ number, at, by: 'anna', verified: true, via: 'api', key: null, ...deed });

function report(alarms: readonly CountedAlarm[], { acts = [] as Act[], to = DAY, now = DAY, delivery = NOTHING_SENT } = {}): Record<string, Kpi> {
  const wallAt = (instant: number) => instant;
  const kpis = alarmReport(
    {
      alarms, acts: new ActsByPump(acts), now, wallAt, delivery,
      questionFor: () => ({ now, wallAt, rule: { acknowledge: true, latch: false, realarm: null }, windows: [] }),
    },
    { from: 0, to },
  );
  expect(kpis.length).toBe(14);
  return Object.fromEntries(kpis.map((kpi) => [kpi.id, kpi]));
}

test('a quiet day meets every target that there is, and nothing is made up where nothing is known', () => {
  const kpis = report([]);
  expect(Object.values(kpis).filter(({ met }) => met === false)).toEqual([]);
  expect(kpis['average-rate']).toMatchObject({ value: 0, met: true, unit: 'alarms/h' });
  expect(kpis['bad-actors']).toMatchObject({ value: null, met: null });
  expect([kpis['time-to-acknowledge'].value, kpis.delivery.value]).toEqual([null, null]);
});

test('delivery says how many were told, how late, and what was given up: one of these is one too many', () => {
  const delivery = { sent: 20, failed: 0, retried: 3, p50Ms: 50, p95Ms: 2000, maxMs: 60_000, channels: { duty: { sent: 20, givenUp: 0 } } };
  expect(report([], { delivery }).delivery).toMatchObject({
    value: 2, unit: 's', met: true, details: { sent: 20, retried: 3, givenUp: 0, median: 0.05, longest: 60, channels: delivery.channels },
  });
  expect(report([], { delivery: { ...delivery, p95Ms: 11_000 } }).delivery.met).toBe(false);
  expect(report([], { delivery: { ...delivery, failed: 1 } }).delivery).toMatchObject({ met: false, details: { givenUp: 1 } });
});

test('rates, peak and flood count what was raised in the time, by the clock of the readings', () => {
  const burst = Array.from({ length: 12 }, (_, i) => raise(HOUR + i * 30 * SECOND, 5 * MINUTE, { pump: `P${i}` }));
  const kpis = report([...burst, raise(5 * HOUR, HOUR), raise(-HOUR, MINUTE), raise(2 * DAY, MINUTE)]);
  expect(kpis['average-rate']).toMatchObject({ value: 13 / 24, met: true, details: { alarms: 13, hours: 24 } });
  expect(kpis['per-day'].value).toBe(13);
  expect(kpis.peak).toMatchObject({ value: 12, met: false, details: { at: formatTime(HOUR), overloadedSlots: 1 } });
  // It begins with the eleventh, and ends when the eighth falls out of the last ten minutes.
  const begins = HOUR + 10 * 30 * SECOND;
  const ends = HOUR + 7 * 30 * SECOND + 10 * MINUTE;
  const began = [{ at: formatTime(begins), pump: 'P0', alarms: 12 }];
  expect(kpis.floods.details).toMatchObject({ floods: 1, largest: 12, longestMs: ends - begins, began });
  expect(kpis.floods.value).toBeCloseTo((100 * (ends - begins)) / DAY, 12);
});

test('what chatters, what is gone at once, and who does it', () => {
  const chatter = [0, 20, 40, 300].map((second) => raise(HOUR + second * SECOND, 5 * SECOND));
  const kpis = report([...chatter, raise(2 * HOUR, HOUR, { pump: 'B' }), raise(3 * HOUR, 3 * MINUTE, { pump: 'C', readings: 1 })]);
  expect(kpis.chattering).toMatchObject({ value: 1, met: false, details: { alarms: [{ pump: 'A', rule: 'low' }] } });
  // Of the four, the first two come again within a minute; that of C had one reading.
  expect(kpis.fleeting.value).toBe(3);
  const worst = [{ pump: 'A', alarms: 4, chattering: 1, fleeting: 2 }, { pump: 'B' }, { pump: 'C' }];
  expect(kpis['bad-actors']).toMatchObject({ value: 100, met: null, details: { worst } });
  const more = Array.from({ length: 11 }, (_, i) => raise(i * HOUR, HOUR, { pump: `P${i}` }));
  expect(report(more)['bad-actors']).toMatchObject({ value: 1000 / 11, met: false });
});

test('what has been active for more than a day is stale, day by day', () => {
  const long = Array.from({ length: 5 }, (_, i) => raise(i * HOUR, null, { pump: `P${i}` }));
  expect(report(long, { to: 3 * DAY, now: 3 * DAY }).stale).toMatchObject({ value: 5, met: false });
  expect(report(long, { to: DAY, now: DAY }).stale).toMatchObject({ value: 0, met: true });
  expect(report(long.slice(1), { to: 3 * DAY, now: 3 * DAY }).stale.met).toBe(true);
});

test('what was set aside or found late does not count, and is told apart', () => {
  const acts = [
    act(1, HOUR, { kind: 'shelve', pump: 'A', rule: null, levels: {}, until: 2 * HOUR, reason: 'r' }),
    act(2, HOUR, { kind: 'out-of-service', pump: 'B', reason: 'r', review: -1 }),
  ];
  const kpis = report(
    [
      raise(HOUR + MINUTE, MINUTE), raise(3 * HOUR, MINUTE), raise(3 * HOUR, MINUTE, { pump: 'B' }),
      raise(4 * HOUR, MINUTE, { suppressed: true }), raise(5 * HOUR, MINUTE, { late: true }),
    ],
    { acts },
  );
  expect(kpis['per-day'].value).toBe(1);
  expect(kpis['set-aside']).toMatchObject({
    value: 1, met: false, details: { shelvedNow: 0, outOfServiceNow: 1, raises: { shelved: 1, suppressed: 1, outOfService: 1 } },
  });
  expect(kpis.useless.details.foundLate).toBe(1);
});

test('times to acknowledge and to return, and alarms that nobody did anything about', () => {
  const seen = (at: number) => [{ from: at, to: at }];
  const ack = (number: number, raised: number, after: number): Act =>
    act(number, raised + after, {
      kind: 'acknowledge', pump: 'A', rule: 'low', seen: seen(raised), level: 'high', until: null, comment: null,
    });
  const alarms = [raise(HOUR, 10 * MINUTE), raise(2 * HOUR, 20 * MINUTE), raise(3 * HOUR, 30 * MINUTE), raise(4 * HOUR, null)];
  const kpis = report(alarms, { acts: [ack(1, HOUR, MINUTE), ack(2, 2 * HOUR, 3 * MINUTE), ack(3, 3 * HOUR, 40 * MINUTE)] });
  expect(kpis['time-to-acknowledge']).toMatchObject({
    value: 180, details: { acknowledged: 3, p90: 2400, medianByPriority: { high: 180, low: null }, toReturn: { median: 1200, p90: 1800 } },
  });
  expect(kpis.useless.value).toBeCloseTo(100 / 3, 12);
  expect(kpis['longest-active']).toMatchObject({ value: 20, details: { longestUnacknowledgedHours: 20, stillUnacknowledged: 1 } });
});

test('floods are those of a model that looks at each second', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 60 }), (seconds) => {
      const times = seconds.sort((a, b) => a - b);
      const expected: [number, number][] = [];
      let from: number | undefined;
      for (let now = 0; now <= 5000; now++) {
        const count = times.filter((time) => time <= now && time > now - 600).length;
        if (from === undefined && count > 10) from = now;
        if (from !== undefined && count < 5) {
          expected.push([from, now]);
          from = undefined;
        }
      }
      const found = floodsOf(times.map((time) => raise(time * SECOND, MINUTE)));
      expect(found.map((one) => [one.from / SECOND, one.to / SECOND])).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});
