import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { alone } from '../../storage/files/alone.ts';
import { outboxDir } from '../../storage/outbox/outbox.ts';

const FILE = 'retries';
const COMMAND = 'notify retry';

/** Asks the running job, or the next one, to send messages again that were given up. Throws STORE_UNAVAILABLE. */
export function askForRetries(dataDir: string, numbers: readonly number[]): void {
  const path = join(outboxDir(dataDir), FILE);
  mkdirSync(outboxDir(dataDir), { recursive: true, mode: 0o700 });
  alone(path, COMMAND, () => appendFileSync(path, numbers.map((number) => `${number}\n`).join('')));
}

/** What somebody asked for since the last time. */
export function takeRetries(dataDir: string, onLog: (event: LogEvent) => void): number[] {
  const path = join(outboxDir(dataDir), FILE);
  if (!existsSync(path)) return [];
  try {
    return alone(path, COMMAND, () => {
      const numbers = readFileSync(path, 'utf8').split('\n').filter((line) => /^\d+$/.test(line)).map(Number);
      rmSync(path);
      return numbers;
    });
  } catch (error) {
    onLog({ level: 'warn', message: `which messages are to be sent again can't be read: ${messageOf(error)}` });
    return [];
  }
}
