import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type FailureKind, GatewayFailure } from '../../../../storage/hbase/gateway/failure.ts';
import type { StoreEvent } from '../../../../storage/hbase/gateway/options.ts';
import { Patience, type PatienceOptions } from '../../../../storage/hbase/gateway/patience.ts';

const NAME = 'HBase at http://gateway (table sensor)';

function patient(options: Partial<PatienceOptions> = {}) {
  const events: StoreEvent[] = [];
  const patience = new Patience({ name: NAME, patienceMs: 20_000, onLog: (event) => events.push(event), ...options });
  onTestFinished(() => patience.close());
  return { patience, told: () => events.filter(({ level }) => level !== 'debug') };
}

/** A store that is there or not, and how often it was asked. */
function store() {
  let failure: GatewayFailure | undefined;
  const state = { calls: 0, atOnce: 0, most: 0 };
  return {
    state,
    fail: (kind: FailureKind, message = 'connection refused') => { failure = new GatewayFailure(kind, message); },
    heal: () => { failure = undefined; },
    call: async () => {
      state.calls++;
      state.most = Math.max(state.most, ++state.atOnce);
      await pause(5);
      state.atOnce--;
      if (failure) throw failure;
      return 'answer';
    },
  };
}

describe('a call', () => {
  test('that succeeds is made once, and nothing is told', async () => {
    const { patience, told } = patient();
    const { call, state } = store();
    expect(await patience.run('read', call)).toBe('answer');
    expect(state.calls).toBe(1);
    expect(told()).toEqual([]);
    expect(patience.away()).toBeUndefined();
  });

  test.each(['transient', 'refused', 'gone'] as const)('that fails as %s is made again until it succeeds', async (kind) => {
    const { patience } = patient();
    const { call, fail, heal, state } = store();
    fail(kind);
    const answer = patience.run('write', call);
    await vi.waitUntil(() => state.calls >= 2, { timeout: 60_000 });
    heal();
    expect(await answer).toBe('answer');
  });

  test.each(['poison', 'tooLarge'] as const)('that is %s fails at once, as the store does answer', async (kind) => {
    const { patience } = patient();
    const { call, fail, state } = store();
    fail(kind);
    await expect(patience.run('write', call)).rejects.toMatchObject({ name: 'GatewayFailure', kind });
    expect(state.calls).toBe(1);
    expect(patience.away()).toBeUndefined();
  });

  test('that meets an error of ours fails at once with just that', async () => {
    const { patience } = patient();
    const bug = new TypeError('bug');
    await expect(patience.run('write', () => Promise.reject(bug))).rejects.toBe(bug);
  });
});

