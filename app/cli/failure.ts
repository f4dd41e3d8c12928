import type { Writable } from 'node:stream';
import { AppError, messageOf, systemCode } from '../../domain/errors.ts';
import { diskProblem, pathOf } from '../../storage/files/diskProblem.ts';

let debug = false;

/** Says in a line what went wrong and gives the exit code. Only what nobody expected comes with a hint where to see more. */
export function explain(error: unknown, out: { write(text: string): unknown }): number {
  if (error instanceof AppError) {
    out.write(`wellwatch: ${error.message}\n`);
    if (debug) out.write(`${stackOf(error)}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    out.write('wellwatch: stopped before it was done; nothing is half-written\n');
    return 1;
  }
  const problem = diskProblem(error);
  if (problem !== undefined) {
    out.write(`wellwatch: ${pathOf(error) ?? 'a file'} can't be used: ${problem}\n`);
    if (debug) out.write(`${stackOf(error)}\n`);
    return 1;
  }
  out.write(`wellwatch: unexpected error: ${messageOf(error)}\n`);
  out.write(debug ? `${stackOf(error)}\n` : 'Run it again with WELLWATCH_LOG_LEVEL=debug (log.level) to see where; please report that.\n');
  return 1;
}

/** Whether errors come with where they happened: `log.level` is debug. */
export function showStacks(on: boolean): void {
  debug = on;
}

/**
 * What to do when a stream takes no more. A reader that has seen enough, as with `| head`, is no failure: a query ends, a
 * running job goes on unheard. On a full disk it is one, told in a sentence.
 */
export function watchOutput(stream: Writable, { goOn }: { readonly goOn: () => boolean }): void {
  stream.on('error', (error) => {
    const full = systemCode(error) === 'ENOSPC';
    if (!full && goOn()) return;
    if (systemCode(error) === 'EPIPE') process.exit(0);
    const why = full ? 'its disk is full' : messageOf(error);
    process.exit(explain(new AppError('OUTPUT_UNAVAILABLE', `the output can't be written: ${why}`, { cause: error }), process.stderr));
  });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
