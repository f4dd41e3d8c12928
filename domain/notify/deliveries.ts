/** What became of the messages of an hour and channel. */
export interface Delivery {
  /** ms since 1970-01-01T00:00Z, at which the hour begins. */
  readonly hour: number;
  readonly channel: string;
  sent: number;
  /** Given up. */
  failed: number;
  /** Sent, but not at the first attempt. */
  retried: number;
  /** The longest time from when a message was made until the channel had taken it, ms. */
  maxMs: number;
  /** How many took how long: by `stepOf`. */
  waits: Record<number, number>;
}

/** A message that waits no more; times in ms since 1970-01-01T00:00Z. */
export interface Delivered {
  readonly channel: string;
  readonly at: number;
  readonly endedAt: number;
  readonly result: 'sent' | 'failed';
  readonly attempts: number;
}

/** How telling went. Times in ms from when a message was made until the channel had taken it; null where nothing was sent. */
export interface DeliveryFigures {
  readonly sent: number;
  readonly failed: number;
  readonly retried: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

/** So long it is remembered how telling went, ms. */
const KEPT_MS = 40 * 86_400_000;
const HOUR_MS = 3_600_000;
/** Steps of a wait's length: each is a fifth longer than the one before, so that a quantile is right to a fifth. */
const STEPS_PER_DOUBLING = 4;

/** Counts what has become of a message. The list has a place for each hour and channel, in order of time; it is changed in place. */
export function countDelivery(
  deliveries: Delivery[], { channel, at, endedAt, result, attempts }: Delivered,
): void {
  const hour = endedAt - (endedAt % HOUR_MS);
  let own = deliveries.findLast((one) => one.hour === hour && one.channel === channel);
  if (!own) {
    own = { hour, channel, sent: 0, failed: 0, retried: 0, maxMs: 0, waits: {} };
    deliveries.push(own);
    deliveries.splice(0, deliveries.findIndex((one) => one.hour > endedAt - KEPT_MS));
  }
  if (result === 'failed') {
    own.failed++;
    return;
  }
  const waitMs = Math.max(0, endedAt - at);
  const step = Math.ceil(STEPS_PER_DOUBLING * Math.log2(Math.max(1, waitMs)));
  own.sent++;
  if (attempts > 0) own.retried++;
  own.maxMs = Math.max(own.maxMs, waitMs);
  own.waits[step] = (own.waits[step] ?? 0) + 1;
}

/** How telling went in some hours. */
export function figuresOf(deliveries: readonly Delivery[]): DeliveryFigures {
  const waits = new Map<number, number>();
  for (const { waits: own } of deliveries)
    for (const [step, count] of Object.entries(own)) waits.set(Number(step), (waits.get(Number(step)) ?? 0) + count);
  const sum = (count: (one: Delivery) => number) => deliveries.reduce((all, one) => all + count(one), 0);
  const sent = sum((one) => one.sent);
  const maxMs = Math.max(...deliveries.map((one) => one.maxMs));
  const quantile = (part: number) => (sent === 0 ? null : Math.min(maxMs, waitAt(waits, part * sent)));
  return {
    sent, failed: sum((one) => one.failed), retried: sum((one) => one.retried),
    p50Ms: quantile(0.5), p95Ms: quantile(0.95), maxMs: sent === 0 ? null : maxMs,
  };
}

/** The longest wait of the step in which the so-manieth message lies. */
function waitAt(waits: ReadonlyMap<number, number>, rank: number): number {
  let seen = 0;
  for (const [step, count] of [...waits].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= rank) return 2 ** (step / STEPS_PER_DOUBLING);
  }
  return Infinity;
}
