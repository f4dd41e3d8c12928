import type { Act, ActHead, Deed } from '../../domain/alarm/acts/act.ts';

/** Who does something, and when; the log gives the numbers. */
export type Author = Omit<ActHead, 'number'>;

/** A log of what people did about alarms, wherever it is kept. */
export interface KeptActs {
  /** Where, for messages. */
  readonly path: string;
  /** Rises when what was read before holds no longer. */
  readonly generation: number;
  /** How many entries are no acts. */
  readonly torn: number;
  /** All acts in the order of the log. Throws STORE_UNAVAILABLE when they are not known. */
  read(): readonly Act[];
  /** As it says at `ActLog`: all of it or nothing; `deeds` is asked for when all that others did is known, more than once if need be. */
  append(author: Author, deeds: (acts: readonly Act[]) => readonly Deed[]): Promise<readonly Act[]>;
  /** Learns what others did, where reading does not look. Throws STORE_UNAVAILABLE. */
  refresh?(): Promise<void>;
}

/** What somebody's request has left behind that came before with the same key; nothing of requests without one. */
export function broughtBefore(acts: readonly Act[], { key, by }: Author): readonly Act[] {
  return key === null ? [] : acts.filter((act) => act.key === key && act.by === by);
}

/** Deeds as acts of their author, numbered from `first` on. */
export function actsOf(deeds: readonly Deed[], author: Author, first: number): Act[] {
  return deeds.map((deed, i) => ({ number: first + i, ...author, ...deed }));
}
