/**
 * The pump ids of a batch, each with a number from 0 in order of first appearance. The numbers hold
 * within the batch only; the store keeps numbers of its own. Bounded by being cleared between steps.
 */
export class PumpNames {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a pump id, given on first sight. */
  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.length;
      this.names.push(name);
      this.#numbers.set(name, number);
    }
    return number;
  }

  clear(): void {
    this.names.length = 0;
    this.#numbers.clear();
  }
}
