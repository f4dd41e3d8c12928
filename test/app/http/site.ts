import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import type { ConnectionLimits } from '../../../app/http/connections.ts';
import { openDesk } from '../../../app/http/openDesk.ts';
import { buildServer, type LiveRoutes, type ServedConfig } from '../../../app/http/server.ts';
import type { RequestLimits } from '../../../app/http/rateLimit.ts';
import { SqlDesk } from '../../../app/sql/sqlDesk.ts';
import { openAlarmIndex } from '../../../app/store/alarmIndex.ts';
import { openTable } from '../../../app/store/openTable.ts';
import { referenceFor } from '../../../app/store/reference.ts';
import type { Rule } from '../../../domain/alarm/rule.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { TableQueries } from '../../../query/tableQueries.ts';
import type { Table } from '../../../storage/table/table.ts';
import { runCommand } from '../../support/command.ts';
import { tempDir } from '../../support/tempDir.ts';
import { store } from '../../support/stored.ts';

/** Of the built program. */
const SQL_PROCESS = fileURLToPath(new URL('../../../dist/app/sql/sqlProcess.js', import.meta.url));

export const ROWS = [
  'COHUTTA 2014-03-13T12:00 10.27 1.73 881 1.56 85 1.94',
  'COHUTTA 2014-03-14T12:00 10.27 1.73 881 1.56 5 1.94',
  'LAGNAPPE 2014-03-13T23:59 9 1 800 1 4 1',
  'LAGNAPPE 2014-03-14T00:00 9 1 800 1 0 1',
  'LAGNAPPE 2014-03-14T12:00 9 1 800 1 80 1',
  'LAGNAPPE 2014-03-14T12:01 9 1 800 1 3 1',
];
export const REJECTS: Reject[] = [
  { id: 'x', source: 'bad.csv', line: 17, reason: 'expected PressureLbs to be a number, got `abc`', raw: 'COHUTTA,3/10/14,1:01,' },
  { id: 'y', source: 'mqtt:pumps/A/readings', line: 1, reason: 'expected 9 fields, got 1', raw: '=cmd|calc!A1' },
];

/** A `Live` side that says nothing; `api` may add routes of its own. */
export const NO_JOB: LiveRoutes = { api: () => undefined, metrics: () => undefined, health: () => undefined };

export interface SiteParts {
  readonly rows?: readonly string[];
  readonly rules?: Rule[];
  readonly rejects?: Reject[];
  /** Lines of the maintenance file. */
  readonly maintenance?: readonly string[];
  /** Files that a job takes from the inbox before. */
  readonly files?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly live?: Partial<LiveRoutes>;
  readonly limits?: RequestLimits;
  readonly connections?: ConnectionLimits;
  readonly now?: () => number;
  readonly pageFolder?: string;
  readonly mostCsvRows?: number;
  readonly mostCurves?: number;
  /** Stands before the table. */
  readonly around?: (table: Table) => Table;
}

/** A running HTTP side on a data directory with rows, and the reference of LAGNAPPE alone. */
export interface Site {
  readonly url: string;
  readonly dir: string;
  readonly tokens: string;
  /** What went to the log. */
  readonly events: LogEvent[];
  /** Asks for a path. */
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** The JSON at a path. */
  readonly json: <T = Record<string, unknown>>(path: string, headers?: Record<string, string>) => Promise<T>;
}

/** Opens it until the test is finished. */
export async function openSite({
  rows = ROWS,
  rules,
  rejects = REJECTS,
  maintenance = ['LAGNAPPE,10/2/09,T. LaBou,Install', 'LAGNAPPE,6/1/12,T. LaBou,Inspect'],
  files = {},
  host = '127.0.0.1',
  env = {},
  live,
  pageFolder = '/no-page',
  around = (table) => table,
  ...options
}: SiteParts = {}): Promise<Site> {
  const dir = tempDir();
  const dataDir = join(dir, 'var');
  await store(dataDir, rows, { rejects, ...(rules ? { rules } : {}) });
  await takeFiles(dataDir, files);
  mkdirSync(join(dir, 'reference'));
  writeFileSync(join(dir, 'reference/sensorvendor.csv'), 'LAGNAPPE,HYDROPUMP,5/25/08,9/26/09,GENPUMP,29.683124,-91.145471\n');
  writeFileSync(join(dir, 'reference/sensormaint.csv'), maintenance.map((line) => `${line}\n`).join(''));
  const config = loadConfig({ cwd: dir, env: { WELLWATCH_SITE_NAME: 'Demo field', WELLWATCH_HTTP_HOST: host, WELLWATCH_HTTP_PORT: '0', ...env } }) as ServedConfig;
  const stored = await openTable(config, { mode: 'reader' });
  const table = around(stored);
  const known = await referenceFor(config, table, () => undefined);
  const reference = () => known;
  const events: LogEvent[] = [];
  const alarms = openAlarmIndex(config, table, { reference, now: options.now });
  const queries = new TableQueries({ table, alarms, reference });
  onTestFinished(() => stored.close());
  const server = buildServer({
    config,
    table,
    queries,
    alarms,
    desk: await openDesk(config, { queries, alarms }, options.now),
    reference,
    sql: new SqlDesk({ config, entry: SQL_PROCESS }),
    live: { ...NO_JOB, ...live },
    onLog: (event) => events.push(event),
    pageFolder,
    ...options,
  });
  await server.listen({ host: host === '0.0.0.0' ? host : '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    const closed = server.close();
    server.server.closeAllConnections(); // bodies that nobody has read
    await closed;
  });
  return {
    url,
    dir,
    events,
    tokens: config.http.tokens,
    get: (path, headers = {}) => fetch(url + path, { headers }),
    json: async <T>(path: string, headers: Record<string, string> = {}) => (await fetch(url + path, { headers })).json() as Promise<T>,
  };
}

async function takeFiles(dataDir: string, files: Readonly<Record<string, string>>): Promise<void> {
  if (Object.keys(files).length === 0) return;
  mkdirSync(join(dataDir, 'inbox'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dataDir, 'inbox', name), text);
  await runCommand(['run', '--once', '--data-dir', dataDir], { env: { WELLWATCH_HTTP: 'false', WELLWATCH_RECEIVERS_MQTT: 'false' } });
}
