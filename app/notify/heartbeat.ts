import type { LogEvent } from '../../domain/logEvent.ts';
import { connectionProblem } from './channels/connectionProblem.ts';
import { whereOf } from './channels/webhook.ts';
import { withDeadline } from './withDeadline.ts';

export interface HeartbeatOptions {
  readonly url: string;
  readonly everyMs: number;
  /** Why none should be sent just now; undefined when all is well. */
  readonly whyNot: () => string | undefined;
  readonly onLog: (event: LogEvent) => void;
}

const ANSWER_MS = 10_000;

/**
 * Tells another service now and then that this site watches, as long as it does. That service tells people when it hears
 * nothing: the one thing that a machine can't do about itself.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #said: string | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#beat();
    this.#timer = setInterval(() => void this.#beat(), this.#options.everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  async #beat(): Promise<void> {
    const { url, whyNot } = this.#options;
    const reason = whyNot();
    if (reason !== undefined) return this.#say(`none is sent, because ${reason}`);
    try {
      const response = await withDeadline(this.#stop.signal, ANSWER_MS, async (signal) => {
        const answer = await fetch(url, { redirect: 'manual', signal });
        await answer.body?.cancel();
        return answer;
      });
      this.#say(response.ok ? undefined : `${whereOf(url)} answers ${response.status}`);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#say(`${whereOf(url)}: ${connectionProblem(error)}`);
    }
  }

  /** Once for each problem. */
  #say(problem: string | undefined): void {
    if (problem === this.#said) return;
    this.#said = problem;
    this.#options.onLog(problem === undefined ? { level: 'info', message: 'notify.heartbeat: it is sent again' } :
      { level: 'warn', message: `notify.heartbeat: ${problem}` });
  }
}
