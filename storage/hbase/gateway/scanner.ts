import { GatewayFailure } from './failure.ts';
import { type Gateway, pathOf } from './gateway.ts';
import { encodeColumn, type CellRow, keyOf, rowsOf } from './rows.ts';
import { scanPath } from './statelessScan.ts';

/** Which rows to go through, and what to read of them. */
export interface ScanRange {
  /** Row keys from `from` (inclusive) to `to` (exclusive); empty ones are no bounds. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Families or columns: `data`, `data:psi`. */
  readonly columns: readonly string[];
  /** How many cells a row has as a rule: it makes the size of a page, and is no limit. */
  readonly cellsARow: number;
  /** Rows a page; 2000 if absent. */
  readonly rows?: number | undefined;
  /** Only cells with this timestamp or a later one. */
  readonly since?: number | undefined;
}

const PAGE_ROWS = 2000;
/** Nobody waits longer for a scanner to be deleted. */
const DELETE_MS = 2000;
/** What a gateway that is read-only says, or a proxy that lets nobody but GET through: to open a scanner is a PUT. */
const NO_SCANNERS: readonly (number | undefined)[] = [403, 405];

/**
 * Goes through a range of rows a page at a time, by the gateway's stateful scanner.
 *
 * A page that was lost can't be asked for again: the scanner has moved on. So after a failure it is given up, and
 * another begins after the last row that was handed out. A page is a number of cells: its last row may go on on the
 * next, and is held back until that is there.
 *
 * A scanner that meets an error ends as if there were no more rows (`ScannerResultGenerator` logs it and goes on).
 * So its end is not believed: a stateless scan, which does tell errors, must find nothing after the last row.
 *
 * Where no scanner may be opened, all pages are those of stateless scans: slower, and nothing but GET.
 */
export class Scanner {
  readonly #gateway: Gateway;
  readonly #table: string;
  readonly #range: ScanRange;
  readonly #cellsAPage: number;
  /** The last part of the scanner's location, while one is open. */
  #id: string | undefined;
  #held: CellRow | undefined;
  /** Where the next scanner begins: at the row that is held back, or after the last one that was not. */
  #from: Uint8Array;
  #last: Buffer | undefined;
  #hasEnded = false;
  #mayOpen = true;

  constructor(gateway: Gateway, table: string, range: ScanRange) {
    this.#gateway = gateway;
    this.#table = table;
    this.#range = range;
    this.#cellsAPage = (range.rows ?? PAGE_ROWS) * range.cellsARow;
    this.#from = range.from;
  }

