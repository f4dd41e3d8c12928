import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

const require = createRequire(import.meta.url);

/** The library for YAML, which is loaded when the first text of it is read: most commands read none. */
export function yaml(): typeof Yaml {
  return require('yaml') as typeof Yaml;
}
