import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 500;
const CRASHES = 5;
const WITHIN_MS = 60_000;

/**
 * Runs this very command as a child without `--supervise`, and again after a crash, with growing pauses. The child stops
 * when its supervisor is gone: it watches the channel between them. The supervisor ends with the child's exit code when the
 * child ended by itself (0), was told to stop, or can't be configured (2), and after five crashes within a minute.
 */
export async function supervise(say: (message: string) => void): Promise<number> {
  const stop = new AbortController();
  let child: ChildProcess | undefined;
  const pass = (signal: NodeJS.Signals) => {
    stop.abort();
    child?.kill(signal);
  };
  process.on('SIGTERM', pass).on('SIGINT', pass);
  try {
    const crashes: number[] = [];
    while (!stop.signal.aborted) {
      child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1).filter((word) => word !== '--supervise')], {
        stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      });
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      if (stop.signal.aborted || code === 0 || code === 2) return code ?? 1;
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      crashes.push(Date.now());
      while (crashes[0] < Date.now() - WITHIN_MS) crashes.shift();
      if (crashes.length >= CRASHES) {
        say(
          `the job ${how}, for the ${CRASHES}th time within a minute: giving up. The reason is above; run it without --supervise ` +
          'to see it alone',
        );
        return code ?? 1;
      }
      const pause = FIRST_PAUSE_MS * 2 ** (crashes.length - 1);
      say(`the job ${how}: starting it again in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => undefined); // told to stop meanwhile: the loop sees it
    }
    return 0;
  } finally {
    process.off('SIGTERM', pass).off('SIGINT', pass);
  }
}
