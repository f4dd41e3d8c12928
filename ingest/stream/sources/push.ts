import { ownCopy } from '../ownCopy.ts';
import type { StreamSource } from '../source.ts';

/** A source that a program pushes into. Its items are in memory only: what was not taken yet does not outlive the process. */
export interface PushSource<T> extends StreamSource<T> {
  /**
   * Takes a copy. Resolves when there is room; a producer that waits for it can't outrun the stream. An item that is pushed
   * after `end` is refused: false.
   */
  push(item: T): Promise<boolean>;
  /** No more will come: what was pushed is still taken, then the source has ended. */
  end(): void;
}

/** Items that a program pushes, at most `capacity` of them between two batches. */
export function push<T>({ capacity = 65_536, name }: { readonly capacity?: number; readonly name?: string } = {}): PushSource<T> {
  let items: T[] = [];
  let open = true;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  const end = (): void => {
    open = false;
    wake();
  };
  return {
    kind: 'push',
    name,
    async push(item) {
      while (open && items.length >= capacity) await new Promise<void>((resolve) => waiting.push(resolve));
      if (open) items.push(ownCopy(item));
      return open;
    },
    end,
    take(_, limit = Infinity) {
      const taken = items.slice(0, limit);
      items = items.slice(limit);
      wake();
      return taken;
    },
    stop: end,
    pending: () => items.length > 0,
    ended: () => !open && items.length === 0,
  };
}
