import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, isStoreUnavailable } from '../../../domain/errors.ts';
import { encodeColumn } from '../gateway/rows.ts';
import { HBaseClient } from '../gateway/client.ts';
import { GatewayFailure } from '../gateway/failure.ts';
import type { HBaseTableOptions } from '../gateway/options.ts';

/** Who writes a table, or wrote it last. */
interface Writer {
  /** The id of the writer's ledger, and a step that it has certainly committed. */
  readonly ledger: string;
  readonly step: number;
  readonly host: string;
  readonly dir: string;
  /** False once it has been closed in good order. */
  readonly open: boolean;
}

/** The table beside a table in which its one writer is marked. */
export function siteTable(table: string): string {
  return `${table}_writer`;
}

const ROW = Buffer.from('writer');
const COLUMN = 'stats:writer';
/** What keeps a mark from being read or set must not keep rows waiting. */
const PATIENCE_MS = 2000;
const CHECK_MS = 10_000;
/** Nobody waits longer for a mark to be taken away: the same data directory may go on with it. */
const CLOSE_MS = 1500;

/**
 * The mark of the one who writes a table: a ledger knows all that its own writer did, and nothing of others. It
 * stands in a table of its own beside it (`sensor_writer`), so that whoever reads `sensor` finds nothing but what
 * belongs there. JSON in one cell.
 */
export class WriterMark {
  readonly #options: HBaseTableOptions;
  readonly #client: HBaseClient;
  readonly #table: string;
  #last = 0;
  #checkedAt = -Infinity;
  /** The ledger that was marked. */
  #written: string | undefined;

  constructor(options: HBaseTableOptions) {
    this.#options = options;
    this.#table = siteTable(options.table);
    const { gateway, patienceMs, signal } = options;
    this.#client = new HBaseClient({ gateway, table: this.#table, patienceMs: Math.min(patienceMs, PATIENCE_MS), signal, calmMs: 0 });
  }

  /** The ledger of the one who wrote last, or undefined when nobody did, or nobody can tell. */
  async lastLedger(): Promise<string | undefined> {
    return (await this.#read().catch((error: unknown) => this.#unknown(error)))?.ledger;
  }

  /**
   * Who wrote last, seen from a ledger that stands at a step: itself, itself at a later step that it does not know of (it
   * is an older copy), or another one; undefined when nobody did. Throws ALREADY_RUNNING while another one has the table open.
   */
  async previous(ledger: string, step: number): Promise<'own' | 'later' | 'another' | undefined> {
    return this.#tolerantly(async () => {
      await this.#client.ensureTable({ data: null, alerts: null });
      const before = await this.#read();
      if (!before) return undefined;
      if (before.ledger === ledger) return before.step > step ? 'later' : 'own';
      if (before.open && !this.#isHere(before)) throw this.#taken(before);
      return 'another';
    });
  }

  /** Marks a ledger as the table's. */
  async set(ledger: string, step: number): Promise<void> {
    await this.#tolerantly(() => this.#write({ ledger, step, open: true }));
  }

  /** Throws ALREADY_RUNNING when another ledger has been marked since. Looks, and notes how far this one is, now and then only. */
  async keep(ledger: string, step: number): Promise<void> {
    if (!this.#written || performance.now() - this.#checkedAt < CHECK_MS) return;
    this.#checkedAt = performance.now();
    const now = await this.#read().catch((error: unknown) => this.#unknown(error));
    if (now && now.ledger !== ledger) throw this.#taken(now);
    if (now) await this.#write({ ledger, step, open: true }).catch((error: unknown) => this.#unknown(error));
  }

  /** Lets others write from now on; as far as that can be said. */
  async close(step: number): Promise<void> {
    const own = this.#written;
    const release = async () => {
      if (own && (await this.#read())?.ledger === own) await this.#write({ ledger: own, step, open: false });
    };
    try {
      await Promise.race([release(), pause(CLOSE_MS, undefined, { ref: false })]);
    } catch (error) {
      this.#unknown(error);
    } finally {
      this.#client.close();
    }
  }

  /** A table of the mark that can't be made or written is told, and done without. */
  async #tolerantly<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      if (isUnavailable(error))
        this.#options.onLog?.({
          level: 'warn',
          message: `who writes the table can't be marked in the table ${this.#table}, so see to it that nobody else does: ${error.message}`,
        });
      return this.#unknown(error);
    }
  }

  async #read(): Promise<Writer | undefined> {
    if (!(await this.#client.describe())) return undefined;
    const [row] = await this.#client.getRows([ROW]);
    const cell = row?.Cell.find(({ column }) => column === encodeColumn(COLUMN));
    if (!cell) return undefined;
    this.#last = Math.max(this.#last, cell.timestamp);
    return JSON.parse(Buffer.from(cell.$, 'base64').toString()) as Writer;
  }

  async #write(mark: Pick<Writer, 'ledger' | 'step' | 'open'>): Promise<void> {
    const writer: Writer = { ...mark, host: hostname(), dir: this.#options.dir };
    const timestamp = (this.#last = Math.max(Date.now(), this.#last + 1));
    const cell = { column: encodeColumn(COLUMN), timestamp, $: Buffer.from(JSON.stringify(writer)).toString('base64') };
    await this.#client.put(Buffer.from(JSON.stringify({ Row: [{ key: ROW.toString('base64'), Cell: [cell] }] })));
    this.#written = mark.ledger;
    this.#checkedAt = performance.now();
  }

  /** A ledger that was removed and made anew. */
  #isHere({ host, dir }: Writer): boolean {
    return host === hostname() && dir === this.#options.dir;
  }

  #taken({ host, dir }: Writer): AppError {
    const { gateway, table } = this.#options;
    return new AppError(
      'ALREADY_RUNNING',
      `the table ${table} is written from ${dir} on ${host}, and a table has one writer: name another with store.table. If that one ` +
        `is gone for good: curl -X DELETE ${new URL(gateway.url).origin}/${this.#table}/writer`,
    );
  }

  /** A gateway that does not say is no reason to stop; anything else is. */
  #unknown(error: unknown): undefined {
    if (!isUnavailable(error)) throw error;
    return undefined;
  }
}

function isUnavailable(error: unknown): error is Error {
  return error instanceof GatewayFailure || isStoreUnavailable(error);
}
