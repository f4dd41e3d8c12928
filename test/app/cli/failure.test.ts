import { afterEach, describe, expect, test } from 'vitest';
import { explain, showStacks } from '../../../app/cli/failure.ts';
import { interruptible } from '../../../app/cli/interrupt.ts';
import { AppError } from '../../../domain/errors.ts';

function told(error: unknown): { code: number; text: string } {
  let text = '';
  const code = explain(error, { write: (part) => (text += part) });
  return { code, text };
}

afterEach(() => showStacks(false));

describe('what went wrong', () => {
  test.each([
    ['CONFIG', 2],
    ['USAGE', 2],
    ['STORE_UNAVAILABLE', 1],
    ['ALREADY_RUNNING', 1],
  ] as const)('%s is one line and ends with %i', (code, exitCode) => {
    expect(told(new AppError(code, 'a sentence'))).toEqual({ code: exitCode, text: 'wellwatch: a sentence\n' });
  });

  test('that nobody expected is a sentence, and how to see more', () => {
    expect(told(new TypeError('x is not a function'))).toEqual({
      code: 1,
      text: 'wellwatch: unexpected error: x is not a function\nRun it again with WELLWATCH_LOG_LEVEL=debug (log.level) to see where; ' +
        'please report that.\n',
    });
  });

  test('is told with where and why when the log level is debug', () => {
    showStacks(true);
    const { text } = told(new AppError('STORE_UNAVAILABLE', 'a sentence', { cause: new Error('EIO') }));
    expect(text).toMatch(/^wellwatch: a sentence\nAppError: a sentence\n {4}at .*[^]*\ncaused by Error: EIO\n {4}at /);
  });
});

describe('Ctrl-C', () => {
  test('ends what was begun, in a sentence and with 1', async () => {
    const ended = interruptible(async (signal) => {
      process.emit('SIGINT');
      signal.throwIfAborted();
    });
    const error: unknown = await ended.catch((reason: unknown) => reason);
    expect(told(error)).toEqual({ code: 1, text: 'wellwatch: stopped before it was done; nothing is half-written\n' });
  });

  test('is left to others afterwards', async () => {
    const before = process.listenerCount('SIGINT');
    expect(await interruptible(async () => process.listenerCount('SIGINT'))).toBe(before + 1);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
