import { Gateway, type GatewayOptions, pathOf } from './gateway.ts';
import { GatewayFailure, saysNothingOfRows } from './failure.ts';
import { MultiGet } from './multiGet.ts';
import type { StoreEvent } from './options.ts';
import type { StoreAway } from '../../table/remote.ts';
import { Patience } from './patience.ts';
import { type Cell, type CellRow, keyOf, rowsOf } from './rows.ts';
import { Scanner, type ScanRange } from './scanner.ts';
import { bringSchemaUp, describeTable, namespacesOf, type SchemaOutcome, type TableDescription, type Ttl } from './schema.ts';
import { scanPath } from './statelessScan.ts';

export type { Cell, CellRow } from './rows.ts';
export type { ScanRange } from './scanner.ts';
export type { TableDescription } from './schema.ts';

/** What a check that failed is answered with. */
const NOT_MODIFIED = 304;

/** What a put does about a refusal of its body. */
export type Refusals = 'throw' | 'wait';

/** Which table, where, and how long to wait for it. */
export interface HBaseClientOptions {
  readonly gateway: GatewayOptions;
  /** With its namespace if it has one: `sensor`, `field:sensor`. */
  readonly table: string;
  /** How long the store may be away before a call fails, in ms; Infinity waits for ever. */
  readonly patienceMs: number;
  /** How long without a failure makes an empty answer believable, in ms; 3 s if absent. */
  readonly calmMs?: number | undefined;
  /** Ends all waiting. */
  readonly signal?: AbortSignal | undefined;
  readonly onLog?: ((event: StoreEvent) => void) | undefined;
}

/**
 * One table of HBase over its REST gateway. Calls wait for a gateway that is away, as long as patience lasts, and then
 * throw AppError STORE_UNAVAILABLE.
 */
export class HBaseClient {
  /** `HBase at http://host:8080 (table sensor)`, for messages. */
  readonly name: string;
  readonly #table: string;
  readonly #gateway: Gateway;
  readonly #patience: Patience;
  readonly #multiGet: MultiGet;
  readonly #onLog: HBaseClientOptions['onLog'];

  constructor({ gateway, table, ...waiting }: HBaseClientOptions) {
    this.#table = table;
    this.#onLog = waiting.onLog;
    this.#gateway = new Gateway(gateway);
    this.name = `HBase at ${this.#gateway.base} (table ${table})`;
    this.#patience = new Patience({ ...waiting, name: this.name });
    this.#multiGet = new MultiGet(this.#gateway, this.#patience, table);
  }

  /** HBase's version. Asks once and without patience: throws GatewayFailure. */
  async version(): Promise<string> {
    const answer = (await this.#gateway.call({ method: 'GET', path: '/version/cluster' })).json();
    if (answer instanceof Object && 'Version' in answer && typeof answer.Version === 'string') return answer.Version;
    throw new GatewayFailure('refused', `what answers at ${this.#gateway.base} tells no version of HBase; check store.url and its path`, {
      status: 200,
    });
  }

  /** The namespaces that there are. Asks once and without patience: throws GatewayFailure. */
  async namespaces(): Promise<string[]> {
    return namespacesOf(this.#gateway);
  }

  /** The table's families; undefined when it is absent. */
  async describe(): Promise<TableDescription | undefined> {
    return await this.#patience.run('read', (signal) => describeTable(this.#gateway, this.#table, signal));
  }

  /**
   * Makes the table or the families that it lacks; what is there is left as it is, and told where it differs. Throws CONFIG
   * for a table that is somebody else's.
   */
  async ensureTable(ttl: Ttl): Promise<SchemaOutcome> {
    const outcome = await this.#patience.run('write', (signal) => bringSchemaUp(this.#gateway, this.#table, { ttl, signal }));
    const { added } = outcome;
    if (added.length > 0)
      this.#onLog?.({
        level: 'info',
        message: `the table ${this.#table} lacked the ${added.length === 1 ? 'family' : 'families'} ${added.join(' and ')}: added`,
      });
    return outcome;
  }

