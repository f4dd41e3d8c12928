import { HttpProblem } from './problems.ts';

/** After so many seconds it is worth asking again. */
const RETRY_S = 2;

/** A question, such as those for `curves`, of which only so many may be under way. Throws TOO_BUSY. */
export function bounded<Args extends readonly unknown[], A>(
  ask: (...args: Args) => Promise<A>, { most, what }: { readonly most: number; readonly what: string },
): (...args: Args) => Promise<A> {
  let underWay = 0;
  return async (...args) => {
    if (underWay >= most)
      throw new HttpProblem('TOO_BUSY', `Expected at most ${most} questions for ${what} at a time. Ask again in ${RETRY_S} s`, {
        'retry-after': String(RETRY_S),
      });
    underWay++;
    try {
      return await ask(...args);
    } finally {
      underWay--;
    }
  };
}
