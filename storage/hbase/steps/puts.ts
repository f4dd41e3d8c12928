import type { Breach } from '../../../domain/alarm/breach.ts';
import { formatDay } from '../../../domain/reading/wallClock.ts';
import { knownCells, type Readings } from '../../../domain/reading/readings.ts';
import { dayKey, readingKey } from '../../../domain/reading/rowKey.ts';
import { groupBy } from '../../lmdb/groupBy.ts';
import { dataColumn, encodeValue, STATS_COLUMNS } from '../cells/cells.ts';
import { encodeColumn } from '../gateway/rows.ts';
import type { HBaseClient, Refusals } from '../gateway/client.ts';
import { GatewayFailure } from '../gateway/failure.ts';
import { inFlight } from '../gateway/inFlight.ts';
import type { Plan, StaleCell } from './plan.ts';
import type { PlannedRetraction } from './plannedRetraction.ts';
import { PutBody } from './putBody.ts';

/** Rows a request: fewer cost more requests, more hold the gateway's memory (about 560 bytes a row). */
const ROWS_A_PUT = 2000;
const REQUESTS = 3;
/** A row that no reader takes for a reading, at a time when it can't hide anything. */
const CONTROL_KEY = '_wellwatch_control';
const CONTROL_COLUMN = dataColumn('hz');
const CONTROL_TIME = 1;

/** A row that HBase does not take, whoever sends it and how often. */
export interface Refusal {
  readonly row: number;
  readonly reason: string;
}

/** Puts the rows of plans into HBase, several requests at a time, each key in one of them only. */
export class Puts {
  readonly #client: HBaseClient;
  readonly #bodies: PutBody[] = [];
  /** Goes down when a gateway, or a proxy before it, takes smaller requests only. */
  #rowsAPut = ROWS_A_PUT;

  constructor(client: HBaseClient) {
    this.#client = client;
  }

  /**
   * Puts all rows of a plan and deletes its stale cells. Gives the rows that HBase refused, rising. May be done again at any
   * time: it writes the same cells.
   */
  async apply({ rows, breaches, stale, retraction }: Plan): Promise<Refusal[]> {
    const byRow = groupBy(breaches, ({ row }) => row);
    const refused: Refusal[] = [];
    await inFlight(REQUESTS, this.#pieces(rows.length), (piece) => this.#putPiece({ rows, byRow, refused }, piece));
    const kept = new Set(refused.map(({ row }) => cellRow(rows, row)));
    await inFlight(REQUESTS, stale.filter(({ pump, time }) => !kept.has(`${pump}\0${time}`)), (cell) => this.#delete(cell));
    if (retraction) await this.#takeBack(retraction);
    return refused.sort((a, b) => a.row - b.row);
  }

  async #takeBack({ pump, gone, days, statsAt }: PlannedRetraction): Promise<void> {
    await inFlight(REQUESTS, gone, ({ time, columns, timestamp }) =>
      this.#client.deleteCells(Buffer.from(readingKey(pump, time)), columns, timestamp));
    await inFlight(REQUESTS, days, (day) => this.#client.deleteCells(Buffer.from(dayKey(pump, formatDay(day))), STATS_COLUMNS, statsAt));
  }

  *#pieces(length: number): Iterable<Piece> {
    for (let from = 0, to = 0; from < length; from = to) {
      to = Math.min(length, from + this.#rowsAPut);
      yield { from, to };
    }
  }

  /**
   * Halves what is refused until it is one row. A 400 is not believed before another row has been taken and this one refused
   * again: a gateway that answers 400 to everything says nothing of the rows.
   */
  async #putPiece(put: OpenPut, { from, to }: Piece): Promise<void> {
    let failure = await this.#send(put, { from, to });
    if (failure?.kind === 'poison') {
      await this.#putControl();
      failure = await this.#send(put, { from, to });
    }
    if (!failure) return;
    if (failure.kind === 'tooLarge') this.#rowsAPut = Math.max(1, Math.min(this.#rowsAPut, Math.floor((to - from) / 2)));
    if (to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      await this.#putPiece(put, { from, to: middle });
      await this.#putPiece(put, { from: middle, to });
    } else if (failure.kind === 'poison') put.refused.push({ row: from, reason: failure.message });
    else await this.#send(put, { from, to }, 'wait');
  }

  async #send({ rows, byRow }: OpenPut, { from, to }: Piece, refusals: Refusals = 'throw'): Promise<GatewayFailure | undefined> {
    const body = this.#bodies.pop() ?? new PutBody(ROWS_A_PUT * 600);
    try {
      body.clear();
      let put = 0;
      for (let row = from; row < to; row++) {
        if (knownCells(rows, row) === 0) continue; // all of it is taken back
        body.add(rows, row, byRow.get(row) ?? []);
        put++;
      }
      if (put > 0) await this.#client.put(body.end(), refusals);
      return undefined;
    } catch (error) {
      if (error instanceof GatewayFailure && (error.kind === 'poison' || error.kind === 'tooLarge')) return error;
      throw error;
    } finally {
      this.#bodies.push(body);
    }
  }

  async #delete({ pump, time, column, timestamp }: StaleCell): Promise<void> {
    await this.#client.deleteCell(Buffer.from(readingKey(pump, time)), column, timestamp);
  }

  /** Puts a row that any HBase takes, and takes it away again; waits until it is taken. */
  async #putControl(): Promise<void> {
    const key = Buffer.from(CONTROL_KEY);
    const cell = { column: encodeColumn(CONTROL_COLUMN), timestamp: CONTROL_TIME, $: encodeValue(0) };
    await this.#client.put(Buffer.from(JSON.stringify({ Row: [{ key: key.toString('base64'), Cell: [cell] }] })), 'wait');
    await this.#client.deleteCell(key, CONTROL_COLUMN, CONTROL_TIME);
  }
}

function cellRow({ names, pump, time }: Readings, row: number): string {
  return `${names[pump[row]]}\0${time[row]}`;
}

/** Rows from `from` to `to - 1`. */
interface Piece {
  readonly from: number;
  readonly to: number;
}

interface OpenPut {
  readonly rows: Readings;
  readonly byRow: ReadonlyMap<number, readonly Breach[]>;
  readonly refused: Refusal[];
}
