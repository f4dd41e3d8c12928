import { expect, test } from 'vitest';
import { RecentAlarms } from '../../../app/run/recentAlarms.ts';
import type { AlarmNow } from '../../../domain/notify/alarmNow.ts';
import { alarm } from '../../domain/notify/world.ts';

const FROM = { from: '2026-03-02T12:00:00', raised: '2026-03-02T12:00:00' };
const ids = (alarms: readonly AlarmNow[]) => alarms.map(({ pump }) => pump);

test('of the alarms of a look only what has changed is passed on, and values are looked up only where a reading has come', async () => {
  const asked: string[] = [];
  let isInTime = false;
  const recent = new RecentAlarms({
    areWanted: ({ rule }) => rule === 'low-psi',
    async withValues(alarms) {
      asked.push(...ids(alarms));
      return alarms.map((one) => (isInTime ? { ...one, before: { at: '2026-03-02T11:59:00', value: 81 } } : one));
    },
  });
  const last = new Map([['TECHE', 1], ['FRESH', 1], ['QUIET', 1]]);
  const look = async (...alarms: AlarmNow[]) => {
    asked.length = 0;
    const { changed, gone } = recent.changesTo(await recent.withValues(alarms, (pump) => last.get(pump)));
    return { asked: [...asked], changed: ids(changed), gone };
  };
  const now = () => [alarm(FROM), alarm({ ...FROM, pump: 'FRESH' }), alarm({ ...FROM, pump: 'QUIET', rule: 'silence' })] as const;

  recent.passed([now()[1]]); // foreseen, and told as it is stored
  expect(await look(...now())).toEqual({ asked: ['TECHE', 'FRESH'], changed: ['TECHE', 'QUIET'], gone: [] });
  isInTime = true; // what could not be looked up in time is looked up with the next look
  expect(await look(...now())).toEqual({ asked: ['TECHE', 'FRESH'], changed: ['TECHE', 'FRESH'], gone: [] });
  expect(await look(...now())).toEqual({ asked: [], changed: [], gone: [] });
  last.set('FRESH', 2); // a reading between limit and deadband changes nothing but what it shows
  expect(await look(...now())).toEqual({ asked: ['FRESH'], changed: [], gone: [] });
  const [teche, fresh, quiet] = now();
  expect(await look({ ...teche, readings: 7 }, quiet)).toEqual({ asked: ['TECHE'], changed: ['TECHE'], gone: [`FRESH\nlow-psi\n${fresh.from}`] });
  expect(await look(...now())).toEqual({ asked: ['TECHE', 'FRESH'], changed: ['TECHE', 'FRESH'], gone: [] }); // it is back
});
