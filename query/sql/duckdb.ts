import type * as Api from '@duckdb/node-api';
import type Bindings from '@duckdb/node-bindings';
import { AppError, messageOf } from '../../domain/errors.ts';

/** What is used of DuckDB, which is not there where its optional package was not installed. */
export type DuckDb = typeof Api & { readonly bindings: typeof Bindings };

let loaded: Promise<DuckDb> | undefined;

/** Loads DuckDB when it is first asked for. Throws NOT_SUPPORTED where its package is not there. */
export function loadDuckDb(): Promise<DuckDb> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<DuckDb> {
  try {
    const [api, bindings] = await Promise.all([import('@duckdb/node-api'), import('@duckdb/node-bindings')]);
    return { ...api, bindings: bindings.default };
  } catch (error) {
    throw new AppError(
      'NOT_SUPPORTED',
      'SQL needs the optional package @duckdb/node-api, which can\'t be loaded here; everything else works without it. Install it with ' +
        `"npm install @duckdb/node-api" (about 70 MB). The reason: ${messageOf(error).split('\n')[0]}`,
      { cause: error },
    );
  }
}
