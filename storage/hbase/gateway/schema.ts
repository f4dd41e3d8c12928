import { AppError } from '../../../domain/errors.ts';
import { type Gateway, pathOf } from './gateway.ts';
import { GatewayFailure } from './failure.ts';

/** The column families of the table. */
export const FAMILIES = ['data', 'alerts', 'stats'] as const;

/** A column family as HBase describes it. */
export interface FamilyDescription {
  /** How long cells are kept, in seconds; null is for ever. */
  readonly ttl: number | null;
  /** How many versions of a cell are kept. */
  readonly versions: number;
}

/** A table as HBase describes it. */
export interface TableDescription {
  readonly families: ReadonlyMap<string, FamilyDescription>;
}

/** How long cells of the families that may expire are kept, in ms; null is for ever. */
export interface Ttl {
  readonly data: number | null;
  readonly alerts: number | null;
}

/** What was done for a schema, and what was left alone: sentences that say how the table differs from what was asked for. */
export interface SchemaOutcome {
  readonly created: boolean;
  /** Families that a table which was there lacked. */
  readonly added: readonly string[];
  readonly differences: string[];
}

/** What HBase has for "for ever": `HConstants.FOREVER`. */
const FOREVER = 2 ** 31 - 1;
/** A change disables the table and enables it again, region by region. */
const CHANGE_MS = 120_000;

/** The families of a table; undefined when it is absent. Throws GatewayFailure. */
export async function describeTable(gateway: Gateway, table: string, signal?: AbortSignal): Promise<TableDescription | undefined> {
  try {
    const answer = await gateway.call({ method: 'GET', path: `${pathOf(table)}/schema`, signal });
    return descriptionOf(answer.json());
  } catch (error) {
    if (error instanceof GatewayFailure && error.exception === 'TableNotFoundException') return undefined;
    throw error;
  }
}

/** The namespaces of an HBase. Throws GatewayFailure. */
export async function namespacesOf(gateway: Gateway): Promise<string[]> {
  const answer = (await gateway.call({ method: 'GET', path: '/namespaces' })).json();
  if (answer instanceof Object && 'Namespace' in answer && Array.isArray(answer.Namespace)) return answer.Namespace.map(String);
  throw new GatewayFailure('refused', 'the gateway\'s answer is no list of namespaces');
}

/** Whether a table is somebody else's: it has families, and none of ours. */
export function isForeign({ families }: TableDescription): boolean {
  return families.size > 0 && FAMILIES.every((family) => !families.has(family));
}

/**
 * Makes the table or the families that it lacks, and changes nothing that is there. Throws GatewayFailure, and CONFIG for
 * a table that is somebody else's; may be called again.
 */
export async function bringSchemaUp(
  gateway: Gateway,
  table: string,
  { ttl, signal }: { readonly ttl: Ttl; readonly signal?: AbortSignal },
): Promise<SchemaOutcome> {
  const found = await describeTable(gateway, table, signal);
  if (found && isForeign(found)) throw foreign(gateway, table, found);
  const missing = FAMILIES.filter((family) => !found?.families.has(family));
  if (missing.length > 0) {
    const columns = missing.map((name) => ({ name, VERSIONS: '1', TTL: String(secondsOf(ttl, name) ?? FOREVER) }));
    const body = Buffer.from(JSON.stringify({ name: table, ColumnSchema: columns }));
    // A POST makes the table if need be and adds to one that is there; a PUT would take families away from one that was made just now.
    await gateway.call({ method: 'POST', path: `${pathOf(table)}/schema`, body, signal, timeoutMs: CHANGE_MS });
  }
  return { created: !found, added: found ? missing : [], differences: found ? differencesOf(table, found, ttl) : [] };
}

function foreign(gateway: Gateway, table: string, { families }: TableDescription): AppError {
  const theirs = [...families.keys()];
  return new AppError(
    'CONFIG',
    `store.table: the table ${table} at ${gateway.base} has ${theirs.length === 1 ? 'the family' : 'the families'} ` +
      `${theirs.join(', ')} and none of wellwatch's: it seems to be somebody else's; name another, or one that does not exist yet`,
  );
}

function differencesOf(table: string, { families }: TableDescription, ttl: Ttl): string[] {
  return FAMILIES.flatMap((name) => {
    const family = families.get(name);
    const wanted = secondsOf(ttl, name);
    if (!family || family.ttl === wanted) return [];
    const change = `alter '${table}', {NAME => '${name}', TTL => ${wanted === null ? '\'FOREVER\'' : wanted}}`;
    return [
      `the family ${name} of the table ${table} keeps cells ${kept(family.ttl)}, the configuration says ${kept(wanted)}; nothing was ` +
        `changed, the HBase shell does it: ${change}`,
    ];
  });
}

function secondsOf(ttl: Ttl, family: typeof FAMILIES[number]): number | null {
  const ms = family === 'stats' ? null : ttl[family];
  return ms === null ? null : Math.ceil(ms / 1000);
}

function kept(seconds: number | null): string {
  return seconds === null ? 'for ever' : `for ${seconds} s`;
}

function descriptionOf(schema: unknown): TableDescription {
  const families =
    schema instanceof Object &&
    'ColumnSchema' in schema &&
    Array.isArray(schema.ColumnSchema) &&
    schema.ColumnSchema.every((family) => family instanceof Object)
      ? (schema.ColumnSchema as Record<string, unknown>[])
      : undefined;
  if (!families) throw new GatewayFailure('transient', 'the gateway\'s answer is no description of a table');
  return {
    families: new Map(families.map(({ name, TTL, VERSIONS }) => {
      const ttl = Number.parseInt(String(TTL), 10);
      return [
        String(name),
        { ttl: Number.isNaN(ttl) || ttl >= FOREVER ? null : ttl, versions: Number.parseInt(String(VERSIONS), 10) || 1 },
      ];
    })),
  };
}
