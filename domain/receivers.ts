/**
 * The name of a receiver in configuration, counts, reports and API. Any text: a table may have counts of a receiver
 * that this version does not have.
 */
export type ReceiverName = string;

/** Something for each receiver, by name. */
export type ByReceiver<T> = Readonly<Record<ReceiverName, T>>;

/** What is said of a receiver wherever all of them are shown. */
export interface ReceiverFacts {
  readonly name: ReceiverName;
  /** How a table calls it. */
  readonly label: string;
  /** Where its rows come from, within a sentence: `12 rows from files`. */
  readonly from: string;
  /**
   * A `push` receiver writes to the journal before it acknowledges: what it has received and the table does not have is
   * pending. A `pull` receiver takes rows from where they are safe, with the step that stores them.
   */
  readonly way: 'push' | 'pull';
}

/** The receivers, in the order in which they are shown. */
export const RECEIVERS: readonly ReceiverFacts[] = [
  { name: 'directory', label: 'Files (inbox)', from: 'files', way: 'pull' },
  { name: 'mqtt', label: 'MQTT', from: 'MQTT', way: 'push' },
  { name: 'kafka', label: 'Kafka', from: 'Kafka', way: 'pull' },
];

export const RECEIVER_NAMES: readonly ReceiverName[] = RECEIVERS.map(({ name }) => name);

/** The same for each receiver. */
export function forEachReceiver<T>(value: T): Record<ReceiverName, T> {
  return Object.fromEntries(RECEIVER_NAMES.map((name) => [name, value]));
}

/** The sum over all receivers. */
export function totalOf(rows: ByReceiver<number>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}

/** The sums by receiver; one that only one side has counts as 0 on the other. */
export function addByReceiver(a: ByReceiver<number>, b: ByReceiver<number>): ByReceiver<number> {
  const sums: Record<ReceiverName, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
