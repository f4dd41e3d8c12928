import { onTestFinished } from 'vitest';
import type { Alert } from '../../domain/alarm/alert.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import { NO_REFERENCE, type Reference } from '../../domain/pump/reference.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import type { Page } from '../../query/pages/page.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import { TableQueries } from '../../query/tableQueries.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import type { Table } from '../../storage/table/table.ts';
import { type Row, stepOf, time } from './steps.ts';
import { HIGH_HZ, LOW_PSI, PLAIN } from './rules.ts';
import { tempDir } from './tempDir.ts';
import fc from './property.ts';

export const RULES: readonly Rule[] = [LOW_PSI, HIGH_HZ];

/** A table of its own, questions to it, and a clock that makes what is known of it too old at each look. */
export interface Asked {
  readonly table: Table;
  readonly queries: TableQueries;
  readonly clock: { now: number };
  write(rows: readonly Row[]): Promise<void>;
}

export interface AskedOptions {
  readonly reference?: () => Reference;
  readonly ttl?: { readonly data: number | null; readonly alerts: number | null };
  readonly rules?: readonly Rule[];
}

/** An empty table, closed when the test ends. Rows of a step are received at the clock's time, which each step moves on. */
export async function asked({
  reference = () => NO_REFERENCE,
  ttl = { data: null, alerts: null },
  rules = RULES,
}: AskedOptions = {}): Promise<Asked> {
  const clock = { now: 1_000_000 };
  const table = await openEmbeddedTable({ dir: tempDir(), mode: 'writer', ttl, now: () => clock.now });
  onTestFinished(() => table.close());
  const alarms = new AlarmIndex({
    table, versions: [{ from: 0, rules: rules.map(alarmRuleOf) }], holdMs: 300_000, lateMs: 3_600_000, latenessMs: 3_600_000,
    clock: new SiteClock('UTC'), now: () => clock.now,
  });
  const queries = new TableQueries({ table, alarms, reference, ttl, now: () => clock.now });
  const write = async (rows: readonly Row[]) => {
    clock.now += 60_000;
    await table.write(
      stepOf(
        rows.map((row) => ({ ...row, receivedAt: clock.now })),
        { rules },
      ),
    );
  };
  return { table, queries, clock, write };
}

function alarmRuleOf({ id, measure, comparison, threshold, priority }: Rule) {
  const condition = { kind: 'limit' as const, side: comparison, levels: [{ priority, threshold }] };
  return { ...PLAIN, id, measure, priority, condition };
}

export const START = time('2014-03-10');

/** A reading; minutes count from 2014-03-10T00:00. */
export function reading(pump: string, minute: number, { psi = 80, hz = 10 }: { readonly psi?: number; readonly hz?: number } = {}): Row {
  return { pump, time: START + minute * 60_000, receivedAt: 0, values: [hz, 1.73, 881, 1.56, psi, 1.94] };
}

/** Steps of readings of three pumps over some days, many of which alarm, in any order. */
export const anySteps: fc.Arbitrary<Row[][]> = fc.array(fc.array(fc.record({
  pump: fc.constantFrom('A', 'B_1', 'é'),
  // A few readings around each of four midnights, so that runs lie across days, and days are left out.
  minute: fc.tuple(fc.constantFrom(0, 1, 2, 5), fc.integer({ min: -4, max: 4 })).map(([day, minute]) => day * (DAY_MS / 60_000) + minute),
  psi: fc.constantFrom(0, 4, 4, 80),
  hz: fc.constantFrom(10, 10, 120),
}).map(({ pump, minute, ...values }) => reading(pump, minute, values)), { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 4 });

/** All items of a list, page by page; `between` is done after each page. */
export async function allPages<T>(ask: (after: string | undefined) => Promise<Page<T>>, between?: () => Promise<void>): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | undefined; ;) {
    const page = await ask(after);
    items.push(...page.items);
    if (page.next === null) return items;
    after = page.next;
    await between?.();
  }
}

/** What tells an alert from all others. */
export function alertKey({ pump, time, rule }: Pick<Alert, 'pump' | 'time' | 'rule'>): string {
  return `${pump} ${time} ${rule}`;
}
