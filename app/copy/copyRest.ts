import type { DayStats } from '../../domain/day/dayStats.ts';
import type { ComputedDay, PumpDay } from '../../domain/day/pumpDay.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import type { NumberedReject } from '../../storage/table/rejects.ts';
import type { Table } from '../../storage/table/table.ts';
import { pumpDay } from './compareReadings.ts';
import { NO_READINGS } from './noReadings.ts';

/** Copies rejects; those that are there already are not listed again. Gives how many there are. */
export async function copyRejects(source: Table, target: Table): Promise<number> {
  let count = 0;
  for await (const rejects of source.rejects()) {
    await target.write({ receiver: null, readings: NO_READINGS, breaches: [], rejects: rejects.map(withoutNumbers), state: {} });
    count += rejects.length;
  }
  return count;
}

/** The same reject has another number there. */
function withoutNumbers({ number: _number, attempt: _attempt, ...reject }: NumberedReject): Reject {
  return reject;
}

/** Copies the reference data as it was last read whole. */
export async function copyReference(source: Table, target: Table): Promise<void> {
  const reference = await source.savedReference();
  if (reference && !(await target.savedReference())) await target.saveReference(reference);
}

/**
 * Copies daily statistics, but for the pump-days (`ahead`) of which the target has more rows: the next daily batch does
 * those again, and those that were not up to date.
 */
export async function copyStats({
  source,
  target,
  ahead,
}: {
  readonly source: Table;
  readonly target: Table;
  readonly ahead: ReadonlySet<string>;
}): Promise<void> {
  for (const pump of await source.pumps()) {
    const [days, daysThere] = [await daysOf(source, pump), await daysOf(target, pump)];
    for await (const piece of source.stats({ pump })) {
      const computed = piece
        .filter(({ day }) => !ahead.has(pumpDay(pump, day)))
        .map((stats) => asComputed(stats, days.get(stats.day), daysThere.get(stats.day)));
      await target.writeStats(computed);
    }
  }
}

async function daysOf(table: Table, pump: string): Promise<ReadonlyMap<number, PumpDay>> {
  const days = new Map<number, PumpDay>();
  for await (const piece of table.days({ pump })) for (const day of piece) days.set(day.day, day);
  return days;
}

function asComputed(stats: DayStats, here: PumpDay | undefined, there: PumpDay | undefined): ComputedDay {
  const upToDate = here === undefined || here.changedAt === here.computedAt;
  const day = there ?? { pump: stats.pump, day: stats.day, changedAt: 0, computedAt: 0, expired: false };
  return { stats, day: upToDate ? day : { ...day, changedAt: 0 } };
}