  /**
   * Puts rows: `{"Row":[{"key":…,"Cell":[{"column":…,"timestamp":…,"$":…}]}]}`, keys, columns and values in base64. The
   * same body may arrive more than once; it must not change before this returns. Throws GatewayFailure `poison` and `tooLarge`,
   * unless these are to be waited out like all others: for a body that there is nothing wrong with.
   */
  async put(body: Uint8Array, refusals: Refusals = 'throw'): Promise<void> {
    await this.#patience.run('write', async (signal) => {
      try {
        (await this.#gateway.call({ method: 'PUT', path: `${pathOf(this.#table)}/batch`, body, signal })).expectNothing();
      } catch (error) {
        throw refusals === 'wait' && error instanceof GatewayFailure && (error.kind === 'poison' || error.kind === 'tooLarge')
          ? saysNothingOfRows(error)
          : error;
      }
    });
  }

  /**
   * Puts cells of one row, all or none: only when the latest value of the column of `check` is what that says, empty for a column that is
   * not there. Gives whether it was. A call whose answer was lost is made again, and then finds what it has written itself: false.
   */
  async putIf(key: Uint8Array, cells: readonly Cell[], check: Cell): Promise<boolean> {
    const row = { key: Buffer.from(key).toString('base64'), Cell: [...cells, check] };
    const body = Buffer.from(JSON.stringify({ Row: [row] }));
    return await this.#patience.run('write', async (signal) => {
      try {
        (await this.#gateway.call({ method: 'PUT', path: `${pathOf(this.#table)}/row?check=put`, body, signal })).expectNothing();
        return true;
      } catch (error) {
        if (error instanceof GatewayFailure && error.status === NOT_MODIFIED) return false;
        throw error instanceof GatewayFailure && error.kind === 'tooLarge' ? saysNothingOfRows(error) : error;
      }
    });
  }

  /** Deletes the versions of a cell up to a timestamp; newer ones stay. What isn't there is deleted already. */
  async deleteCell(key: Uint8Array, column: string, timestamp: number): Promise<void> {
    await this.deleteCells(key, [column], timestamp);
  }

  /** The same of several cells of a row. */
  async deleteCells(key: Uint8Array, columns: readonly string[], timestamp: number): Promise<void> {
    const [row, ...names] = [key, ...columns].map((part) => Buffer.from(part).toString('base64url'));
    const path = `${pathOf(this.#table)}/${row}/${names.join(',')}/${timestamp}?e=b64`;
    await this.#patience.run('write', async (signal) => (await this.#gateway.call({ method: 'DELETE', path, signal })).expectNothing());
  }

  /** The rows of some keys, with all their cells, in the order of the keys; those that aren't there are left out. */
  async getRows(keys: readonly Uint8Array[]): Promise<CellRow[]> {
    return await this.#multiGet.get(keys);
  }

  /** The rows of a range in order, a page at a time. */
  async *scan(range: ScanRange): AsyncIterable<readonly CellRow[]> {
    const scanner = new Scanner(this.#gateway, this.#table, range);
    try {
      for (;;) {
        const page = await this.#patience.sure(
          () => this.#patience.run('read', (signal) => scanner.next(signal)),
          (rows) => rows === undefined,
        );
        if (!page) return;
        if (page.length > 0) yield page;
      }
    } finally {
      await scanner.close();
    }
  }

  /**
   * Up to `limit` rows with keys below `to` and above `from`, from the highest down. Keys are UTF-8; an empty `to` is no
   * bound. For a few rows.
   */
  async lastRows(from: Uint8Array, to: Uint8Array, columns: readonly string[], limit: number): Promise<CellRow[]> {
    // A reversed scan begins with its start row: one more, as `to` itself is none of ours.
    const path = scanPath(this.#table, { start: to, end: from, columns, limit: limit + 1, reversed: true });
    const below = async (signal: AbortSignal) => {
      const rows = rowsOf(await this.#gateway.call({ method: 'GET', path, signal }));
      return rows.filter((row) => !keyOf(row).equals(to)).slice(0, limit);
    };
    return await this.#patience.sure(() => this.#patience.run('read', below), ({ length }) => length < limit);
  }

  /** Since when the gateway has been away, in ms since 1970-01-01T00:00Z, and why; undefined when it answers. */
  away(): StoreAway | undefined {
    return this.#patience.away();
  }

  /** Ends waiting and connections. */
  close(): void {
    this.#patience.close();
    this.#gateway.close();
  }
}