describe('a store that stays away', () => {
  test('is given up when patience is at its end, with its name, how long, why, and what to do', async () => {
    const { patience } = patient({ patienceMs: 400 });
    const { call, fail } = store();
    fail('transient');
    await expect(patience.run('write', call)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(
        /^HBase at http:\/\/gateway \(table sensor\) did not answer for 0\.\d s: connection refused; nothing is lost: .* journal and the inbox$/,
      ) as string,
      cause: { kind: 'transient' },
    });
    await expect(patience.run('read', call)).rejects.toMatchObject({
      message: expect.stringMatching(/connection refused; ask again when it is back$/) as string,
    });
    fail('refused');
    await expect(patient({ patienceMs: 100 }).patience.run('read', call)).rejects.toMatchObject({
      message: expect.stringMatching(/ could not be used for \d/) as string,
    });
  });

  test('costs one attempt at most without patience', async () => {
    const { patience } = patient({ patienceMs: 0 });
    const { call, fail, state } = store();
    fail('transient');
    await expect(patience.run('read', call)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(state.calls).toBe(1);
  });

  test('is asked by one call at a time, however many wait, and all go on when it is back', async () => {
    const { patience } = patient();
    const { call, fail, heal, state } = store();
    fail('transient');
    const answers = Promise.all(Array.from({ length: 20 }, () => patience.run('write', call)));
    await vi.waitUntil(() => state.atOnce === 0 && state.calls >= 20, { timeout: 60_000 });
    state.most = 0;
    await vi.waitUntil(() => state.calls >= 24, { timeout: 60_000 });
    expect(state.most).toBe(1);
    heal();
    expect(await answers).toHaveLength(20);
  });

  test('for a refusal is asked by one at a time from the first on', async () => {
    const { call, fail, state } = store();
    let calls = 0;
    const { patience } = patient({ onLog: ({ level }) => { if (level === 'warn') ({ calls } = state); } });
    fail('refused', 'the gateway answered 403');
    const first = patience.run('write', call).catch(() => undefined);
    await vi.waitUntil(() => calls > 0, { timeout: 60_000 });
    expect(calls).toBe(1);
    patience.close();
    await first;
  });

  test('is told once as a warning, and once when it is back; in between it is known since when and why', async () => {
    const { patience, told } = patient();
    const { call, fail, heal, state } = store();
    const before = Date.now();
    fail('transient');
    const answer = patience.run('write', call);
    await vi.waitUntil(() => told().length > 0, { timeout: 60_000 });
    expect(patience.away()).toMatchObject({ reason: 'connection refused' });
    expect(Math.abs((patience.away()?.since ?? 0) - before)).toBeLessThan(60_000);
    const { calls } = state;
    await vi.waitUntil(() => state.calls > calls, { timeout: 60_000 });
    heal();
    await answer;
    expect(told()).toEqual([
      { level: 'warn', message: `${NAME} is away: connection refused; rows wait` },
      { level: 'info', message: expect.stringMatching(/ is back after [\d.]+ s$/) as string },
    ]);
    expect(patience.away()).toBeUndefined();
  });

  test('for a moment only is not worth a word', async () => {
    const { patience, told } = patient();
    const { call, fail, heal } = store();
    fail('transient');
    const answer = patience.run('write', () => call().finally(heal));
    expect(await answer).toBe('answer');
    expect(told()).toEqual([]);
  });
});

describe('when waiting is to end', () => {
  test('a pause ends at once', async () => {
    const stop = new AbortController();
    const { patience } = patient({
      patienceMs: Infinity,
      signal: stop.signal,
      onLog: ({ level }) => {
        if (level === 'warn') stop.abort();
      },
    });
    const { call, fail, state } = store();
    fail('refused');
    await expect(patience.run('write', call)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('nothing is lost') as string,
    });
    expect(state.calls).toBe(1);
  });

  test('a call that does not come back is ended, and its body is free before the failure is told', async () => {
    const stop = new AbortController();
    const { patience } = patient({ patienceMs: Infinity, signal: stop.signal });
    let free = false;
    const call = (signal: AbortSignal) => new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => setTimeout(() => {
        free = true;
        reject(new GatewayFailure('transient', 'ended'));
      }, 50));
    });
    const outcome = patience.run('write', call);
    stop.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(free).toBe(true);
  });

  test('a store that answers is still of use', async () => {
    const { patience } = patient({ signal: AbortSignal.abort() });
    const { call, fail } = store();
    expect(await patience.run('write', call)).toBe('answer');
    fail('transient');
    await expect(patience.run('write', call)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('an empty answer', () => {
  test('is believed when all went well', async () => {
    const { patience } = patient({ calmMs: 200 });
    const make = vi.fn(() => Promise.resolve<string[]>([]));
    expect(await patience.sure(make, (rows) => rows.length === 0)).toEqual([]);
    expect(make).toHaveBeenCalledTimes(1);
  });

  test('right after trouble is asked for again in calm, one that is not empty is taken', async () => {
    const { patience } = patient({ calmMs: 200 });
    const { call, fail, heal } = store();
    fail('transient');
    await patience.run('read', () => call().finally(heal));
    const full = vi.fn(() => Promise.resolve(['row']));
    await patience.sure(full, (rows) => rows.length === 0);
    expect(full).toHaveBeenCalledTimes(1);
    const answers = [[], ['row']];
    expect(await patience.sure(() => Promise.resolve(answers.shift() ?? []), (rows) => rows.length === 0)).toEqual(['row']);
  });
});

test('a system clock that is set back does not keep calls waiting', async () => {
  const { patience, told } = patient();
  const { call, fail, heal, state } = store();
  onTestFinished(() => void vi.restoreAllMocks());
  fail('refused');
  const answer = patience.run('write', call);
  await vi.waitUntil(() => told().length > 0, { timeout: 60_000 });
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
  heal();
  expect(await answer).toBe('answer');
  expect(state.calls).toBeGreaterThan(1);
});
