import { type Logger, type LoggerOptions, pino } from 'pino';
import { visible } from '../../domain/text.ts';

export type { Logger } from 'pino';

// What nobody sees, in a pump's id for example, is shown as what it is.
const hooks: NonNullable<LoggerOptions['hooks']> = {
  logMethod(words, method) {
    return method.apply(this, words.map((word: unknown) => (typeof word === 'string' ? visible(word) : word)) as typeof words);
  },
};

/** Where the log goes. */
export interface LogOutput {
  readonly isTTY?: boolean;
  /** Takes a line with its end, at once and without waiting for anybody. */
  write(line: string): unknown;
}

/** The log: JSON lines, or sentences on a terminal. WARN means that nothing is lost, ERROR that a person is needed. */
export function openLog(level: string, out: LogOutput): Logger {
  if (!out.isTTY)
    return pino(
      { level, base: null, hooks, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
      { write: (line) => out.write(line) },
    );
  return pino({ level, base: null, hooks }, {
    write(line: string) {
      const { level: severity, msg } = JSON.parse(line) as { level: number; msg: string };
      out.write(`${severity >= 50 ? 'error: ' : severity >= 40 ? 'warning: ' : ''}${msg}\n`);
    },
  });
}
