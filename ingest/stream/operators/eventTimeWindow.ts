import { AppError } from '../../../domain/errors.ts';
import { MAX_TIME, MIN_TIME } from '../../../domain/reading/wallClock.ts';
import { type Key, KeyMap } from '../key.ts';
import { ownCopy } from '../ownCopy.ts';
import { StateMap } from '../stateMap.ts';
import type { Operator, Stream } from '../stream.ts';
import { TimedStates } from '../timedStates.ts';

export interface EventTimeWindowOptions<T, K extends Key, A> {
  /** When it happened, whole ms of a year from 0 to 9999. Leave out impossible times before: one from next year makes all others late. */
  readonly time: (item: T) => number;
  readonly key: (item: T) => K;
  /** ms; windows are [end - length, end), with ends at multiples of slide. An item costs length / slide. */
  readonly length: number;
  readonly slide: number;
  /** How much earlier than the newest item of the batches before an item may be and still count, ms. */
  readonly lateness: number;
  /** The aggregate of nothing, and with one item more; `NO_STATISTICS` and `addTo` don't depend on the order. */
  readonly zero: A;
  readonly add: (aggregate: A, item: T) => A;
  /** What makes two items the same one: the second does not count. By default every item counts. */
  readonly id?: (item: T) => Key;
  readonly name?: string;
}

/** A window of a key as it is known after a batch. */
export interface WindowResult<K extends Key, A> {
  readonly key: K;
  /** Inclusive, ms. */
  readonly start: number;
  /** Exclusive, ms. */
  readonly end: number;
  readonly value: A;
  /** Provisional results may be corrected by stragglers; each window has one final result. */
  readonly status: 'provisional' | 'final';
}

/** Windows, and what came too late for them. */
export type EventTimeWindows<T, K extends Key, A> = Stream<WindowResult<K, A>> & {
  /** Per batch: the items that were late and count nowhere. */
  readonly late: Stream<T>;
  /** How many there have been, over restarts too. */
  lateCount(): number;
  /** All items before it are late: the newest time so far less the lateness; -Infinity at first. */
  watermark(): number;
};

/**
 * Windows on the time at which things happened. Per batch: the windows that the batch changed, then, final, those
 * that the watermark has passed; both in order of their ends. The watermark moves between batches, so the order
 * within one does not matter; and whatever the order over batches, as long as nothing is late the final results are
 * the same (to the bit, with an aggregate whose own order does not matter).
 */
export function eventTimeWindow<T, K extends Key, A>(
  options: EventTimeWindowOptions<T, K, A>,
): Operator<Stream<T>, EventTimeWindows<T, K, A>> {
  check(options);
  return (input) => {
    const windows = new WindowsOfEvents(options);
    const { length, slide, lateness, name } = options;
    let lateItems: readonly T[] = [];
    const results = input.derive<WindowResult<K, A>>({
      kind: `eventTimeWindow(${length},${slide},${lateness})`,
      name,
      state: windows.state,
      restored: () => windows.restored(),
      compute(items) {
        lateItems = items.filter((item) => !windows.add(item));
        return windows.results(items);
      },
    });
    const late = results.graph.add({ kind: 'late', interval: results.interval, compute: () => lateItems });
    return Object.assign(results, { late, lateCount: () => windows.lateCount, watermark: () => windows.watermark });
  };
}

class WindowsOfEvents<T, K extends Key, A> {
  readonly #options: EventTimeWindowOptions<T, K, A>;
  readonly #open = new TimedStates<K, A>();
  readonly #seen = new TimedStates<Key, null>();
  readonly #totals = new StateMap<'newest' | 'late', number>();
  /** Windows that this batch changed. */
  readonly #changed = new KeyMap<readonly [end: number, key: K], true>();

  constructor(options: EventTimeWindowOptions<T, K, A>) {
    this.#options = options;
  }

  get state() {
    return { windows: this.#open.state, seen: this.#seen.state, totals: this.#totals };
  }

  get watermark(): number {
    return (this.#totals.get('newest') ?? -Infinity) - this.#options.lateness;
  }

  get lateCount(): number {
    return this.#totals.get('late') ?? 0;
  }

  restored(): void {
    this.#open.restored();
    this.#seen.restored();
  }

  /** Adds an item to its windows, and says whether it came in time. */
  add(item: T): boolean {
    const { time, key, length, slide, zero, add, id } = this.#options;
    const at = time(item);
    if (!Number.isSafeInteger(at) || at < MIN_TIME || at >= MAX_TIME)
      throw new AppError(
        'CONFIG',
        `expected the time of an event as ms, got ${at}: filter out items without one (a whole number, of a year from 0 to 9999) first`,
      );
    if (at < this.watermark) {
      this.#totals.set('late', this.lateCount + 1);
      return false;
    }
    const firstEnd = (Math.floor(at / slide) + 1) * slide;
    if (id) {
      if (this.#seen.has(firstEnd, id(item))) return true;
      this.#seen.set(firstEnd, id(item), null);
    }
    const its = key(item);
    for (let end = firstEnd; end <= at + length; end += slide) {
      this.#open.set(end, its, add(this.#open.get(end, its) ?? ownCopy(zero), item));
      this.#changed.set([end, its], true);
    }
    return true;
  }

  /** Moves the watermark over a batch and gives the windows that it changed, and those that are final now. */
  results(items: readonly T[]): WindowResult<K, A>[] {
    const newest = items.reduce((max, item) => Math.max(max, this.#options.time(item)), this.#totals.get('newest') ?? -Infinity);
    if (newest > -Infinity && newest !== this.#totals.get('newest')) this.#totals.set('newest', newest);
    const final = this.#open.takeUpTo(this.watermark).map(({ time: end, key, value }) => this.#result(end, key, value, 'final'));
    this.#seen.takeUpTo(this.watermark);
    const provisional: WindowResult<K, A>[] = [];
    for (const [[end, key]] of this.#changed) {
      if (this.#open.has(end, key)) provisional.push(this.#result(end, key, this.#open.get(end, key) as A, 'provisional'));
    }
    this.#changed.clear();
    return [...provisional.sort((a, b) => a.end - b.end), ...final];
  }

  #result(end: number, key: K, value: A, status: WindowResult<K, A>['status']): WindowResult<K, A> {
    return { key: ownCopy(key), start: end - this.#options.length, end, value: ownCopy(value), status };
  }
}

function check<T, K extends Key, A>({ length, slide, lateness }: EventTimeWindowOptions<T, K, A>): void {
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  if (whole(slide, 1) && whole(length, slide) && whole(lateness, 0)) return;
  throw new AppError(
    'CONFIG',
    `expected whole ms with slide from 1, length from slide and lateness from 0, `
    + `got length ${length}, slide ${slide}, lateness ${lateness}`,
  );
}
