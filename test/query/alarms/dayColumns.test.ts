import { expect, test } from 'vitest';
import type { Alarm } from '../../../domain/alarm/fold/alarm.ts';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { AlarmKinds } from '../../../query/alarms/alarmColumns.ts';
import { type AlarmDay, bytesOfDay, dayOfBytes, HOURS } from '../../../query/alarms/alarmDay.ts';
import { DayColumns } from '../../../query/alarms/dayColumns.ts';
import fc from '../../support/property.ts';

const priority = fc.constantFrom('high', 'medium', 'low');
const time = fc.integer({ min: -1e12, max: 4e12 });
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });
const plain = fc.record({
  pump: fc.constant('A'), rule: fc.constantFrom('low-psi', 'gap', 'constructor'), measure: maybe(fc.constantFrom(...MEASURES)), priority,
  from: time, raised: time, returned: maybe(time), cleared: maybe(time), ruleEnded: fc.boolean(),
  worst: maybe(fc.double()), worstAt: maybe(time), readings: fc.nat(), last: time, foundAt: time,
});
const alarm: fc.Arbitrary<Alarm> = fc.oneof(
  plain.map((one) => ({ ...one, levels: [{ priority: one.priority, raised: one.raised }] })),
  fc.tuple(plain, fc.array(fc.record({ priority, raised: time }), { minLength: 1, maxLength: 3 }))
    .map(([one, levels]) => ({ ...one, levels })),
);
const heard = fc.record({ at: time, time });
const receipt = fc.oneof(fc.constant(Infinity), fc.integer({ min: 1.7e12, max: 1.7e12 + 1e8 }), time);
const known: fc.Arbitrary<AlarmDay> = fc.record({
  changedAt: fc.nat(), rules: fc.constantFrom('r', 's'), before: fc.string(), after: fc.string(),
  state: fc.option(fc.constant({}), { nil: undefined }), ended: fc.array(alarm, { maxLength: 4 }),
  firstReceipts: fc.array(receipt, { minLength: HOURS, maxLength: HOURS }),
  timely: fc.array(fc.tuple(fc.nat(), heard), { maxLength: 2 }).map((entries) => new Map(entries)),
  last: fc.option(fc.record({ time, receivedAt: time }), { nil: undefined }),
});

test('days in columns are what was put in, in whatever order they are put in and replaced', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(12), known), { maxLength: 30 }), (puts) => {
    const columns = new DayColumns('A', new AlarmKinds());
    const plainly = new Map<number, AlarmDay>();
    for (const [day, one] of puts) {
      columns.set(day, one);
      plainly.set(day, one);
      const days = [...plainly.keys()].sort((a, b) => a - b);
      expect(columns.days).toEqual(days);
      for (const each of days) {
        expect(columns.get(each)).toEqual(plainly.get(each));
        columns.settleState(each, { keeps: true });
        expect(columns.stateOf(each)).toEqual(plainly.get(each)!.state);
      }
      const ended = days.flatMap((each) => plainly.get(each)!.ended);
      expect(Array.from({ length: columns.alarms.length }, (_, row) => columns.alarms.at(row))).toEqual(ended);
      expect(columns.rowOf(day)).toBe(days.filter((each) => each < day).flatMap((each) => plainly.get(each)!.ended).length);
      for (const rule of ['low-psi', 'gap', 'constructor'])
        expect(columns.alarms.hasRule(rule)).toBe(ended.some((each) => each.rule === rule));
    }
  }));
});

const withPlainLevel = (one: Alarm): Alarm => ({ ...one, levels: [{ priority: one.priority, raised: one.raised }] });

test('a day that is put in as it was leaves what was found of its alarms alone', () => {
  fc.assert(fc.property(fc.array(known, { minLength: 1, maxLength: 3 }), (days) => {
    const columns = new DayColumns('A', new AlarmKinds());
    days.forEach((one, day) => columns.set(day, { ...one, ended: one.ended.map(withPlainLevel) }));
    const serials = () => Array.from({ length: columns.alarms.length }, (_, row) => columns.alarms.serial(row));
    const before = serials();
    columns.set(0, columns.get(0)!);
    expect(serials()).toEqual(before);
    expect(new Set(before).size).toBe(before.length);
  }));
});

test('a day that was kept is what it was, with its state where that is asked for', () => {
  fc.assert(fc.property(known, (day) => {
    const asJson = { ...day, ended: JSON.parse(JSON.stringify(day.ended)) as Alarm[] };
    expect(dayOfBytes(bytesOfDay(day), { withState: true })).toEqual(asJson);
    expect(dayOfBytes(bytesOfDay(day), { withState: false })).toEqual({ ...asJson, state: undefined });
  }));
});
