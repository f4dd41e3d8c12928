import fc from 'fast-check';

/** Any other fixed number would do. */
const SEED = 20_260_314;

// A case that breaks a property once in a thousand runs must not stop a change that has nothing to do with it: the seed is the
// same each time, until somebody who looks for such cases asks for others. WELLWATCH_SEED is `random` or the number of a failure.
const { WELLWATCH_SEED: asked = String(SEED) } = process.env;
if (asked !== 'random') fc.configureGlobal({ seed: Number(asked) });

/** fast-check, whose properties draw the same cases in each run: import it from here. */
export { default } from 'fast-check';
