import { MEASURE_TABLE, measureIndex } from '../../domain/reading/measures.ts';
import type { PumpModel } from './pumpModel.ts';

const COMMA = 44;
const DOT = 46;
const ZERO = 48;
/** With which decimals each measure is written. */
const DECIMALS = MEASURE_TABLE.map(({ usual: [, , decimals] }) => decimals);

/** More than any row takes, with a pump id of 64 characters. */
export const LONGEST_ROW = 512;

/**
 * Writes a reading as a CSV line without its end, and gives where it ends. `pump` and `when` (date and
 * time) are bytes with the commas that follow them; `psi` stands for the model's pressure when given.
 */
export function writeRow(
  bytes: Uint8Array,
  start: number,
  row: { pump: Uint8Array; when: Uint8Array; model: PumpModel; psi: Uint8Array | undefined },
): number {
  const { model, psi } = row;
  let at = writeBytes(bytes, writeBytes(bytes, start, row.pump), row.when);
  for (let c = 0; c < DECIMALS.length; c++) {
    if (c > 0) at = comma(bytes, at);
    at = psi && c === measureIndex.psi ? writeBytes(bytes, at, psi) : writeDecimal(bytes, at, model.values[c], DECIMALS[c]);
  }
  return at;
}

function comma(bytes: Uint8Array, at: number): number {
  bytes[at] = COMMA;
  return at + 1;
}

function writeBytes(bytes: Uint8Array, start: number, source: Uint8Array): number {
  for (let i = 0; i < source.length; i++) bytes[start + i] = source[i];
  return start + source.length;
}

/** Writes `value` / 10^`decimals` without zeros at its end, as the gateways do: 10.3, 9.97, 10. */
function writeDecimal(bytes: Uint8Array, start: number, value: number, decimals: number): number {
  let mantissa = value;
  let places = decimals;
  while (places > 0 && mantissa % 10 === 0) {
    mantissa = (mantissa / 10) | 0;
    places--;
  }
  let length = places + 1;
  for (let rest = tenth(mantissa, places + 1); rest > 0; rest = (rest / 10) | 0) length++;
  const end = start + length + (places > 0 ? 1 : 0);
  for (let at = end - 1; at >= start; at--) {
    if (places > 0 && at === end - 1 - places) bytes[at] = DOT;
    else {
      bytes[at] = ZERO + (mantissa % 10);
      mantissa = (mantissa / 10) | 0;
    }
  }
  return end;
}

function tenth(value: number, times: number): number {
  let rest = value;
  for (let i = 0; i < times; i++) rest = (rest / 10) | 0;
  return rest;
}