  /**
   * The next page, which may be empty, or undefined at the end. Throws GatewayFailure; may then be called again, and nothing
   * is lost or comes twice.
   */
  async next(signal?: AbortSignal): Promise<readonly CellRow[] | undefined> {
    if (!this.#mayOpen) return this.#statelessPage(signal);
    if (this.#hasEnded && await this.#isAtEnd(signal)) return undefined;
    this.#hasEnded = false;
    const isNew = this.#id === undefined;
    try {
      this.#id ??= await this.#open(signal);
      const rows = await this.#page(this.#id, signal);
      if (rows.reduce((cells, { Cell }) => cells + Cell.length, 0) >= this.#cellsAPage) return this.#take(rows, true);
      await this.close();
      const rest = this.#take(rows, false);
      if (rest.length === 0) {
        if (await this.#isAtEnd(signal)) return undefined;
        throw new GatewayFailure('transient', 'the gateway ended a scan before its last row');
      }
      this.#hasEnded = true;
      return rest;
    } catch (error) {
      void this.close(); // Nobody waits for it: the gateway may be away.
      this.#held = undefined;
      if (isNew && error instanceof GatewayFailure && NO_SCANNERS.includes(error.status)) {
        this.#mayOpen = false;
        return this.next(signal);
      }
      if (error instanceof GatewayFailure && error.kind === 'gone') {
        if (!isNew) return this.next(signal);
        throw new GatewayFailure(
          'refused',
          `the gateway does not know a scanner that it has just made; check that the table ${this.#table} is there, and that a ` +
            'balancer before several gateways sends a client to the same one',
          { status: error.status },
        );
      }
      throw error;
    }
  }

  /** Deletes the scanner. Never throws: one that can't be reached ends by itself. */
  async close(): Promise<void> {
    const id = this.#id;
    this.#id = undefined;
    if (id === undefined) return;
    await this.#gateway.call({ method: 'DELETE', path: this.#pathOf(id), timeoutMs: DELETE_MS }).catch((error: unknown) => {
      if (!(error instanceof GatewayFailure)) throw error;
    });
  }

  async #open(signal: AbortSignal | undefined): Promise<string> {
    const { to, columns } = this.#range;
    const spec = {
      batch: this.#cellsAPage, caching: this.#range.rows ?? PAGE_ROWS,
      ...(this.#from.length > 0 && { startRow: Buffer.from(this.#from).toString('base64') }),
      ...(to.length > 0 && { endRow: Buffer.from(to).toString('base64') }),
      column: columns.map(encodeColumn),
      ...(this.#range.since !== undefined && { startTime: this.#range.since }),
    };
    const { location } = await this.#gateway.call({
      method: 'PUT',
      path: `${pathOf(this.#table)}/scanner`,
      body: Buffer.from(JSON.stringify(spec)),
      signal,
    });
    // Its host is the gateway's name for itself, which need not be ours.
    const id = location?.split('?', 1)[0].split('/').at(-1);
    if (id === undefined || id === '') throw new GatewayFailure('transient', 'the gateway made a scanner and did not say where it is');
    return id;
  }

  async #statelessPage(signal: AbortSignal | undefined): Promise<readonly CellRow[] | undefined> {
    const rows = await this.#rowsAfterLast(this.#range.rows ?? PAGE_ROWS, signal);
    const last = rows.at(-1);
    if (last) this.#last = keyOf(last);
    return last && rows;
  }

  async #page(id: string, signal: AbortSignal | undefined): Promise<CellRow[]> {
    try {
      const answer = await this.#gateway.call({ method: 'GET', path: this.#pathOf(id), signal });
      return answer.status === 204 ? [] : rowsOf(answer);
    } catch (error) {
      if (error instanceof GatewayFailure && error.status === 404) throw new GatewayFailure('gone', error.message, { status: 404 });
      throw error;
    }
  }

  #take(rows: CellRow[], mayGoOn: boolean): readonly CellRow[] {
    if (this.#held && rows[0]?.key === this.#held.key) rows[0] = { key: this.#held.key, Cell: [...this.#held.Cell, ...rows[0].Cell] };
    else if (this.#held) rows.unshift(this.#held);
    this.#held = mayGoOn ? rows.pop() : undefined;
    const last = rows.at(-1);
    if (last) this.#last = keyOf(last);
    if (this.#held) this.#from = keyOf(this.#held);
    else if (last) this.#from = Buffer.concat([keyOf(last), Buffer.of(0)]);
    return rows;
  }

  /** Whether there is no row after the last. Of keys that are no UTF-8, which are none of ours, it can't be sure. */
  async #isAtEnd(signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.#rowsAfterLast(1, signal)).length === 0;
  }

  /** Up to `limit` rows after the last that was handed out, by a stateless scan. */
  async #rowsAfterLast(limit: number, signal: AbortSignal | undefined): Promise<CellRow[]> {
    const last = this.#last;
    const path = scanPath(this.#table, {
      start: last ?? this.#range.from,
      end: this.#range.to,
      columns: this.#range.columns,
      since: this.#range.since,
      limit: last ? limit + 1 : limit,
    });
    const rows = rowsOf(await this.#gateway.call({ method: 'GET', path, signal }));
    return rows.filter((row) => !last || Buffer.compare(keyOf(row), last) > 0);
  }

  #pathOf(id: string): string {
    return `${pathOf(this.#table)}/scanner/${encodeURIComponent(decodeURIComponent(id))}`;
  }
}
