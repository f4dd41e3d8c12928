import { availableParallelism } from 'node:os';
import { SqlSession } from '../../query/sql/session.ts';
import type { Config } from '../config/types.ts';
import { ThreadRows } from './threadRows.ts';

/** A session, and what ends it with the thread that reads for it. */
export interface OpenSession {
  readonly session: SqlSession;
  readonly close: () => Promise<void>;
}

const MOST_THREADS = 2;

/** DuckDB over the site's table as it is. Throws NOT_SUPPORTED where DuckDB is not installed. */
export async function openSession(config: Config): Promise<OpenSession> {
  const rows = new ThreadRows(config);
  try {
    const session = await SqlSession.open({
      scan: (request) => rows.scan(request),
      memory: config.sql.memory,
      threads: Math.min(MOST_THREADS, availableParallelism()),
      timezone: config.site.timezone,
    });
    return {
      session,
      async close() {
        session.close();
        await rows.close();
      },
    };
  } catch (error) {
    await rows.close();
    throw error;
  }
}
