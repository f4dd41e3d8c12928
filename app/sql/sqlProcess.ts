import { once } from 'node:events';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { FromSqlProcess, ToSqlProcess } from './messages.ts';
import { openSession } from './openSession.ts';
import { writeAnswer } from './writeAnswer.ts';

/*
 * Answers one question, in a process of its own: it can be killed whatever it does, and what it takes of processor, memory and disk is
 * not the job's. The answer goes to standard output; how it ended, over the channel to whoever started it, and has put it behind all others.
 */

let interrupt: (() => void) | undefined;
let stopped = false;

function post(message: FromSqlProcess): Promise<void> {
  return new Promise((resolve) => { process.send!(message, () => resolve()); });
}

async function put(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

async function answer({ config, question }: Extract<ToSqlProcess, { readonly kind: 'ask' }>): Promise<void> {
  const { session, close } = await openSession(config);
  interrupt = () => session.interrupt();
  try {
    if (stopped) return;
    const end = await writeAnswer(await session.ask(question.sql, question.params), question, put);
    await new Promise<void>((resolve) => { process.stdout.end(resolve); });
    await post({ kind: 'done', end });
  } catch (error) {
    await post({ kind: 'failed', code: error instanceof AppError ? error.code : undefined, message: messageOf(error) });
  } finally {
    await close();
  }
}

process.on('disconnect', () => process.exit()); // nobody waits any more
process.on('message', (message: ToSqlProcess) => {
  if (message.kind === 'stop') {
    stopped = true;
    interrupt?.();
  } else {
    void answer(message)
      .catch((error: unknown) => post({ kind: 'failed', code: error instanceof AppError ? error.code : undefined, message: messageOf(error) }))
      .finally(() => process.exit());
  }
});
