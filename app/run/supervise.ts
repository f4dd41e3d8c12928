import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const CRASHES = 5;
const WITHIN_MS = 60_000;

/**
 * Runs this very command as a child without `--supervise`, and again after a crash, with growing
 * pauses. Ends with the child's exit code when it ended by itself (0), was told to stop, or can't be
 * configured (2), and after five crashes within a minute.
 */
export async function supervise(say: (message: string) => void): Promise<number> {
  const words = process.argv.slice(1).filter((word) => word !== '--supervise');
  const crashes: number[] = [];
  let pause = FIRST_PAUSE_MS;
  let stopping: NodeJS.Signals | undefined;
  for (;;) {
    const child = spawn(process.execPath, [...process.execArgv, ...words], { stdio: 'inherit' });
    const pass = (signal: NodeJS.Signals) => {
      stopping = signal;
      child.kill(signal);
    };
    process.on('SIGTERM', pass).on('SIGINT', pass);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    process.off('SIGTERM', pass).off('SIGINT', pass);
    if (stopping || code === 0 || code === 2) return code ?? 1;
    const now = Date.now();
    crashes.push(now);
    while (crashes[0] < now - WITHIN_MS) crashes.shift();
    const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
    if (crashes.length >= CRASHES) {
      say(`the job ${how}, for the ${CRASHES}th time within a minute: giving up. The reason is above; run it without --supervise to see it alone`);
      return code ?? 1;
    }
    if (crashes.length === 1) pause = FIRST_PAUSE_MS;
    say(`the job ${how}: starting it again in ${pause / 1000} s`);
    await sleep(pause);
    if (stopping) return 0;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
