import { expect, test } from 'vitest';
import { ByteCache } from '../../query/byteCache.ts';

const value = (bytes: number) => ({ bytes });

test('what was used the longest ago goes when there is no room', () => {
  const cache = new ByteCache(10);
  for (const key of ['a', 'b', 'c']) cache.set(key, value(3));
  expect(cache.get('a')).toBeDefined();
  cache.set('d', value(3));
  expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['a', 'c', 'd']);
});

test('what is set again takes its place once', () => {
  const cache = new ByteCache(10);
  for (let i = 0; i < 5; i++) cache.set('a', value(5));
  cache.set('b', value(5));
  expect(cache.get('a') && cache.get('b')).toBeDefined();
});

test('what is larger than all there is room for is not kept', () => {
  const cache = new ByteCache(10);
  cache.set('a', value(11));
  expect(cache.get('a')).toBeUndefined();
});
