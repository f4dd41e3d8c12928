import type { Acknowledge, Act, ActHead, Comment, OutOfService, Reset, Shelve } from './act.ts';

/** A time for which a pump's alarms are set aside: from `at` of its act to here, ms UTC; Infinity while nobody has ended it. */
interface Lasting {
  readonly end: number;
}

export type Shelf = ActHead & Shelve & Lasting;
export type OutOfServiceTime = ActHead & OutOfService & Lasting;

/** What people did about one pump's alarms, as far as its states depend on it. Acts are added in the order of the log. */
export class PumpActs {
  /** In the order of the log. */
  readonly acknowledgements: (ActHead & Acknowledge)[] = [];
  readonly comments: (ActHead & Comment)[] = [];
  readonly resets: (ActHead & Reset)[] = [];
  readonly shelves: Shelf[] = [];
  readonly outOfService: OutOfServiceTime[] = [];
  /** Another number after each act. */
  revision = 0;

  add(act: Act): void {
    this.revision++;
    switch (act.kind) {
      case 'acknowledge': this.acknowledgements.push(act); return;
      case 'comment': this.comments.push(act); return;
      case 'reset': this.resets.push(act); return;
      case 'shelve':
        // A shelf takes the place of the one before it: it may also be a shorter one.
        endAll(this.shelves, act.at, ({ rule }) => rule === act.rule);
        this.shelves.push({ ...act, end: act.until });
        return;
      case 'unshelve': endAll(this.shelves, act.at, ({ rule }) => act.rule === null || rule === act.rule); return;
      case 'out-of-service':
        endAll(this.outOfService, act.at, () => true);
        this.outOfService.push({ ...act, end: Infinity });
        return;
      case 'return': endAll(this.outOfService, act.at, () => true); return;
      case 'settings': case 'retract': return;
    }
  }
}

/** All acts by pump. */
export class ActsByPump {
  readonly #pumps = new Map<string, PumpActs>();

  constructor(acts: Iterable<Act> = []) {
    for (const act of acts) this.add(act);
  }

  add(act: Act): void {
    if (act.kind === 'settings' || act.kind === 'retract') return;
    const pump = this.#pumps.get(act.pump) ?? new PumpActs();
    this.#pumps.set(act.pump, pump);
    pump.add(act);
  }

  of(pump: string): PumpActs {
    return this.#pumps.get(pump) ?? NO_ACTS;
  }

  /** The pumps that somebody did something about. */
  pumps(): IterableIterator<string> {
    return this.#pumps.keys();
  }
}

const NO_ACTS = new PumpActs();

/** Ends those that last at `at`. */
function endAll<T extends Lasting>(times: T[], at: number, isMeant: (time: T) => boolean): void {
  times.forEach((time, i) => {
    if (time.end > at && isMeant(time)) times[i] = { ...time, end: at };
  });
}
