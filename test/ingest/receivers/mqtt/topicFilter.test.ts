import { describe, expect, test } from 'vitest';
import { covers, topicMatcher } from '../../../../ingest/receivers/mqtt/topicFilter.ts';
import fc from '../../../support/property.ts';

describe('a topic filter', () => {
  test.each([
    ['pumps/+/readings', 'pumps/COHUTTA/readings'],
    ['pumps/+/readings', 'pumps//readings'],
    ['pumps/COHUTTA/readings', 'pumps/COHUTTA/readings'],
    ['pumps/#', 'pumps/COHUTTA/readings'],
    ['pumps/#', 'pumps'],
    ['#', 'a/b/c'],
    ['#', '/'],
    ['+/+', '/readings'],
    ['/+', '/readings'],
    ['$SYS/#', '$SYS/broker/load'],
  ])('%s matches %s', (filter, topic) => {
    expect(topicMatcher(filter)(topic)).toBe(true);
  });

  test.each([
    ['pumps/+/readings', 'pumps/COHUTTA'],
    ['pumps/+/readings', 'pumps/COHUTTA/readings/now'],
    ['pumps/+/readings', 'Pumps/COHUTTA/readings'],
    ['pumps/#', 'pumpsets/a'],
    ['+', '/readings'],
    ['+', 'a/b'],
    ['#', '$SYS/broker/load'],
    ['+/broker/load', '$SYS/broker/load'],
  ])('%s does not match %s', (filter, topic) => {
    expect(topicMatcher(filter)(topic)).toBe(false);
  });

  test('with some levels replaced by + and the rest by # still matches the topic', () => {
    const level = fc.stringMatching(/^[a-z]{0,3}$/);
    fc.assert(fc.property(fc.array(fc.tuple(level, fc.boolean()), { minLength: 1, maxLength: 5 }), fc.nat(5), (levels, kept) => {
      const topic = levels.map(([name]) => name).join('/');
      const filter = levels.map(([name, plus]) => (plus ? '+' : name));
      expect(topicMatcher(filter.join('/'))(topic)).toBe(true);
      expect(topicMatcher([...filter.slice(0, kept), '#'].join('/'))(topic)).toBe(true);
      expect(topicMatcher([...filter, '+'].join('/'))(topic)).toBe(false);
    }));
  });
});

test('a filter covers those that stand for none but its own topics', () => {
  const covered = (allowed: string, filters: readonly string[]) => filters.filter((filter) => covers(allowed, filter));
  const filters = ['a', 'a/b', 'a/+', 'a/#', '+/b', '+', '#', 'a/b/c', '$SYS/a', 'b'];
  expect(covered('a/#', filters)).toEqual(['a', 'a/b', 'a/+', 'a/#', 'a/b/c']);
  expect(covered('a/+', filters)).toEqual(['a/b', 'a/+']);
  expect(covered('+/b', filters)).toEqual(['a/b', '+/b']);
  expect(covered('#', filters)).toEqual(['a', 'a/b', 'a/+', 'a/#', '+/b', '+', '#', 'a/b/c', 'b']);
  expect(covered('a/b', filters)).toEqual(['a/b']);
});
