import type { Reached } from './alarm.ts';

/** What an alarm, or one that may become one, is made of while readings come. Plain data. */
export interface Facts {
  from: number;
  raised: number | null;
  returned: number | null;
  levels: Reached[];
  readings: number;
  worst: number;
  worstAt: number;
  /** How far beyond the limit the worst is. */
  excess: number;
  last: number;
  foundAt: number;
}

/** A reading as the fold sees it. */
export interface Seen {
  /** Wall time. */
  readonly time: number;
  /** Its distance to the limit, growing outwards. */
  readonly x: number;
  /** What people see of it. */
  readonly value: number;
  /** How many readings it stands for. */
  readonly weight: number;
  readonly receivedAt: number;
}

/** Of a first reading beyond the limit. */
export function begun({ time, x, value, weight, receivedAt }: Seen): Facts {
  return {
    from: time, raised: null, returned: null, levels: [], readings: weight, worst: value, worstAt: time, excess: x, last: time,
    foundAt: receivedAt,
  };
}

/** Takes a further reading beyond the limit. */
export function add(facts: Facts, { time, x, value, weight, receivedAt }: Seen): void {
  facts.readings += weight;
  facts.last = time;
  if (x > facts.excess) {
    facts.excess = x;
    facts.worst = value;
    facts.worstAt = time;
  }
  if (facts.raised === null) facts.foundAt = Math.max(facts.foundAt, receivedAt);
}

/** One of several that follow each other, in order of time. */
export function merged(parts: readonly Facts[]): Facts {
  const [first, ...rest] = parts;
  return rest.reduce<Facts>((whole, part) => ({
    ...(part.excess > whole.excess ? { worst: part.worst, worstAt: part.worstAt, excess: part.excess }
      : { worst: whole.worst, worstAt: whole.worstAt, excess: whole.excess }),
    from: whole.from, raised: null, returned: null, levels: [],
    readings: whole.readings + part.readings, last: part.last, foundAt: Math.max(whole.foundAt, part.foundAt),
  }), first);
}
