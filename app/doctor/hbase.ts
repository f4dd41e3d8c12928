import { AppError, messageOf } from '../../domain/errors.ts';
import type { HBaseClient, TableDescription } from '../../storage/hbase/gateway/client.ts';
import { GatewayFailure } from '../../storage/hbase/gateway/failure.ts';
import { FAMILIES, isForeign } from '../../storage/hbase/gateway/schema.ts';
import type { Config, HBaseConfig } from '../config/types.ts';
import { formatDuration } from '../../domain/duration.ts';
import { openClient } from '../store/openHBase.ts';
import { failed, type Finding, ok, warning } from './finding.ts';
import { checkRow } from './hbaseRow.ts';

/** The name of all findings about HBase. */
const CHECK = 'hbase';
const PATIENCE_MS = 3000;

/**
 * Checks HBase: the gateway answers, the table is as the configuration wants it, and a row can be written, read and deleted.
 * The check makes nothing but that row.
 */
export async function checkHBase({ store }: Config): Promise<Finding[]> {
  if (store.kind === 'embedded') return [];
  let client: HBaseClient | undefined;
  try {
    client = openClient(store, PATIENCE_MS);
    const gateway = ok(CHECK, `${store.url} is the REST gateway of HBase ${await client.version()}`);
    const table = await client.describe();
    if (!table) return [gateway, await checkAbsent(client, store)];
    if (isForeign(table))
      return [
        gateway,
        failed(
          CHECK,
          `the table ${store.table} has the families ${[...table.families.keys()].join(', ')} and none of wellwatch's: it seems ` +
          "to be somebody else's",
          'let store.table name another, or one that does not exist yet',
        ),
      ];
    return [gateway, ...tableFindings(table, store), await checkRow(client, table)];
  } catch (error) {
    return [failed(CHECK, `${store.url} can't be used: ${reasonOf(error)}`, fixOf(error))];
  } finally {
    client?.close();
  }
}

/** A table that is to be made, if there is a namespace to make it in. */
async function checkAbsent(client: HBaseClient, { table }: HBaseConfig): Promise<Finding> {
  const [namespace, qualifier] = table.split(':');
  if (qualifier !== undefined && !(await client.namespaces()).includes(namespace)) {
    return failed(
      CHECK,
      `there is no namespace ${namespace}, so the table ${table} can't be made`,
      `create the namespace in the HBase shell: create_namespace '${namespace}'; or change store.table`,
    );
  }
  return warning(
    CHECK,
    `there is no table ${table} yet`,
    '"wellwatch run" makes it, with the families data, alerts and stats; it needs the right to do so',
  );
}

/** Families and how long they keep cells. */
function tableFindings({ families }: TableDescription, { table, ttl }: HBaseConfig): Finding[] {
  const missing = FAMILIES.filter((family) => !families.has(family));
  if (missing.length > 0)
    return [
      warning(
        CHECK,
        `the table ${table} lacks ${missing.join(' and ')}`,
        '"wellwatch run" adds what is missing, and leaves the rest as it is; it needs the right to do so',
      ),
    ];
  const wanted = { data: ttl.data, alerts: ttl.alerts, stats: null };
  const differing = FAMILIES.flatMap((family) => {
    const seconds = families.get(family)?.ttl ?? null;
    const is = seconds === null ? null : seconds * 1000;
    if (is === wanted[family]) return [];
    return [
      warning(
        CHECK,
        `the family ${family} of ${table} keeps cells ${kept(is)}, the configuration says ${kept(wanted[family])}`,
        `${family === 'stats' ? '' : `set store.ttl.${family} to what it is there, or `}change it in the HBase shell: alter ` +
        `'${table}', {NAME => '${family}', TTL => '${ttlOf(wanted[family])}'}`,
      ),
    ];
  });
  return differing.length > 0
    ? differing
    : [ok(CHECK, `the table ${table} has the families ${FAMILIES.join(', ')}; they keep cells as configured`)];
}

function kept(ms: number | null): string {
  return ms === null ? 'for ever' : formatDuration(ms);
}

function ttlOf(ms: number | null): string {
  return ms === null ? 'FOREVER' : String(ms / 1000);
}

/** Without what is said of rows that wait: doctor sends none. */
function reasonOf(error: unknown): string {
  return failureIn(error)?.message ?? messageOf(error);
}

function failureIn(error: unknown): GatewayFailure | undefined {
  const failure = error instanceof AppError ? error.cause : error;
  return failure instanceof GatewayFailure ? failure : undefined;
}

function fixOf(error: unknown): string {
  if (error instanceof AppError && error.code === 'CONFIG') return 'correct the setting';
  const failure = failureIn(error);
  if (failure?.settings !== undefined) return `correct ${failure.settings}; nothing is lost meanwhile, "wellwatch run" goes on journalling`;
  switch (failure?.status) {
    case 401:
      return 'give user and password (store.username, WELLWATCH_STORE_PASSWORD), a token (WELLWATCH_STORE_TOKEN) or a header of your ' +
        'own (WELLWATCH_STORE_HEADERS)';
    case 403:
      return 'let this user read and write the table';
    case 404:
      return 'see that store.url names the gateway, with the path below which a proxy has it';
    default:
      return 'start HBase and its REST gateway ("hbase rest start"), or correct store.url; nothing is lost meanwhile, "wellwatch run" ' +
        'waits for it';
  }
}
