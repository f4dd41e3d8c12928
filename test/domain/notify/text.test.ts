import { expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import type { AlarmNow } from '../../../domain/notify/alarmNow.ts';
import type { Facts } from '../../../domain/notify/facts.ts';
import { ruleFactsOf } from '../../../domain/notify/ruleFacts.ts';
import { textOf } from '../../../domain/notify/text.ts';
import type { Item, Saying } from '../../../domain/notify/told.ts';
import { alarm, MINUTE, NOON } from './world.ts';

const RULE = { ...loadConfig({ env: {} }).alarms.rules[0], guidance: 'Check the suction valve', respondWithinMs: 15 * MINUTE };
const SMITH = { role: 'technician', name: 'A. Smith', phone: '555-0100', mail: null, date: '2014-02-05' } as const;
const VENDOR = { type: 'HYDROPUMP', purchased: '2010-11-27', inService: '2011-03-15', vendor: 'HYDROCAM', latitude: 0, longitude: 0 };
const NOW = NOON + 4 * MINUTE;

const facts: Facts = {
  site: 'Gulf field', timezone: 'UTC', page: 'https://wellwatch.example.org',
  rule: (id, priority) => (id === 'low-psi' ? ruleFactsOf(RULE, priority) : undefined),
  pump: (id) => ({
    id, known: true, vendor: VENDOR, maintenance: [{ date: '2014-02-05', technician: 'A. Smith', description: 'Replace motor' }],
    contacts: [SMITH, { role: 'vendor', name: 'HYDROCAM', phone: null, mail: 'help@hydrocam.example', date: null }],
  }),
  active: () => [alarm({ pump: 'MOJO' }), alarm({ rule: 'hot' })],
  next: () => ({ at: NOON + 10 * MINUTE, channels: ['office'] }),
};

const item = (saying: Saying, given: Partial<AlarmNow> = {}, why?: string): Item =>
  ({ saying, alarm: alarm(given), thread: 1, message: 1, why, flapping: undefined });

function told(...items: Item[]): string[] {
  const { summary, lines } = textOf({ channel: 'duty', kind: 'raised', items }, facts, NOW);
  return [summary, ...lines];
}

test('a message says what, since when, what before, what to do, whom to call, who is next and how to acknowledge', () => {
  const values = { before: { at: '2026-03-02T11:59:00', value: 78 }, last: { at: '2026-03-02T12:03:00', value: 1 } };
  expect(told(item('raised', values))).toEqual([
    'HIGH TECHE psi 0 < 5 since 12:00 (4 min)',
    'Do: Check the suction valve. Within 15 min.',
    'Before: psi 78 at 11:59. Now: 1 at 12:03.',
    'Rule low-psi: 1 reading beyond the limit, the worst 0 at 12:00',
    'Also at this pump: hot',
    'The same at 1 other pump: MOJO',
    'Call: A. Smith 555-0100, who was there last (2014-02-05 Replace motor)',
    'Or: HYDROCAM help@hydrocam.example, the vendor (HYDROPUMP, in service since 2011-03-15)',
    'Next: office at 12:10, if nobody acknowledges',
    'Acknowledge: wellwatch alarms ack TECHE low-psi',
    'See: https://wellwatch.example.org/pumps/TECHE?from=2026-03-02T11:30:00&to=2026-03-02T12:30:00',
    'Gulf field, 2026-03-02 12:04 (UTC)',
  ]);
});

test('the end says how long, the worst, and who had it', () => {
  const over = { state: 'normal' as const, returned: '2026-03-02T12:03:00', cleared: '2026-03-02T12:03:00' };
  const acknowledged = { by: 'ann', at: '', comment: 'valve opened' };
  expect(told(item('cleared', { ...over, acknowledged })).slice(0, 3)).toEqual([
    'OVER: HIGH TECHE psi 0 < 5, 12:00 to 12:03 (3 min)', 'Rule low-psi: 1 reading beyond the limit, the worst 0 at 12:00',
    'Acknowledged by ann: valve opened',
  ]);
});

test('the end of an alarm that waits for somebody says for what, and how', () => {
  const over = { returned: '2026-03-02T12:03:00', cleared: '2026-03-02T12:03:00' };
  expect(told(item('cleared', { ...over, state: 'returned-unacknowledged' }))).toContain('Acknowledge: wellwatch alarms ack TECHE low-psi');
  expect(told(item('cleared', { ...over, state: 'latched' })))
    .toContain('It stays latched until somebody has looked. Reset: wellwatch alarms reset TECHE low-psi');
  expect(told(item('cleared', { ...over, state: 'normal' })).join()).not.toContain('wellwatch alarms');
});

test('what the site has written nothing about says what is known; medians are no readings beyond a limit', () => {
  const rules = loadConfig({ env: { WELLWATCH_RULES: '[{id: quiet, silent: 10m}, {id: usual, measure: psi, deviates: 4, over: 1h, of: 14d, hours: 2}]' } }).alarms.rules;
  const byKind: Facts = { ...facts, rule: (id, priority) => ruleFactsOf(rules.find((rule) => rule.id === id)!, priority) };
  const say = (given: Partial<AlarmNow>) => textOf({ channel: 'duty', kind: 'raised', items: [item('raised', given)] }, byKind, NOW).lines;
  expect(say({ rule: 'quiet', readings: 0, worst: null, worstAt: null })[0]).toBe('Do: Look at its gateway and the network; whether the pump runs is not known.');
  expect(say({ rule: 'usual', readings: 96, worst: 71 })).toContain('Rule usual: medians of 96 readings are far from what was usual, the worst 71 at 12:00');
});

test('of silence there are no readings to count', () => {
  const silent = { rule: 'silence', readings: 0, worst: null, worstAt: null };
  expect(told(item('raised', silent))).toContain('Rule silence: the last reading is of 12:00');
  const over = { ...silent, state: 'normal' as const, returned: '2026-03-02T12:03:00', cleared: '2026-03-02T12:03:00' };
  expect(told(item('cleared', over))).toContain('Rule silence: the last reading before it was of 12:00');
});

test('what was found late says so, and when its readings came; its day stands once', () => {
  const past = { from: '2026-03-01T22:10:00', raised: '2026-03-01T22:10:00', worstAt: '2026-03-01T22:20:00', late: true, found: '2026-03-02T12:01:00' };
  const over = { ...past, returned: '2026-03-01T22:40:00', cleared: '2026-03-01T22:40:00' };
  expect(told(item('found', over)).slice(0, 3)).toEqual([
    'FOUND LATE: HIGH TECHE psi 0 < 5, 2026-03-01 22:10 to 22:40 (30 min)',
    'Rule low-psi: 1 reading beyond the limit, the worst 0 at 2026-03-01 22:20',
    'Its readings came late, at 12:01. It was over by then, so that nobody was told at the time.',
  ]);
  const stale = told(item('raised', { ...past, stale: true }));
  expect(stale[0]).toBe('FOUND LATE: HIGH TECHE psi 0 < 5 since 2026-03-01 22:10');
  expect(stale).toContain('Nothing has come from the pump since 2026-03-01 22:20.');
  expect(stale.join()).not.toContain('Next');
});

test('many say once what to do, name what goes on first, and whom to call as long as they are few', () => {
  const over = { pump: 'Z', state: 'normal' as const, returned: '2026-03-02T12:03:00', cleared: '2026-03-02T12:03:00' };
  expect(told(item('cleared', over), item('raised', { pump: 'A' }), item('raised', { pump: 'B' }))).toEqual([
    'HIGH 2 alarms low-psi: A, B; 1 over low-psi: Z',
    'Do: Check the suction valve. Within 15 min.',
    'HIGH A psi 0 < 5 since 12:00 (4 min)', '  call A. Smith 555-0100 or HYDROCAM help@hydrocam.example',
    'HIGH B psi 0 < 5 since 12:00 (4 min)', '  call A. Smith 555-0100 or HYDROCAM help@hydrocam.example',
    'OVER: HIGH Z psi 0 < 5, 12:00 to 12:03 (3 min)',
    'Next: office at 12:10, if nobody acknowledges',
    'See: https://wellwatch.example.org/', 'Gulf field, 2026-03-02 12:04 (UTC)',
  ]);
  expect(told(...Array.from({ length: 30 }, (_, i) => item('raised', { pump: `P${i}` }))).slice(0, 2)).toEqual([
    'HIGH 30 alarms low-psi: P0, P1, P2 and 27 more', 'Do: Check the suction valve. Within 15 min.',
  ]);
});

test('a pump\'s name can not end its place in the command', () => {
  expect(told(item('raised', { pump: 'it\'s A;1' }))).toContain('Acknowledge: wellwatch alarms ack \'it\'\\\'\'s A;1\' low-psi');
});
