import { beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { summarize } from '../../../batch/summarize.ts';
import { PartitionAlarms } from '../../../app/run/fleet/partitionAlarms.ts';
import type { Alert } from '../../../domain/alarm/alert.ts';
import { NO_REFERENCE } from '../../../domain/pump/reference.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { HBaseClient } from '../../../storage/hbase/gateway/client.ts';
import { markedDays } from '../../../storage/hbase/shared/dayRows.ts';
import { PartitionOutbox } from '../../../storage/hbase/shared/partitionOutbox.ts';
import { PartitionTable } from '../../../storage/hbase/shared/partitionTable.ts';
import { SharedActs } from '../../../storage/hbase/shared/sharedActs.ts';
import { SharedTable } from '../../../storage/hbase/shared/sharedTable.ts';
import { openHBaseTable } from '../../../storage/hbase/table.ts';
import { RECEIPT_STATE } from '../../../storage/table/state.ts';
import type { Step } from '../../../storage/table/steps.ts';
import type { Table } from '../../../storage/table/table.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';
import { startProxy } from '../../support/hbaseProxy.ts';
import { startHook } from '../../support/hook.ts';
import { until } from '../../support/waiting.ts';
import { notifying, toOne } from '../../app/notify/notifying.ts';
import { alarm } from '../../domain/notify/world.ts';
import { collect, row, type Row, stepOf, time } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';

const TTL = { data: null, alerts: null };
const TABLE = freshTable();
/** Shorter than any pause: what is cut off stays away. */
const PATIENCE_MS = 150;
let url = '';

const options = (gateway: string, others: readonly string[] = []) =>
  ({ gateway: { url: gateway, others, timeoutMs: 60_000 }, table: TABLE, ttl: TTL, now: Date.now, patienceMs: 100_000 });

/** A worker's table of a partition of the topic `t`, not claimed yet. */
function partitionTable(partition: number, { gateway = url, patienceMs = 100_000, partitions = 64, graceMs = 0, worker = 'a' } = {}) {
  const name = { group: 'g', topic: 't', partition };
  return new PartitionTable({ ...options(gateway), patienceMs, name, partitions, worker, graceMs, signal: new AbortController().signal });
}

/** A step as a job makes it: rows in order of receipt, and the position behind them. */
function step(rows: readonly Row[], { rejects = [] as readonly Reject[], offset = 0, partition = 0 } = {}): Step {
  return stepOf(rows, { receiver: 'kafka', rejects, state: { [RECEIPT_STATE]: rows.at(-1)!.receivedAt, [`kafka:t/${partition}`]: { id: 'T', offset } } });
}

const alertsOf = (table: Table, pump: string): Promise<Alert[]> => collect(table.alerts({ pump }));
const reject = (line: number): Reject => ({ id: `r${line}`, source: 't/0@7', line, reason: 'expected psi', raw: 'x', receivedAt: 5 });

beforeAll(async () => {
  if (!hasHBase) return;
  url = await hbaseForTests();
  await new SharedTable(options(url)).recover();
}, HBASE_START_MS);

describe.skipIf(!hasHBase)('a table in HBase that several workers write', { timeout: 300_000 }, () => {
  /** Two steps with all that may happen to a row, and how one table that nobody shares counts them. */
  const steps = (pump: string, partition: number) => [
    step([
      row(pump, '2014-03-10T00:01', 80, 100), row(pump, '2014-03-10T00:02', 0, 101), row(pump, '2014-03-10T00:03', 0, 102),
      row(pump, '2014-03-10T00:04', 80, 103),
    ], { partition, offset: 4 }),
    step([
      row(pump, '2014-03-10T00:01', 80, 200), // equal to what is there
      row(pump, '2014-03-10T00:02', 70, 201), // takes an alert back
      row(pump, '2014-03-10T00:03', 1, 202), // another alert in the place of one
      row(pump, '2014-03-10T00:04', 2, 203), // an alert where there was none
      row(pump, '2014-03-10T00:05', 90, 204), row(pump, '2014-03-10T00:05', 91, 205), row(pump, '2014-03-10T00:05', 91, 206),
    ], { partition, offset: 11, rejects: [reject(1), reject(2)] }),
  ];
  const countedAlone = async () => {
    const alone = await openEmbeddedTable({ dir: tempDir(), mode: 'writer', ttl: TTL, now: Date.now });
    for (const one of steps('P', 0)) await alone.write(one);
    const { kafka: counts } = await alone.counts();
    const alerts = (await alertsOf(alone, 'P')).map(({ time: at, value, receivedAt }) => ({ at, value, receivedAt }));
    await alone.close();
    return { counts, alerts };
  };

  test('a step that is interrupted at any of its calls counts once, whoever does it anew', async () => {
    const expected = await countedAlone();
    let wasWhole = false;
    for (let cut = 1; !wasWhole; cut++) {
      const pump = `CUT${cut}`;
      const [first, second] = steps(pump, cut);
      const direct = partitionTable(cut);
      await direct.recover();
      await direct.write(first);
      await direct.release();
      const proxy = await startProxy(url);
      const dying = partitionTable(cut, { gateway: proxy.url, patienceMs: PATIENCE_MS });
      await dying.recover();
      const before = proxy.calls.length;
      proxy.judge(() => (proxy.calls.length - before >= cut ? 'cut' : 'pass'));
      wasWhole = await dying.write(second).then(() => true, () => false);
      const next = partitionTable(cut, { worker: 'b' });
      await next.recover();
      if (!wasWhole) {
        // A job does anew what the intent says, and cuts its next step where it likes when there is none.
        if (next.interrupted) expect(next.interrupted).toMatchObject({ size: 9, position: second.state });
        await next.write(second);
      }
      expect({ cut, counts: (await next.counts()).kafka }).toEqual({ cut, counts: expected.counts });
      expect((await alertsOf(next, pump)).map(({ time: at, value, receivedAt }) => ({ at, value, receivedAt }))).toEqual(expected.alerts);
      await Promise.all([direct.close(), dying.close(), next.close()]);
    }
  });

  test('a worker that was thought dead puts nothing, and its step is refused', async () => {
    const proxy = await startProxy(url);
    const zombie = partitionTable(30, { gateway: proxy.url });
    await zombie.recover();
    const heir = partitionTable(30, { worker: 'b' });
    await heir.recover();
    await heir.write(step([row('HEIR', '2014-03-10T00:01', 80, 100)]));
    const before = proxy.calls.length;
    await expect(zombie.write(step([row('HEIR', '2014-03-10T00:01', 3, 90)]))).rejects.toMatchObject({ code: 'FENCED' });
    expect(proxy.calls.slice(before).filter(({ path }) => path.endsWith('/batch'))).toEqual([]);
    await expect(zombie.release()).rejects.toMatchObject({ code: 'FENCED' });
    expect((await heir.counts()).kafka.stored).toBe(1);
    await Promise.all([zombie.close(), heir.close()]);
  });

  test('a change of the ledger whose answer was lost is believed to be one\'s own', async () => {
    const proxy = await startProxy(url);
    const table = partitionTable(31, { gateway: proxy.url });
    await table.recover();
    const lost = new Set<number>();
    proxy.judge(({ path }) => {
      if (!path.includes('check=put') || lost.has(proxy.calls.length)) return 'pass';
      lost.add(proxy.calls.length + 1); // the same call again passes
      return lost.size % 2 === 1 ? 'loseReply' : 'pass';
    });
    await table.write(step([row('LOST', '2014-03-10T00:01', 80, 100)]));
    await table.write(step([row('LOST', '2014-03-10T00:02', 80, 101)]));
    expect((await table.counts()).kafka.stored).toBe(2);
    expect(lost.size).toBeGreaterThan(1);
    await table.close();
  });

  test('everybody sees the whole, without a data directory, and through any gateway that answers', async () => {
    const workers = [partitionTable(40, { worker: 'a' }), partitionTable(41, { worker: 'b' })];
    for (const [i, worker] of workers.entries()) {
      await worker.recover();
      await worker.write(step([row(`ALL${i}`, '2014-03-10T00:01', i, 100 + i)], { rejects: [reject(i), reject(10 + i)] }));
      expect(await worker.pumps()).toEqual([`ALL${i}`]);
    }
    const reader = new SharedTable(options('http://127.0.0.1:1', [url]));
    expect(await reader.pumps()).toEqual(expect.arrayContaining(['ALL0', 'ALL1']));
    expect((await alertsOf(reader, 'ALL1')).map(({ value }) => value)).toEqual([1]);
    expect(await reader.lookup('ALL0', time('2014-03-10T00:01'))).toEqual(row('ALL0', '2014-03-10T00:01', 0).values);
    const { receipts } = await reader.receipts();
    expect(receipts.filter(({ source }) => /t\/4[01]$/.test(source))).toMatchObject([
      { source: 'kafka:t/40', stored: 1, rejected: 2, first: 100, last: 100 }, { source: 'kafka:t/41', stored: 1, rejected: 2 },
    ]);
    const said = { name: 'a', host: 'h', pid: 1, startedAt: 1, at: Date.now(), state: 'connected', lastError: null, http: null, partitions: [{ partition: 40, lag: 7 }] };
    await reader.hear(said);
    await reader.hear({ ...said, name: 'gone', at: said.at - 60_000 });
    const fleet = await reader.fleet();
    expect(fleet.workers.map(({ name, isHeard }) => `${name} ${isHeard}`)).toEqual(['a true', 'gone false']);
    expect(fleet.partitions.filter(({ partition }) => partition === 40 || partition === 41)).toMatchObject([
      { topic: 't', worker: 'a', epoch: 1, stored: 1, rejected: 2, lag: 7, last: 100 }, { worker: 'b', lag: null },
    ]);
    await reader.hear(said, true);
    expect((await reader.fleet()).workers.map(({ name }) => name)).toEqual(['gone']);
    const rejects = async (limit: number, before: number) =>
      (await reader.newestRejects({ limit, before })).items.map(({ number, line }) => `${number}: ${line}`);
    expect([await rejects(2, 64 + 43), await rejects(1, 43)]).toEqual([['106: 11', '105: 10'], ['42: 1']]);
    const before = await collect(reader.days({ pump: 'ALL0' }));
    expect(before).toMatchObject([{ day: 16_139, computedAt: 0, expired: false }]);
    expect((await collect(reader.days({ changedAfter: before[0].changedAt }))).map(({ pump }) => pump)).toContain('ALL1');
    const ledgers = new HBaseClient({ ...options(url), table: `${TABLE}_ledger` });
    const since = (number: number) => collect(markedDays(ledgers, { pump: 'ALL0', since: number, expiredBefore: -Infinity }));
    expect([(await since(before[0].changedAt)).length, (await since(before[0].changedAt + 1)).length]).toEqual([1, 0]);
    ledgers.close();
    await reader.writeStats([{ day: before[0], stats: { pump: 'ALL0', day: 16_139, count: 1, measures: Array.from({ length: 6 }, () => ({ count: 1, min: 1, max: 1, avg: 1 })) } }]);
    expect(await collect(reader.days({ pump: 'ALL0' }))).toMatchObject([{ computedAt: before[0].changedAt, changedAt: before[0].changedAt }]);
    expect((await collect(reader.stats({ pump: 'ALL0' }))).map(({ count }) => count)).toEqual([1]);
    await Promise.all([reader.close(), ...workers.map((worker) => worker.close())]);
  });

  test('a topic with another number of partitions is refused, as rows of a pump would lie in two of them', async () => {
    const table = partitionTable(50);
    await table.recover();
    await table.release();
    await expect(partitionTable(50, { partitions: 65 }).recover()).rejects.toMatchObject({
      code: 'CONFIG', message: expect.stringContaining('t had 64 partitions when its rows were first stored and has 65 now') as string,
    });
  });

  test('a table that a site has written by itself is refused', async () => {
    const name = freshTable();
    const site = await openHBaseTable({ ...options(url), table: name, dir: tempDir(), mode: 'writer' });
    await site.recover();
    await site.close();
    const shared = new SharedTable({ ...options(url), table: name });
    await expect(shared.recover()).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringContaining(`there is a table ${name}_writer`) as string });
    await shared.close();
  });

  test('who was told travels with a partition: what waits is sent with the same id, its end is told, and who had it keeps nothing more', async () => {
    const hook = await startHook();
    await hook.down();
    const store = options(url);
    const name = { group: 'g', topic: 't', partition: 60 };
    const notify = toOne({ kind: 'webhook', url: hook.url, format: 'standard' });
    const tell = async (epoch: number) => {
      const outbox = await PartitionOutbox.claim({ ...store, name, epoch, worker: `w${epoch}` });
      return { outbox, notifier: await notifying(notify, tempDir(), { outbox }) };
    };
    const first = await tell(1);
    const raised = alarm({ pump: 'TOLD' }, Date.now());
    first.notifier.setAll([raised]);
    await until(() => first.notifier.status().channels[0].problem !== null, 'it is durable, and nobody listens');
    for (let i = 1; i <= 40; i++) await first.outbox.add({ kind: 'tried', number: 1, attempts: i, notBefore: 0, problem: 'none listens' }); // goes round
    const second = await tell(2);
    expect(second.notifier.openCases()).toMatchObject([{ pump: 'TOLD' }]);
    expect([...second.outbox.state.waiting.values()].map(({ attempts }) => attempts)).toEqual([40]);
    await hook.up();
    second.notifier.setAll([{ ...raised, state: 'normal', returned: raised.from, cleared: raised.from }]);
    await until(() => hook.taken.some(({ body }) => body.includes('alarm.cleared')), 'the end is told');
    const ids = hook.taken.filter(({ body }) => body.includes('alarm.raised')).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1); // twice at most, by the one that was thought dead, and then as the same message
    await expect(first.outbox.add({ kind: 'again', number: 1 })).rejects.toMatchObject({ code: 'FENCED' });
    await expect(PartitionOutbox.claim({ ...store, name, epoch: 1, worker: 'late' })).rejects.toMatchObject({ code: 'FENCED' });
    const reader = new SharedTable(store);
    await until(async () => (await reader.outboxes()).some(({ partition, state }) => partition === 60 && state.waiting.size === 0 && state.history.length === 2));
    await Promise.all([reader.close(), first.notifier.stop(), second.notifier.stop(), hook.down()]);
  });

  test('a worker follows the alarms of its own partitions, and of each only from when it has it until another takes it', async () => {
    const table = new SharedTable(options(url));
    const alarms = new PartitionAlarms({ config: loadConfig({ env: {} }), table, group: 'g', topic: 't', worker: 'me-', reference: () => NO_REFERENCE });
    const store = async (partition: number, worker: string, pump: string, at: string) => {
      const its = partitionTable(partition, { worker });
      await its.recover();
      await its.write(step([row(pump, `2014-03-10T${at}`, 0, Date.now()), row(pump, `2014-03-11T${at}`, 80, Date.now() + 1)], { partition }));
      return its;
    };
    const mine = [await store(61, 'me-1', 'MINE', '00:01'), await store(62, 'me-1', 'SHARED', '00:01')];
    const others = await store(63, 'other', 'OTHERS', '00:01');
    const seen = async () => {
      await alarms.catchUp();
      const { mine: own, complete, of } = alarms.own(['MINE', 'SHARED'], [62, 61]);
      return { pumps: [...alarms.pumps].sort(), own: own.map(({ partition }) => partition), complete, of, alarms: alarms.alarmsOf('SHARED').length };
    };
    const me = { name: 'me-1', host: 'h', pid: 1, startedAt: 1, at: Date.now(), state: 'connected', lastError: null, http: null, partitions: [] };
    await table.hear(me);
    expect(await seen()).toEqual({ pumps: ['MINE', 'SHARED'], own: [61, 62], complete: [61, 62], of: { MINE: 61, SHARED: 62 }, alarms: 1 });
    const { orphans } = alarms.own([], []); // who has 63 is not heard, and of those who are nobody else is to say so
    expect([61, 62, 63].filter((partition) => orphans.includes(partition))).toEqual([63]);
    await table.hear(me, true);
    const heir = await store(62, 'other', 'SHARED', '00:02');
    expect(await seen()).toMatchObject({ pumps: ['MINE'], own: [61], complete: [61], alarms: 0 });
    const again = await store(62, 'me-1', 'SHARED', '00:03');
    expect(alarms.own([], [61]).complete).toEqual([61]); // of what is open in 62 nothing is known here yet
    expect(await seen()).toMatchObject({ pumps: ['MINE', 'SHARED'], own: [61, 62], complete: [61, 62] });

    // Its daily batch is that of its partitions, and does no harm beside another one.
    const ofWorker = new SharedTable({ ...options(url), ofWorker: 'me-' });
    const batch = (from: SharedTable, all: boolean) => summarize({ table: from, selection: { all } });
    expect(await batch(ofWorker, false)).toEqual({ pumpDays: 4, rows: 8 });
    const counts = async () => (await collect(table.stats({}))).filter(({ pump }) => ['MINE', 'SHARED', 'OTHERS'].includes(pump)).map(({ pump, count }) => `${pump} ${count}`);
    expect(await counts()).toEqual(['MINE 1', 'MINE 1', 'SHARED 3', 'SHARED 3']);
    await Promise.all([batch(table, true), batch(ofWorker, true)]);
    expect(await counts()).toEqual(['MINE 1', 'MINE 1', 'OTHERS 1', 'OTHERS 1', 'SHARED 3', 'SHARED 3']);
    expect(await batch(table, false)).toEqual({ pumpDays: 0, rows: 0 });
    await Promise.all([table, ofWorker, ...mine, others, heir, again].map((one) => one.close()));
  });

  test('what people did at any worker is one log, each act once and in the same order for all, though an answer is lost', async () => {
    const proxy = await startProxy(url);
    const [one, other] = [new SharedActs(options(proxy.url)), new SharedActs(options(url))];
    expect(() => one.read()).toThrow('not known yet');
    let isLost = false;
    proxy.judge(({ path }) => {
      if (!path.includes('check=put') || isLost) return 'pass';
      isLost = true;
      return 'loseReply';
    });
    const say = (log: SharedActs, words: readonly string[], key: string | null = null) =>
      log.append({ at: 1000, by: 'anna', verified: false, via: 'api', key }, () =>
        words.map((comment) => ({ kind: 'comment', pump: 'A', rule: 'low', seen: [{ from: 0, to: 1 }], comment })));
    await Promise.all([say(one, ['a', 'b']), say(other, ['c']), say(one, ['d']), say(other, ['e', 'f'])]);
    const again = [...await say(one, ['key'], 'k'), ...await say(other, ['other'], 'k')];
    expect(again[0]).toEqual(again[1]);
    const reader = new SharedActs(options(url));
    await Promise.all([one, other, reader].map((log) => log.refresh()));
    const texts = reader.read().map((act) => (act as { comment?: string }).comment).join('');
    expect([texts.length, [...texts.replace('key', '')].sort().join('')]).toEqual([9, 'abcdef']);
    expect(reader.read().map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([one.read(), other.read(), reader.torn]).toEqual([reader.read(), reader.read(), 0]);
    for (const log of [one, other, reader]) log.close();
  });

  test('a check that fails changes nothing of the row', async () => {
    const client = new HBaseClient({ ...options(url), table: `${TABLE}_ledger` });
    const cell = (column: string, value: string, timestamp: number) =>
      ({ column: Buffer.from(`stats:${column}`).toString('base64'), timestamp, $: Buffer.from(value).toString('base64') });
    const put = (value: string, before: string) => client.putIf(Buffer.from('x'), [cell('a', value, 1), cell('v', value, 1)], cell('v', before, 1));
    expect([await put('1', ''), await put('2', ''), await put('3', '1'), await put('4', '1')]).toEqual([true, false, true, false]);
    const [{ Cell }] = await client.getRows([Buffer.from('x')]);
    expect(Cell.map(({ $ }) => Buffer.from($, 'base64').toString())).toEqual(['3', '3']);
    client.close();
  });
});
