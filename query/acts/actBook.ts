import type { Act } from '../../domain/alarm/acts/act.ts';
import { type Life, lifeOf, type LifeQuestion, type LifeRules, type Lived } from '../../domain/alarm/acts/life.ts';
import { type MaintenanceWindow, windowsByPump } from '../../domain/alarm/acts/maintenanceWindow.ts';
import { ActsByPump, type PumpActs } from '../../domain/alarm/acts/pumpActs.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import type { KeptActs } from '../../storage/files/keptActs.ts';

/** A rule, as far as it says how its alarms live. */
export interface RuleOfLife extends LifeRules {
  readonly id: string;
}

export interface ActBookOptions {
  readonly log: KeptActs;
  readonly rules: readonly RuleOfLife[];
  readonly windows: readonly MaintenanceWindow[];
  /** IANA name of the site's zone. */
  readonly zone: string;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

/** An alarm, and how it stands. */
export interface Standing<Alarm extends Lived> {
  readonly alarm: Alarm;
  readonly life: Life;
}

/**
 * The log of acts, by pump, and what follows from it for alarms. A log on disk is looked at with each question: that costs one system call;
 * one that workers share is as it was at its last `refresh`.
 */
export class ActBook {
  readonly log: KeptActs;
  readonly clock: SiteClock;
  readonly now: () => number;
  readonly #rules: ReadonlyMap<string, LifeRules>;
  readonly #windowsOf: (pump: string) => readonly MaintenanceWindow[];
  #byPump = new ActsByPump();
  #taken = 0;
  #generation = -1;

  constructor({ log, rules, windows, zone, now }: ActBookOptions) {
    this.log = log;
    this.clock = new SiteClock(zone);
    this.now = now;
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
    this.#windowsOf = windowsByPump(windows);
  }

  /** All acts in the order of the log. Throws STORE_UNAVAILABLE when it can't be read. */
  all(): readonly Act[] {
    const acts = this.log.read();
    if (this.log.generation !== this.#generation) {
      this.#byPump = new ActsByPump();
      this.#taken = 0;
      this.#generation = this.log.generation;
    }
    for (; this.#taken < acts.length; this.#taken++) this.#byPump.add(acts[this.#taken]);
    return acts;
  }

  /** All acts by pump. Throws as {@link all}. */
  get byPump(): ActsByPump {
    this.all();
    return this.#byPump;
  }

  /** A pump's acts. Throws as {@link all}. */
  of(pump: string): PumpActs {
    this.all();
    return this.#byPump.of(pump);
  }

  /** How alarms stand at this moment. Throws as {@link all}. */
  standings<Alarm extends Lived>(alarms: readonly Alarm[]): Standing<Alarm>[] {
    if (alarms.length === 0) return [];
    const { byPump } = this; // the log is looked at once for all
    return alarms.map((alarm) => ({ alarm, life: lifeOf(alarm, byPump.of(alarm.pump), this.questionFor(alarm)) }));
  }

  /** What is asked about an alarm. A rule that is not in force any more asks for as much as its level does by default. */
  questionFor({ pump, rule, level }: Lived): LifeQuestion {
    return {
      now: this.now(),
      wallAt: (instant) => this.clock.wallTimeAt(instant),
      rule: this.#rules.get(rule) ?? { acknowledge: level !== 'low', latch: false, realarm: null },
      windows: this.#windowsOf(pump),
    };
  }

  /** The rules in force. */
  get ruleIds(): string[] {
    return [...this.#rules.keys()];
  }
}
