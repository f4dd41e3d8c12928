import type { Readings } from '../../domain/reading/readings.ts';
import type { Replay } from '../../domain/reading/rejectMark.ts';
import type { RejectReplay } from './rejectsStore.ts';

/** What a row of a step says of the reject whose place it takes; it was received when the row was. */
export function replayOf({ row, of, by, source, line }: Replay, { receivedAt }: Pick<Readings, 'receivedAt'>): RejectReplay {
  return { of, replayed: { by, source, line, at: receivedAt[row] } };
}
