import { destination, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * The log: JSON lines on standard error, or sentences when that is a terminal. WARN means that nothing
 * is lost, ERROR that a person is needed. Written synchronously, so that a fast exit loses no line.
 */
export function openLog(level: string, out: { isTTY?: boolean; write(text: string): unknown } = process.stderr): Logger {
  if (!out.isTTY)
    return pino(
      { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
      destination({ dest: 2, sync: true }),
    );
  return pino({ level, base: null }, {
    write(line: string) {
      const { level: severity, msg } = JSON.parse(line) as { level: number; msg: string };
      out.write(`${severity >= 50 ? 'error: ' : severity >= 40 ? 'warning: ' : ''}${msg}\n`);
    },
  });
}
