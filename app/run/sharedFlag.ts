/** Yes or no, known to all threads that have its buffer. */
export class SharedFlag {
  readonly buffer: SharedArrayBuffer;
  readonly #cell: Int32Array;

  constructor(buffer = new SharedArrayBuffer(4)) {
    this.buffer = buffer;
    this.#cell = new Int32Array(buffer);
  }

  get isSet(): boolean {
    return Atomics.load(this.#cell, 0) === 1;
  }

  set(isSet: boolean): void {
    Atomics.store(this.#cell, 0, isSet ? 1 : 0);
  }
}
