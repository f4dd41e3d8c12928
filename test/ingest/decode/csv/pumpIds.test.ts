import { describe, expect, test } from 'vitest';
import { PumpIds } from '../../../../ingest/decode/csv/pumpIds.ts';

function find(ids: PumpIds, id: string, hash: number): number {
  const bytes = Buffer.from(`..${id},`);
  return ids.find(bytes, { from: 2, length: id.length, hash });
}

describe('pump ids found by their bytes', () => {
  test('are told apart when their hashes are the same', () => {
    const ids = new PumpIds();
    const names = ['A', 'B', 'AB', 'ABC', 'x'.repeat(64)];
    for (const [number, name] of names.entries()) ids.add(Buffer.from(name), 42, number);
    expect(names.map((name) => find(ids, name, 42))).toEqual([0, 1, 2, 3, 4]);
    expect(find(ids, 'C', 42)).toBe(-1);
  });

  test('are left out, not searched for at length, when too many hashes are the same', () => {
    const ids = new PumpIds();
    for (let i = 0; i < 100; i++) ids.add(Buffer.from(`P${i}`), 7, i);
    const found = Array.from({ length: 100 }, (_, i) => find(ids, `P${i}`, 7));
    expect(found.filter((number) => number >= 0)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  });

  test('are found after the table has grown, and not after it was cleared', () => {
    const ids = new PumpIds();
    const hash = (i: number) => Math.imul(i, 0x9e3779b1) >>> 2;
    for (let i = 0; i < 5000; i++) ids.add(Buffer.from(`P${i}`), hash(i), i);
    expect(Array.from({ length: 5000 }, (_, i) => find(ids, `P${i}`, hash(i))).filter((number, i) => number !== i).length).toBeLessThan(50);
    ids.clear();
    expect(find(ids, 'P1', hash(1))).toBe(-1);
    expect(ids.follow(Buffer.from('P1,'), 0)).toBe(0);
  });

  test('that come in turn are expected in turn, with a comma behind them', () => {
    const ids = new PumpIds();
    for (const [number, name] of ['A', 'B'].entries()) ids.add(Buffer.from(name), number, number);
    for (const [hash, name] of ['A', 'B', 'A'].entries()) find(ids, name, hash % 2);
    expect(ids.follow(Buffer.from('BB,'), 0)).toBe(0);
    expect([ids.follow(Buffer.from('B,'), 0), ids.lastNumber]).toEqual([1, 1]);
    expect([ids.follow(Buffer.from('A,'), 0), ids.lastNumber]).toEqual([1, 0]);
  });
});
