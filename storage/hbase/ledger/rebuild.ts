import type { Breach } from '../../../domain/alarm/breach.ts';
import type { StoredRule } from '../../../domain/alarm/rule.ts';
import { counted } from '../../../domain/counted.ts';
import { measureIndex, MEASURES } from '../../../domain/reading/measures.ts';
import { orderStep } from '../../lmdb/stepOrder.ts';
import { alertsOf } from '../cells/alertCells.ts';
import type { CellRow, HBaseClient } from '../gateway/client.ts';
import { takeReading } from '../cells/storedReadings.ts';
import { copyRows, newRowColumns } from '../../files/rowColumns.ts';
import type { StoreEvent } from '../gateway/options.ts';
import { newestReceipt, RECEIPT_STATE } from '../../table/state.ts';
import { NO_ORIGINS } from '../steps/plannedOrigins.ts';
import type { Plan } from '../steps/plan.ts';
import { readingOf, statsFrom } from '../cells/remote.ts';
import type { SiteLedger } from './siteLedger.ts';

const PAGE_ROWS = 4000;
const EVENT_MS = 10_000;

export interface RebuildOptions {
  readonly client: HBaseClient;
  readonly ledger: SiteLedger;
  readonly onLog?: ((event: StoreEvent) => void) | undefined;
}

/**
 * Fills a ledger from a table that is in HBase already: pump-days, spans, alerts and statistics. All pump-days
 * count as changed, so the next daily batch does them again. A crash in the middle costs the work, no more: what is
 * there already comes to the same.
 */
export async function rebuild({ client, ledger, onLog }: RebuildOptions): Promise<void> {
  await ledger.clearAlerts();
  let rows = 0;
  // What comes next has to be later than all that is there.
  let newest = newestReceipt(await ledger.records.state());
  let told = performance.now();
  const all = { from: new Uint8Array(0), to: new Uint8Array(0) };
  for await (const page of client.scan({ ...all, columns: ['data', 'alerts'], cellsARow: MEASURES.length, rows: PAGE_ROWS })) {
    const plan = planOf(page);
    newest = Math.max(newest, newestOf(plan));
    await ledger.commit({ ...plan, state: { [RECEIPT_STATE]: newest } }, []);
    rows += plan.rows.length;
    if (performance.now() - told < EVENT_MS) continue;
    told = performance.now();
    onLog?.({ level: 'info', message: `${client.name}: ${counted(rows, 'row')} found so far` });
  }
  for await (const stats of statsFrom(client, {})) {
    await ledger.change('take over daily statistics', (parts) => {
      for (const one of stats)
        parts.stats.put({ day: { pump: one.pump, day: one.day, changedAt: 0, computedAt: 0, expired: false }, stats: one });
    });
  }
  if (rows > 0) onLog?.({ level: 'info', message: `${client.name} held ${counted(rows, 'row')} already: the local index is made` });
}

/** Rows that HBase has, as a plan that there is nothing left to do for but to commit it. */
function planOf(page: readonly CellRow[]): Plan {
  const numbers = new Map<string, number>();
  const found = newRowColumns(page.length, [], true);
  const rules = new Map<string, StoredRule>();
  const breachesOf = new Map<number, Breach[]>();
  let length = 0;
  for (const row of page) {
    const key = readingOf(row);
    if (!key) continue;
    const at = length++;
    found.pump[at] = numbers.get(key.pump) ?? numbers.set(key.pump, numbers.size).size - 1;
    found.time[at] = key.time;
    takeReading(row, found, at, -Infinity);
    found.receivedAt[at] = Math.max(...row.Cell.map(({ timestamp }) => timestamp));
    breachesOf.set(at, alertsOf(key.pump, key.time, row).map(({ rule, measure, value, threshold, receivedAt }) => {
      found.values[measureIndex[measure]][at] = value;
      if (found.cellReceipts) found.cellReceipts[measureIndex[measure]][at] = receivedAt;
      return { row: at, rule: ruleOf(rules, { id: rule, measure, threshold }) };
    }));
  }
  const readings = { ...found, length, names: [...numbers.keys()] };
  const { order } = orderStep(readings);
  return {
    rows: copyRows(readings, order),
    breaches: [...order].flatMap((from, row) => (breachesOf.get(from) ?? []).map(({ rule }) => ({ row, rule }))),
    replaced: [], stale: [], receiver: null, stored: 0, rowsReplaced: 0, duplicate: 0, replacedAlerts: [], rejects: [], state: {},
    sources: [], sourceCounts: [], origins: NO_ORIGINS, replays: [],
  };
}

function newestOf({ rows: { receivedAt } }: Plan): number {
  return receivedAt.reduce((newest, at) => Math.max(newest, at), 0);
}

/** The same object for the same rule, however many rows break it. */
function ruleOf(rules: Map<string, StoredRule>, rule: StoredRule): StoredRule {
  const key = `${rule.id}\0${rule.measure}\0${rule.threshold}`;
  return rules.get(key) ?? rules.set(key, rule).get(key)!;
}
