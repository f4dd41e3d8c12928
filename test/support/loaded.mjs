// Preloaded into the program: writes `loaded NAME` to standard error for each package and each file of the program, in all threads.
import { createRequire, register } from 'node:module';

const HOOK = `export async function load(url, context, next) {
  process._rawDebug('loaded ' + url);
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
const { cache } = createRequire(import.meta.url); // what was required within packages passes no hook
process.on('exit', () => Object.keys(cache).forEach((path) => process._rawDebug(`loaded ${path}`)));
