/** The pumps of a table. */
export interface StoredPumps {
  /** The pumps that have readings, have had them, or have statistics; in order of the bytes of their UTF-8 ids. */
  pumps(): Promise<string[]>;
}
