import type { NodeState } from './checkpoint.ts';
import { type Key, KeyMap } from './key.ts';
import { StateMap } from './stateMap.ts';

/** State by time and key, from which all that lies before a time can be taken out at the cost of what is taken. */
export class TimedStates<K extends Key, V> {
  readonly #states = new StateMap<readonly [time: number, key: K], V>();
  readonly #keys = new Map<number, KeyMap<K, true>>();

  /** To be kept; `restored` is called afterwards. */
  get state(): NodeState {
    return this.#states;
  }

  get(time: number, key: K): V | undefined {
    return this.#states.get([time, key]);
  }

  has(time: number, key: K): boolean {
    return this.#states.has([time, key]);
  }

  set(time: number, key: K, value: V): void {
    this.#states.set([time, key], value);
    this.#index(time, key);
  }

  /** Removes and gives all up to and with a time, in order of time. */
  takeUpTo(time: number): { time: number; key: K; value: V }[] {
    const due = [...this.#keys.keys()].filter((at) => at <= time).sort((a, b) => a - b);
    return due.flatMap((at) => {
      const keys = this.#keys.get(at) ?? [];
      this.#keys.delete(at);
      return Array.from(keys, ([key]) => {
        const value = this.#states.get([at, key]) as V;
        this.#states.delete([at, key]);
        return { time: at, key, value };
      });
    });
  }

  restored(): void {
    this.#keys.clear();
    for (const [[time, key]] of this.#states) this.#index(time, key);
  }

  #index(time: number, key: K): void {
    const keys = this.#keys.get(time);
    if (keys) keys.set(key, true);
    else {
      const first = new KeyMap<K, true>();
      first.set(key, true);
      this.#keys.set(time, first);
    }
  }
}
