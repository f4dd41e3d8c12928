import type { Reject } from '../../domain/reading/reject.ts';
import type { StoredRejects } from '../../storage/table/rejects.ts';

/** Rejects with the same reason. */
export interface RejectGroup {
  /** Without the values that came. */
  readonly reason: string;
  readonly rows: number;
  /** The first of them. */
  readonly example: Reject;
}

/** The rejects that were received from one instant to another, not included, by reason: the most frequent first. */
export async function rejectGroups(table: StoredRejects, from: number, to: number): Promise<RejectGroup[]> {
  const groups = new Map<string, RejectGroup>();
  for await (const piece of table.rejects())
    for (const reject of piece) {
      if (reject.receivedAt === undefined || reject.receivedAt < from || reject.receivedAt >= to) continue;
      const reason = reject.reason.replace(/`[^`]*`/g, '…');
      const group = groups.get(reason);
      groups.set(reason, group ? { ...group, rows: group.rows + 1 } : { reason, rows: 1, example: reject });
    }
  return [...groups.values()].sort((a, b) => b.rows - a.rows || (a.reason < b.reason ? -1 : 1));
}
