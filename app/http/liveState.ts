import { BatchHistory } from '../../ingest/reports/batchHistory.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import type { JobStatus } from '../run/statusFile.ts';
import type { WindowStatus } from '../run/windowStatus.ts';
import type { JobSnapshot, LoopDelay, ToHttp } from './messages.ts';

/** What the HTTP thread knows of the running job. */
export class LiveState {
  readonly #now: () => number;
  #history: BatchHistory;
  #status: JobStatus;
  #statusAt: number;
  #window: WindowStatus | null;
  #loopDelay: LoopDelay | undefined;

  /** `now`: a clock in ms that nobody can set back. */
  constructor({ status, batches }: JobSnapshot, now: () => number) {
    this.#now = now;
    this.#history = historyOf(batches);
    this.#status = status;
    this.#statusAt = now();
    this.#window = status.window;
  }

  /** What the job last said of itself. */
  get status(): JobStatus {
    return this.#status;
  }

  /** How long ago that was, in ms. */
  get statusAge(): number {
    return this.#now() - this.#statusAt;
  }

  /** The last batches. Its totals are not those of the job: `status` has these. */
  get history(): BatchHistory {
    return this.#history;
  }

  /** The last window, null before the first. */
  get window(): WindowStatus | null {
    return this.#window;
  }

  /** How the main thread's event loop did lately; undefined while nobody has said. */
  get loopDelay(): LoopDelay | undefined {
    return this.#loopDelay;
  }

  /** Something was missed: this is how things are now. */
  again({ status, batches }: JobSnapshot): void {
    this.#history = historyOf(batches);
    this.#window = status.window;
    this.#take(status);
  }

  hear(message: ToHttp): void {
    if (message.kind === 'status') {
      this.#take(message.status);
      this.#loopDelay = message.loopDelay ?? this.#loopDelay;
    } else if (message.kind === 'batch') this.#history.add(message.batch);
    else if (message.kind === 'window') this.#window = message.window;
  }

  #take(status: JobStatus): void {
    this.#status = status;
    this.#statusAt = this.#now();
  }
}

function historyOf(batches: readonly JobBatch[]): BatchHistory {
  const history = new BatchHistory();
  for (const batch of batches) history.add(batch);
  return history;
}
