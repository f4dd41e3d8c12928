import { alertOf } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import { isNews } from '../../domain/alarm/news.ts';
import { ToldAlerts } from '../../domain/alarm/toldAlerts.ts';
import { measureIndex } from '../../domain/reading/measures.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { Outcome } from '../../storage/table/steps.ts';
import type { Table } from '../../storage/table/table.ts';
import type { AlertListener } from './alertListener.ts';
import type { Lookout } from './lookout.ts';
import type { RepeatedHour } from './repeatedHour.ts';

export interface TellingOptions {
  readonly table: Table;
  readonly reference: () => Reference;
  readonly listener: AlertListener;
  readonly repeatedHour?: RepeatedHour | undefined;
  readonly lookout?: Lookout | undefined;
}

/** The rows of a step that are there, and which of them break a rule. */
export interface RaisedRows {
  readonly readings: Readings;
  readonly breaches: readonly Breach[];
  readonly onlyNew: boolean;
}

/**
 * Tells the alerts of steps, each once, and takes back those that did not hold:
 *
 *   due        what the lookout told of these rows while the store was away is not told again
 *   waiting    rows are safe in the journal and wait for company: their alerts are told now
 *   write      the step goes to the table; the lookout tells meanwhile if that takes long
 *   decided    the step is in the table, which knows what was news and what did not hold
 */
export class Telling {
  readonly #options: TellingOptions;
  readonly #told = new ToldAlerts();

  constructor(options: TellingOptions) {
    this.#options = options;
  }

  /** The journal's step under way has this many rows. */
  due(rows: number): void {
    const { lookout, listener, reference } = this.#options;
    const due = lookout?.due(rows) ?? [];
    this.#told.foretold(due);
    if (due.length > 0) listener.onDue?.(due, reference());
  }

  /** Tells what is news of a step whose rows wait. Gives how many alerts were told. */
  async waiting({ readings, breaches, onlyNew }: RaisedRows): Promise<number> {
    const candidates = onlyNew ? [] : this.#told.candidates(breaches, readings, this.#options.lookout?.seen);
    const news = candidates.length > 0 ? await this.#newsOf(candidates, readings) : candidates;
    this.#told.told(news, readings);
    this.#tell(news, readings);
    return news.length;
  }

  /** Waits until the step is in the table. */
  write(writing: Promise<Outcome>, rows: RaisedRows): Promise<Outcome> {
    return this.#options.lookout?.wait(writing, { ...rows, told: this.#told }) ?? writing;
  }

  /** The step is in the table. Gives how many alerts were told or withdrawn. */
  decided(outcome: Outcome, { readings, breaches }: RaisedRows): number {
    const { repeatedHour, listener } = this.#options;
    const news = this.#told.newsOf(outcome.raised, breaches, readings);
    const firstPass = this.#told.withoutTold(repeatedHour?.breachesIn(outcome.superseded, readings) ?? [], readings);
    this.#told.told(firstPass, readings); // they are withdrawn below
    this.#tell(firstPass, readings, { replaced: true });
    this.#tell(news, readings);
    repeatedHour?.add(readings, outcome.replacing);
    const withdrawn = this.#told.withdrawals(outcome.withdrawn, breaches, readings);
    if (withdrawn.length > 0) listener.onWithdrawn(withdrawn);
    this.#told.clear();
    return news.length + withdrawn.length;
  }

  #tell(breaches: readonly Breach[], readings: Readings, more: { readonly replaced?: true } = {}): void {
    if (breaches.length > 0) this.#options.listener.onAlerts({ breaches, readings, reference: this.#options.reference(), ...more });
  }

  /** The breaches of rows that wait which are news. */
  async #newsOf(breaches: readonly Breach[], readings: Readings): Promise<readonly Breach[]> {
    const { lookout } = this.#options;
    const open = breaches.filter((breach) => !this.#told.wasTakenBack(breach, readings));
    const asked = this.#unknownTo(open, readings);
    const unknown = new Set(await (lookout?.unknown(asked, open, readings) ?? asked));
    return breaches.filter((breach) => unknown.has(breach) || this.#told.wasTakenBack(breach, readings));
  }

  /** The breaches that are news to the table, which may have the row already: a message may be sent again. See {@link isNews}. */
  async #unknownTo(breaches: readonly Breach[], readings: Readings): Promise<Breach[]> {
    const unknown: Breach[] = [];
    for (const breach of breaches) {
      const { pump, time, measure, value } = alertOf(breach, readings);
      const stored = await this.#options.table.lookup(pump, time);
      if (isNews(value, stored?.[measureIndex[measure]])) unknown.push(breach);
    }
    return unknown;
  }
}
