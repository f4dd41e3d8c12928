import { expect, test } from 'vitest';
import { receiverText } from '../../../app/cli/receiverText.ts';

const mqtt = {
  state: 'connected',
  url: 'mqtt://127.0.0.1:1883',
  topic: 'pumps/+/readings',
  connections: 0,
  lastMessageAt: null,
  lastError: null,
};
const timezone = 'America/Chicago';
const NOW = Date.parse('2026-11-21T10:56:00.000Z');

test('an embedded broker without publishers listens, and is not "connected"', () => {
  expect(receiverText(mqtt, { timezone, embedded: true, now: NOW })).toBe(
    'listening, at mqtt://127.0.0.1:1883, topic pumps/+/readings, 0 publishers',
  );
});

test('one publisher is one publisher, and the last message is told in the time of the site', () => {
  expect(receiverText({ ...mqtt, connections: 1, lastMessageAt: '2026-11-21T10:55:51.000Z' }, { timezone, embedded: true, now: NOW })).toMatch(
    /, 1 publisher, last message 2026-11-21 04:55:51$/,
  );
});

test('a broker of the site has connections, and an error is told', () => {
  const facts = { ...mqtt, state: 'reconnecting', lastError: 'ECONNREFUSED' };
  expect(receiverText(facts, { timezone, embedded: false, now: NOW })).toBe(
    'reconnecting, at mqtt://127.0.0.1:1883, topic pumps/+/readings, 0 connections, last error ECONNREFUSED',
  );
});

test('what came from outside can not steer the terminal', () => {
  expect(receiverText({ state: 'running', file: '\x1b[2J.csv' }, { timezone, embedded: false, now: NOW })).toBe('running, file \\x1b[2J.csv');
});

test.each([
  [59, ''],
  [160, ' (no row for 2 min 40 s)'],
  [3 * 3600 + 300, ' (no row for 3 h 5 min)'],
  [50 * 3600, ' (no row for 2 d 2 h)'],
])('a feed that has been silent for %i s is told so', (seconds, told) => {
  const lastMessageAt = new Date(NOW - seconds * 1000).toISOString();
  expect(receiverText({ state: 'running', path: 'in', lastMessageAt }, { timezone, embedded: false, now: NOW })).toMatch(
    new RegExp(`last rows [\\d-]+ [\\d:]+${told.replace(/[()]/g, '\\$&')}$`),
  );
});
