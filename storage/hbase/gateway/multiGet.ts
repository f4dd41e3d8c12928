import { AppError } from '../../../domain/errors.ts';
import { GatewayFailure } from './failure.ts';
import { type Gateway, pathOf } from './gateway.ts';
import type { Patience } from './patience.ts';
import { type CellRow, rowsOf } from './rows.ts';

/** Jetty's own limit is 64 KiB for request line and headers. */
const MOST_CHARACTERS = 32 * 1024;

/** Reads rows by their keys, many in a request, which has them all in its URL. */
export class MultiGet {
  readonly #gateway: Gateway;
  readonly #patience: Patience;
  readonly #table: string;
  /** Goes down when a proxy before the gateway takes shorter URLs only. */
  #mostCharacters = MOST_CHARACTERS;

  constructor(gateway: Gateway, patience: Patience, table: string) {
    this.#gateway = gateway;
    this.#patience = patience;
    this.#table = table;
  }

  /** The rows that are there, in the order of their keys. Throws AppError STORE_UNAVAILABLE. */
  async get(keys: readonly Uint8Array[]): Promise<CellRow[]> {
    const rows: CellRow[] = [];
    for (let from = 0; from < keys.length;) {
      const limit = this.#mostCharacters;
      const { path, to } = this.#request(keys, from);
      try {
        rows.push(
          ...(await this.#patience.sure(
            () => this.#patience.run('read', (signal) => this.#attempt(path, signal)),
            ({ length }) => length < to - from,
          )),
        );
        from = to;
      } catch (error) {
        if (!(error instanceof GatewayFailure && error.kind === 'tooLarge')) throw error;
        if (to - from === 1)
          throw new AppError(
            'STORE_UNAVAILABLE',
            `${error.message}, although it asks for one row; raise the limit of the proxy before the gateway`,
            { cause: error },
          );
        this.#mostCharacters = Math.min(this.#mostCharacters, Math.floor(Math.min(limit, path.length) / 2));
      }
    }
    return rows;
  }

  /** The path for as many keys as one request takes, at least one; `to` is the first that it leaves out. */
  #request(keys: readonly Uint8Array[], from: number): { readonly path: string; readonly to: number } {
    let path = `${pathOf(this.#table)}/multiget?e=b64`;
    let to = from;
    for (; to < keys.length; to++) {
      const key = keys[to];
      const parameter = `&row=${Buffer.from(key.buffer, key.byteOffset, key.length).toString('base64url')}`;
      if (to > from && path.length + parameter.length > this.#mostCharacters) break;
      path += parameter;
    }
    return { path, to };
  }

  async #attempt(path: string, signal: AbortSignal): Promise<CellRow[]> {
    try {
      return rowsOf(await this.#gateway.call({ method: 'GET', path, signal }));
    } catch (error) {
      if (error instanceof GatewayFailure && error.foundNone) return [];
      throw error;
    }
  }
}
