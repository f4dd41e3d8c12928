/** How much is measured. */
export interface Sizes {
  readonly repeats: number;
  /** P1: rows of the files in order of time, and of the shuffled one. */
  readonly files: readonly number[];
  readonly shuffled: number;
  /** P2: messages that wait, and rows of each. */
  readonly messages: number;
  readonly rowsAMessage: readonly number[];
  /** P3: how long one message every 5 ms is published. */
  readonly liveSeconds: number;
  /** P4: rows of the tables. */
  readonly tables: readonly number[];
  /** P5: rows of the tables that a file goes into, and of that file. */
  readonly grown: readonly number[];
  readonly added: number;
  /** HBase: rows put and read. */
  readonly hbaseRows: number;
  /** Rows of the fleet's topic. */
  readonly fleetRows: number;
  /** P5: rows of the table that a shuffled file goes into, and of that file. */
  readonly late: number;
  /** Readings of the pump whose curves are asked for. */
  readonly curveRows: number;
  /** The HTTP side under load: rows of the table before, and how long each part is measured. */
  readonly load: { readonly rows: number; readonly seconds: number };
  /** The streaming job. */
  readonly stream: StreamSizes;
}

export interface StreamSizes {
  /** Rows in order and shuffled: hours of 36,000 rows. */
  readonly hours: number;
  /** Batches before the store becomes slow, while it is, and after. */
  readonly batches: readonly [before: number, slow: number, after: number];
  /** The batch interval of those, ms. */
  readonly interval: number;
  /** The longest window of 1,000 pumps, s: one of 24 h has no room in memory. */
  readonly manyPumpsSeconds: number;
}

/** What the goals name. */
export const FULL: Sizes = {
  repeats: 3,
  files: [50_000, 1_000_000, 5_000_000], shuffled: 1_000_000,
  messages: 300_000, rowsAMessage: [1, 20],
  liveSeconds: 20,
  tables: [1_000_000, 10_000_000],
  grown: [100_000, 1_000_000, 10_000_000], added: 1_000_000, late: 1_000_000,
  hbaseRows: 300_000, fleetRows: 200_000, curveRows: 10_000_000,
  load: { rows: 5_000_000, seconds: 15 },
  stream: { hours: 24, batches: [6, 20, 10], interval: 2000, manyPumpsSeconds: 3600 },
};

/** With `--huge`. */
export const HUGE: Sizes = { ...FULL, grown: [...FULL.grown, 100_000_000] };

/** With `--quick`: under a minute, to see that nothing has broken. */
export const QUICK: Sizes = {
  repeats: 1,
  files: [50_000, 500_000], shuffled: 200_000,
  messages: 50_000, rowsAMessage: [1, 20],
  liveSeconds: 3,
  tables: [500_000],
  grown: [100_000, 500_000], added: 200_000, late: 200_000,
  hbaseRows: 100_000, fleetRows: 50_000, curveRows: 500_000,
  load: { rows: 1_000_000, seconds: 4 },
  stream: { hours: 6, batches: [3, 14, 5], interval: 1000, manyPumpsSeconds: 600 },
};
