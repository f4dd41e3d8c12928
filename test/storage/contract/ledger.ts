import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../domain/balance.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { markOf, type RejectMark, type Replay } from '../../../domain/reading/rejectMark.ts';
import { REPLACED_ALERTS_STATE, replacedAlerts } from '../../../storage/table/state.ts';
import type { Table } from '../../../storage/table/table.ts';
import { collect, row, stepOf, time } from '../../support/steps.ts';
import type { Open } from './opening.ts';

/** What commits with a step: counts, positions, state and rejects. */
export function ledgerContract(open: Open): void {
  const reject = (id: string): Reject => ({
    id,
    source: 'bad.csv',
    line: 17,
    reason: 'expected psi to be a number, got `abc`',
    raw: 'A,é,\u0001',
  });

  test('rejects are listed once in order of arrival and counted each time', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: [reject('z'), reject('a')] }));
    const outcome = await table.write(stepOf([], { rejects: [reject('a'), reject('m'), reject('m')] }));
    expect(outcome.counts.rejected).toBe(3);
    expect(await collect(table.rejects())).toMatchObject([reject('z'), reject('a'), reject('m')]);
  });

  test('rejects are told from the newest back, from any of them on, with how many there are', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: ['a', 'b', 'c', 'd'].map(reject) }));
    const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);
    const first = await table.newestRejects({ limit: 2 });
    expect(ids(first.items)).toEqual(['d', 'c']);
    await table.write(stepOf([], { rejects: [reject('b'), reject('e')] }));
    const second = await table.newestRejects({ before: first.items[1].number, limit: 5 });
    expect(second).toEqual({ items: [{ ...reject('b'), number: 2 }, { ...reject('a'), number: 1 }], total: 5, dropped: 0 });
    expect(await table.newestRejects({ before: 1, limit: 5 })).toEqual({ items: [], total: 5, dropped: 0 });
    expect(await table.newestRejects({ limit: 0 })).toEqual({ items: [], total: 5, dropped: 0 });
  });

  const received = (id: string, receivedAt: number): Reject => ({ ...reject(id), receivedAt });
  const idsOf = async (table: Table) => (await collect(table.rejects())).map(({ id }) => id);

  test('a reject keeps its time of receipt', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: [received('a', 1234), reject('b')] }));
    expect(await collect(table.rejects())).toEqual([{ ...received('a', 1234), number: 1 }, { ...reject('b'), number: 2 }]);
  });

  const replay = (rowNumber: number, of: RejectMark): Replay => ({ row: rowNumber, of, by: 'anna', source: 'mended.csv', line: rowNumber + 2 });
  const replayedAt = (at: number, line: number) => ({ by: 'anna', source: 'mended.csv', line, at });

  test('a row that is stored or a duplicate takes the place of a reject once, and that is told apart', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 80, 1)], { rejects: [received('a', 1000), received('b', 1000), received('c', 1000)] }));
    const [a, b] = (await collect(table.rejects())).map(markOf);
    const rows = [row('A', '2014-03-11', 81, 7), row('A', '2014-03-10', 80, 8)];
    const mended = stepOf(rows, { replays: [replay(0, a), replay(1, b)] });
    expect((await table.write(mended)).counts).toMatchObject({ stored: 1, duplicate: 1, replayed: 2, rejected: 0 });
    const after = await collect(table.rejects());
    expect(after).toMatchObject([{ id: 'a', replayed: replayedAt(7, 2) }, { id: 'b', replayed: replayedAt(8, 3) }, { id: 'c' }]);
    expect(after[2].replayed).toBeUndefined();
    expect((await table.write(mended)).counts).toMatchObject({ stored: 0, duplicate: 2, replayed: 0 });
    expect(await collect(table.rejects())).toEqual(after);
    expect((await table.counts()).directory).toMatchObject({ stored: 2, duplicate: 3, replayed: 2, rejected: 3 });
  });

  test('a mended row that is wrong still is a reject of its own; whoever mends that one mends both', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: [received('a', 1000)] }));
    const [a] = (await collect(table.rejects())).map(markOf);
    await table.write(stepOf([], { rejects: [{ ...received('b', 2000), mends: a }] }));
    expect(await collect(table.rejects())).toMatchObject([{ id: 'a', attempt: 2 }, { id: 'b', mends: a }]);
    const b = markOf((await collect(table.rejects()))[1]);
    expect((await table.write(stepOf([row('A', '2014-03-11', 81, 7)], { replays: [replay(0, b)] }))).counts.replayed).toBe(1);
    expect(await collect(table.rejects())).toMatchObject([{ id: 'a', replayed: replayedAt(7, 2) }, { id: 'b', replayed: replayedAt(7, 2) }]);
  });

  test('a row is taken all the same when the reject is gone, or is another one of that number', async () => {
    const table = await open({ rejects: { most: 1, ageMs: Infinity } });
    await table.write(stepOf([], { rejects: [received('a', 1000), received('b', 1000)] }));
    const [b] = (await collect(table.rejects())).map(markOf);
    const marks = [{ number: 1, check: 'a' }, { ...b, check: 'elsewhere' }, { number: 9, check: 'x' }];
    const rows = marks.map((_, day) => row('A', `2014-03-1${day}`));
    const { counts } = await table.write(stepOf(rows, { replays: marks.map((mark, rowNumber) => replay(rowNumber, mark)) }));
    expect(counts).toMatchObject({ stored: 3, replayed: 0 });
    expect((await collect(table.rejects()))[0].replayed).toBeUndefined();
  });

  test('of too many rejects the oldest go, and stay counted; one that comes again is listed again', async () => {
    const table = await open({ rejects: { most: 3, ageMs: Infinity } });
    await table.write(stepOf([], { rejects: ['a', 'b', 'c', 'd'].map(reject) }));
    expect(await idsOf(table)).toEqual(['b', 'c', 'd']);
    await table.write(stepOf([], { rejects: ['a', 'c'].map(reject) }));
    expect(await idsOf(table)).toEqual(['c', 'd', 'a']);
    expect(await table.newestRejects({ limit: 1 })).toEqual({ items: [{ ...reject('a'), number: 5 }], total: 3, dropped: 2 });
    expect((await table.counts()).directory.rejected).toBe(6);
  });

  test('rejects that are too old go, with those before them of which no time is known', async () => {
    let now = 10_000;
    const table = await open({ now: () => now, rejects: { most: 100, ageMs: 5000 } });
    await table.write(stepOf([], { rejects: [reject('a'), received('b', 5000), received('c', 5001)] }));
    while (await table.expire());
    expect(await idsOf(table)).toHaveLength(3);
    now = 10_001;
    while (await table.expire());
    expect(await idsOf(table)).toEqual(['c']);
    now = 20_000;
    while (await table.expire());
    expect(await idsOf(table)).toEqual([]);
  });

  test('rejects are cleared, all or those before a time; the counts stay, and numbers go on', async () => {
    const table = await open();
    await table.write(stepOf([], { rejects: [received('a', 1), received('b', 2), received('c', 3)] }));
    expect(await table.clearRejects(1)).toBe(0);
    expect(await table.clearRejects(3)).toBe(2);
    expect(await idsOf(table)).toEqual(['c']);
    expect(await table.clearRejects()).toBe(1);
    expect(await table.newestRejects({ limit: 9 })).toEqual({ items: [], total: 0, dropped: 3 });
    await table.write(stepOf([], { rejects: [received('a', 4)] }));
    expect(await table.newestRejects({ limit: 9 })).toEqual({ items: [{ ...received('a', 4), number: 4 }], total: 1, dropped: 3 });
    expect((await table.counts()).directory.rejected).toBe(4);
  });

  test('counts are credited to the receiver', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 0)], { rejects: [reject('a')] }));
    await table.write(stepOf([row('A', '2014-03-10', 0), row('A', '2014-03-11')], { receiver: 'mqtt' }));
    expect(await table.counts()).toEqual({
      directory: { stored: 1, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 1, alerts: 1 },
      mqtt: { stored: 1, replaced: 0, retracted: 0, duplicate: 1, replayed: 0, rejected: 0, alerts: 0 },
      kafka: NO_COUNTS,
    });
  });

  test('a reading with other values than its key has counts as replaced, told apart within stored, by receiver', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10', 80), row('B', '2014-03-10', 80)]));
    const same = [
      row('A', '2014-03-10', 80, 2),
      row('A', '2014-03-10', 81, 2),
      row('A', '2014-03-10', 81, 2),
      row('C', '2014-03-10', 1, 2),
    ];
    const outcome = await table.write(stepOf(same, { receiver: 'mqtt' }));
    expect(outcome.counts).toMatchObject({ stored: 2, replaced: 1, duplicate: 2 });
    expect([...outcome.replacing!]).toEqual([0, 1, 0, 0]);
    // One that comes after a later receipt stays out, and one of the two gave way all the same.
    expect((await table.write(stepOf([row('B', '2014-03-10', 79, 0)], { receiver: 'mqtt' }))).counts).toMatchObject({
      stored: 1,
      replaced: 1,
    });
    expect((await table.write(stepOf([row('D', '2014-03-10', 79, 9)]))).replacing).toBeUndefined();
    const { directory, mqtt } = await table.counts();
    expect([directory.replaced, mqtt.replaced]).toEqual([0, 2]);
  });

  test('readings of one time that come in one step replace each other, and the breach that went is told apart and listed', async () => {
    const table = await open();
    const minute = [80, 2, 2, 81].map((psi) => row('A', '2014-03-10', psi));
    const outcome = await table.write(stepOf([...minute, row('B', '2014-03-10', 3), row('B', '2014-03-10', 4)]));
    expect(outcome.counts).toEqual({ stored: 5, replaced: 3, retracted: 0, duplicate: 1, replayed: 0, rejected: 0, alerts: 1 });
    expect(outcome.superseded.map(({ row: number }) => number)).toEqual([1, 4]);
    // The alert of B is still one.
    expect(replacedAlerts(await table.state(REPLACED_ALERTS_STATE)).map(({ pump, value }) => [pump, value])).toEqual([['A', 2]]);
  });

  test('alerts that a later step takes the reading of are listed, the newest first, a hundred of them', async () => {
    const table = await open();
    const rows = (psi: number, receivedAt: number) =>
      Array.from({ length: 120 }, (_, minute) => ({
        ...row('A', '2014-03-10', psi, receivedAt),
        time: time('2014-03-10') + minute * 60_000,
      }));
    await table.write(stepOf(rows(0, 1)));
    await table.write(stepOf(rows(80, 2)));
    const listed = replacedAlerts(await table.state(REPLACED_ALERTS_STATE));
    expect(listed).toHaveLength(100);
    expect(listed[0]).toMatchObject({ pump: 'A', time: time('2014-03-10T01:59'), rule: 'low-psi', value: 0, comparison: 'below' });
    await table.write(stepOf([row('B', '2014-03-10', 1, 3)]));
    await table.write(stepOf([row('B', '2014-03-10', 80, 4)]));
    expect(replacedAlerts(await table.state(REPLACED_ALERTS_STATE)).slice(0, 2).map(({ pump }) => pump)).toEqual(['B', 'A']);
  });

  test('state keeps what a step sets until one forgets it', async () => {
    const table = await open();
    await table.write(stepOf([], { state: { journal: { segment: 3, offset: 12.5 }, 'file:é.csv': [1, 'a', true] } }));
    await table.write(stepOf([], { state: { journal: { segment: 4, offset: 0 } } }));
    expect(await table.state()).toEqual(new Map<string, unknown>([['file:é.csv', [1, 'a', true]], ['journal', { segment: 4, offset: 0 }]]));
    await table.write(stepOf([], { state: { 'file:é.csv': null, unheardOf: null } }));
    expect([...(await table.state()).keys()]).toEqual(['journal']);
  });

  test('state of some names only is asked for by what they begin with', async () => {
    const table = await open();
    await table.write(stepOf([], { state: { 'pump:A': 1, 'pump:é': 2, 'pump:': 3, pump: 4, 'pumq': 5, 'a': 6 } }));
    expect(await table.state('pump:')).toEqual(new Map([['pump:', 3], ['pump:A', 1], ['pump:é', 2]]));
    expect([...(await table.state('pump')).keys()]).toEqual(['pump', 'pump:', 'pump:A', 'pump:é']);
    expect(await table.state('x')).toEqual(new Map());
  });

  test('what is kept of stored rows is told which rows are duplicates, and commits with the step', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('B', '2014-03-10')]));
    const rows = [
      row('B', '2014-03-11', 80, 2),
      row('A', '2014-03-10', 80, 2),
      row('A', '2014-03-09', 80, 2),
      row('B', '2014-03-10', 7, 2),
      row('B', '2014-03-11', 80, 2),
    ];
    const told: number[][] = [];
    await table.write({ ...stepOf(rows, { state: { journal: 5 } }), onDecided: (duplicates) => {
      told.push([...duplicates]);
      return { windows: [1, 2] };
    } });
    expect(told).toEqual([[0, 1, 0, 0, 1]]);
    expect(await table.state()).toEqual(new Map<string, unknown>([['journal', 5], ['windows', [1, 2]]]));
  });

  test('the reference that was saved comes back', async () => {
    const table = await open();
    const reference = {
      pumps: [
        { id: 'A', type: 'x', purchased: '2010-01-01', inService: '2010-02-01', vendor: 'v', latitude: 29.687276, longitude: -91.162492 },
      ],
      maintenance: [{ pump: 'A', date: '2012-06-01', technician: 't', description: 'd' }],
    };
    await table.saveReference(reference);
    expect(await table.savedReference()).toEqual(reference);
  });
}
