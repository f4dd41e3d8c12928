import type { Measure } from '../../domain/reading/measures.ts';
import type { DateOrder } from './guessTime.ts';

/** What somebody answered to questions of an earlier preview. */
export interface Answers {
  readonly dateOrder?: DateOrder | undefined;
  /** What stands before the decimals, where nothing proves it. */
  readonly decimal?: 'comma' | 'point' | undefined;
  /** The id of the pump that all of it is of. */
  readonly pump?: string | undefined;
  /** The column or path that has the pump's id. */
  readonly pumpColumn?: string | undefined;
  /** Names in the source by measure. */
  readonly measures: Readonly<Partial<Record<Measure, string>>>;
  /** Words of good quality. */
  readonly good?: readonly string[] | undefined;
}

/** An entry of `formats` as it is written, what is asked before it holds, and what was found. */
export interface Proposal {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly questions: readonly string[];
  readonly found: readonly string[];
}
