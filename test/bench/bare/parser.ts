import { BLOCK_ROWS, COLUMNS } from './block.ts';

const [LF, COMMA, DASH, DOT, SLASH, COLON] = [10, 44, 45, 46, 47, 58];
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** The rows of one pump that wait for their block to be full: time in seconds, then the six measures. */
export interface OpenBlock {
  readonly pump: number;
  readonly columns: readonly Float64Array[];
  rows: number;
}

/** The bare limit's parser: `id,M/D/YY,H:mm[:ss],` and six plain numbers a line, taken on trust. */
export class BareParser {
  /** Where the next line begins, after `parse`. */
  at = 0;
  readonly open: OpenBlock[] = [];
  readonly #byHash = new Map<number, OpenBlock>();
  #dateHash = -1;
  #midnight = 0;

  /** Appends whole lines of `bytes[at, to)` to their pumps' blocks, at most `most` of them; stops early at a full block, which it gives. */
  parse(bytes: Buffer, to: number, most: { rows: number }): OpenBlock | undefined {
    let at = this.at;
    while (most.rows > 0 && at < to) {
      let byte = 0;
      let hash = 0;
      while ((byte = bytes[at++]) !== COMMA) hash = (Math.imul(hash, 31) + byte) | 0;
      const block = this.#byHash.get(hash) ?? this.#newBlock(hash);
      const row = block.rows++;

      const date = at;
      hash = 0;
      while ((byte = bytes[at++]) !== COMMA) hash = (Math.imul(hash, 31) + byte) | 0;
      if (hash !== this.#dateHash) this.#newDate(hash, bytes.toString('latin1', date, at - 1));
      let time = 0;
      let part = 0;
      let colons = 0;
      while ((byte = bytes[at++]) !== COMMA) {
        if (byte !== COLON) {
          part = part * 10 + byte - 48;
          continue;
        }
        time = time * 60 + part;
        part = 0;
        colons++;
      }
      time = time * 60 + part;
      block.columns[0][row] = this.#midnight + (colons === 1 ? time * 60 : time);

      for (let c = 1; c < COLUMNS; c++) {
        let mantissa = 0;
        let decimals = -1;
        let negative = false;
        while ((byte = bytes[at++]) !== COMMA && byte !== LF) {
          if (byte >= 48) {
            mantissa = mantissa * 10 + byte - 48;
            if (decimals >= 0) decimals++;
          } else if (byte === DOT) decimals = 0;
          else if (byte === DASH) negative = true;
        }
        const value = decimals > 0 ? mantissa / POWERS[decimals] : mantissa;
        block.columns[c][row] = negative ? -value : value;
      }
      most.rows--;
      if (block.rows === BLOCK_ROWS) {
        this.at = at;
        return block;
      }
    }
    this.at = at;
    return undefined;
  }

  #newBlock(hash: number): OpenBlock {
    const block = { pump: this.open.length, columns: Array.from({ length: COLUMNS }, () => new Float64Array(BLOCK_ROWS)), rows: 0 };
    this.open.push(block);
    this.#byHash.set(hash, block);
    return block;
  }

  #newDate(hash: number, text: string): void {
    const [month, day, year] = text.split(String.fromCharCode(SLASH)).map(Number);
    this.#dateHash = hash;
    this.#midnight = Date.UTC(year < 100 ? 2000 + year : year, month - 1, day) / 1000;
  }
}
