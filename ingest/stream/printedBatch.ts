/** A line of 43 dashes, as Spark draws it. */
const RULE = '-'.repeat(43);

/** What stands above a batch that is printed: `Time: 1394413260000 ms` between two lines. `time` is when the batch ended. */
export function timeLines(time: number): string[] {
  return [RULE, `Time: ${time} ms`, RULE];
}

/** What stands below the first items: `...` when there are more, and how many there are, `count: 12`. */
export function countLines(shown: number, count: number): string[] {
  return [...(count > shown ? ['...'] : []), `count: ${count}`];
}
