import type { StoredAlarmDays } from '../../storage/table/alarmDays.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';

/** The readings of a table before a wall time: what was to be known then, with what came late. Nothing is written through it. */
export function tableUpTo(
  table: StoredReadings & StoredDays & StoredAlarmDays, end: number,
): StoredReadings & StoredDays & StoredAlarmDays {
  const lastDay = dayOf(end - 1);
  return {
    lookup: (pump, time) => table.lookup(pump, time),
    lastReading: (pump) => table.lastReading(pump),
    newestTime: (pump) => table.newestTime(pump),
    readings: (pump, { from, to }) => table.readings(pump, { from, to: Math.min(to ?? Infinity, end) }),
    days: (selection) => table.days({ ...selection, toDay: Math.min(selection.toDay ?? Infinity, lastDay) }),
    stats: (selection) => table.stats(selection),
    measureDays: (selection) => table.measureDays(selection),
    // What was found of a whole day holds, if the day is whole before that time.
    alarmDays: async (pump) => new Map([...(await table.alarmDays(pump))].filter(([day]) => (day + 1) * DAY_MS <= end)),
    keepAlarmDays: async () => undefined,
    writeStats: (computed) => table.writeStats(computed),
  };
}
