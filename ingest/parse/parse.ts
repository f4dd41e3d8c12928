// PLACEHOLDER by the lead, so that the rest can be joined up: replace all of it.
import { ReadingsBuffer } from '../../domain/readings.ts';
import type { Reject } from '../../domain/reject.ts';
import { dayNumber, isDate } from '../../domain/wallClock.ts';
export interface SourceState { readonly line: number; readonly crc: number; readonly offset: number }
export const SOURCE_START: SourceState = { line: 0, crc: 0, offset: 0 };
export interface Piece { bytes: Buffer; from: number; to: number; final: boolean; source: string; receivedAt: number }
export interface Parsed { consumed: number; state: SourceState; missingColumns?: string[] }
export class StepBuffer {
  readonly readings: ReadingsBuffer; readonly rejects: Reject[] = []; limit: number;
  constructor(capacity: number) { this.readings = new ReadingsBuffer(capacity); this.limit = capacity; }
  get size(): number { return this.readings.length + this.rejects.length; }
  get full(): boolean { return this.size >= this.limit; }
  clear(): void { this.readings.clear(); this.rejects.length = 0; }
}
export function parsePiece(piece: Piece, state: SourceState, into: StepBuffer): Parsed {
  let at = piece.from; let line = state.line;
  while (at < piece.to && !into.full) {
    let end = piece.bytes.indexOf(10, at);
    if (end < 0 || end >= piece.to) { if (!piece.final) break; end = piece.to; }
    const text = piece.bytes.toString('utf8', at, end).trim(); line++;
    at = Math.min(end + 1, piece.to);
    if (text === '') continue;
    const f = text.split(','); const d = f[1]?.split('/').map(Number) ?? []; const t = f[2]?.split(':').map(Number) ?? [];
    const numbers = f.slice(3).map(Number); const r = into.readings;
    if (f.length !== 9 || d.length !== 3 || !isDate(2000 + d[2]!, d[0]!, d[1]!) || numbers.some(Number.isNaN)) { into.rejects.push({ id: `${piece.source}:${state.offset + at}:${text}`, source: piece.source, line, reason: 'bad', raw: text }); continue; }
    const i = r.length++; r.pump[i] = r.pumps.numberOf(f[0]!); r.receivedAt[i] = piece.receivedAt;
    r.time[i] = dayNumber(2000 + d[2]!, d[0]!, d[1]!) * 86_400_000 + t[0]! * 3_600_000 + t[1]! * 60_000;
    numbers.forEach((v, m) => { r.values[m]![i] = v; });
  }
  return { consumed: at - piece.from, state: { line, crc: 0, offset: state.offset + at - piece.from } };
}
