import type { Format } from '../format.ts';
import type { Tally } from '../tally.ts';
import type { Tags } from '../tags.ts';
import type { TimeReader } from '../timeReader.ts';
import type { ValueReader } from '../values.ts';
import type { Columns, NoHeader } from './columns.ts';

/** A CSV format of the configuration, compiled once: what reading a piece needs of it. */
export interface CompiledCsv {
  readonly format: Format;
  readonly tags: Tags;
  readonly times: TimeReader;
  readonly values: ValueReader;
  readonly good: ReadonlySet<string>;
  readonly tally: Tally;
  /** Where everything stands; `names` is that of a state. */
  columns(names: readonly string[] | null): Columns | NoHeader | undefined;
}
