import type { Alarm } from '../../domain/alarm/fold/alarm.ts';
import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import { type Heard, laterHeard, type SilentTime, siteSilences } from '../../domain/alarm/fold/silence.ts';
import { silenceOf } from '../../domain/alarm/fold/silentFold.ts';
import type { Suppression } from '../../domain/alarm/fold/suppression.ts';
import { pumpMatcher } from '../../domain/alarm/pumpPattern.ts';
import { comparePriorities, SITE } from '../../domain/alarm/rule.ts';
import type { SiteClock } from '../../domain/reading/siteClock.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import type { PumpAlarms } from './pumpAlarms.ts';

/** What is known stays so for that long, ms: a question about each of many pumps looks once. */
const MEMORY_MS = 100;

/** What silence is told from. */
export interface SilenceSources {
  /** The rules in force. */
  readonly rules: readonly AlarmRule[];
  /** Pumps that should report, each with the wall time from which on. */
  readonly expected: () => ReadonlyMap<string, number>;
  readonly stored: ReadonlyMap<string, PumpAlarms>;
  readonly clock: SiteClock;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

/** Silence as it is at a moment. */
interface Known {
  readonly at: number;
  readonly byPump: ReadonlyMap<string, readonly Alarm[]>;
  /** One alarm for each time in which all pumps were silent, in order of time. */
  readonly site: readonly Alarm[];
  readonly newestHeard: number;
}

/**
 * Which pumps are silent now, and when the site was as a whole. Expected are the pumps of the vendor file that are in service,
 * also those that never spoke, and others once they have been heard in time.
 */
export class Silences {
  readonly #sources: SilenceSources;
  /** The rules of silence, the most severe first. */
  readonly #rules: readonly { readonly rule: AlarmRule; readonly afterMs: number; readonly isOf: (pump: string) => boolean }[];
  #known: Known | undefined;

  constructor(sources: SilenceSources) {
    this.#sources = sources;
    this.#rules = sources.rules
      .flatMap((rule) => (rule.condition.kind === 'silent' ? [{ rule, afterMs: rule.condition.afterMs, isOf: pumpMatcher(rule.pumps) }] : []))
      .sort((a, b) => comparePriorities(a.rule.priority, b.rule.priority));
  }

  /** Whether any rule asks for silence. */
  get areWanted(): boolean {
    return this.#rules.length > 0;
  }

  /** For how long a pump may be silent, by each of its rules, ms. */
  limitsOf(pump: string): number[] {
    return this.#rules.filter(({ isOf }) => isOf(pump)).map(({ afterMs }) => afterMs);
  }

  /** What is stored has changed. */
  forget(): void {
    this.#known = undefined;
  }

  /** The silence of a pump that goes on, an alarm for each rule. */
  of(pump: string): readonly Alarm[] {
    return this.#now().byPump.get(pump) ?? [];
  }

  /** The silences of the whole site, in order of time. */
  get site(): readonly Alarm[] {
    return this.#now().site;
  }

  /** Pumps that are silent and have no readings. */
  get neverHeard(): string[] {
    return [...this.#now().byPump.keys()].filter((pump) => !this.#sources.stored.get(pump)?.tail);
  }

  /** When the last fresh reading of any pump came: ms since 1970-01-01T00:00Z; -Infinity before the first. */
  get newestHeard(): number {
    return this.#now().newestHeard;
  }

  /** When a pump's silence means nothing, as all are silent: up to when each of them has had the time to report again. */
  suppressions({ measure, rule }: Pick<Alarm, 'measure' | 'rule'>): Suppression[] {
    const after = this.#rules.find((one) => one.rule.id === rule)?.afterMs ?? 0;
    if (measure !== null || this.#rules.length === 0) return [];
    return this.site.map(({ from, cleared }) =>
      (cleared === null ? { from: -Infinity, to: null, rule: SITE } : { from, to: cleared + after, rule: SITE }));
  }

  #now(): Known {
    const at = this.#sources.now();
    if (this.#known && Math.abs(at - this.#known.at) < MEMORY_MS) return this.#known;
    return (this.#known = this.#find(at));
  }

  #find(at: number): Known {
    const { expected, stored } = this.#sources;
    const byPump = new Map<string, readonly Alarm[]>();
    const times: (readonly SilentTime[])[] = [];
    let newestHeard = -Infinity;
    if (this.#rules.length === 0) return { at, byPump, site: [], newestHeard };
    const since = new Map([...expected()].filter(([, from]) => from <= this.#sources.clock.wallTimeAt(at)));
    for (const pump of new Set([...stored.keys(), ...since.keys()])) {
      const own = this.#rules.filter(({ isOf }) => isOf(pump));
      const known = stored.get(pump);
      newestHeard = Math.max(newestHeard, known?.tail?.receivedAt ?? -Infinity);
      if (own.length === 0) continue;
      const alarms = own.flatMap(({ rule, afterMs }) => this.#silence(pump, { rule, afterMs, since: since.get(pump), at }) ?? []);
      if (alarms.length > 0) byPump.set(pump, alarms);
      if (since.has(pump) || alarms.length > 0 || known?.timely(own[0].afterMs)) times.push(timesOf(own[0].rule.id, known, alarms));
    }
    return { at, byPump, site: siteSilences(times).map((time) => this.#siteAlarm(time, since)), newestHeard };
  }

  /** A pump's silence by a rule; undefined when it was heard, or is not expected. */
  #silence(
    pump: string,
    { rule, afterMs, since, at }: { readonly rule: AlarmRule; readonly afterMs: number; readonly since: number | undefined; readonly at: number },
  ): Alarm | undefined {
    const { clock, stored } = this.#sources;
    const known = stored.get(pump);
    const timely = known?.timely(afterMs);
    const heard = laterHeard(timely, newestOf(known));
    if (since === undefined && !timely) return undefined;
    if (!heard) {
      if (clock.wallTimeAt(at) - since! <= afterMs) return undefined;
      return silenceOf(pump, rule, { time: since!, receivedAt: at });
    }
    if (at - heard.at <= afterMs) return undefined;
    const raised = Math.max(heard.time, clock.wallTimeAt(heard.at + afterMs));
    return { ...silenceOf(pump, rule, { time: heard.time, receivedAt: heard.at }), raised, levels: [{ priority: rule.priority, raised }] };
  }

  #siteAlarm(time: SilentTime, expected: ReadonlyMap<string, number>): Alarm {
    const [{ rule, afterMs }] = this.#rules;
    const from = time.from === -Infinity ? Math.max(...expected.values()) : time.from;
    const [raised, cleared] = [Math.max(time.raised, from + afterMs), time.cleared];
    return { ...silenceOf(SITE, rule, { time: from, receivedAt: from }), raised, levels: [{ priority: rule.priority, raised }],
      returned: cleared, cleared };
  }
}

function newestOf(known: PumpAlarms | undefined): Heard | undefined {
  return known?.tail && { at: known.tail.receivedAt, time: known.tail.last };
}

/** The silent times of a pump in order; before its first readings it was not there to be heard. */
function timesOf(rule: string, known: PumpAlarms | undefined, now: readonly Alarm[]): SilentTime[] {
  const open = now.find((alarm) => alarm.rule === rule);
  const first = known?.firstDay;
  if (first === undefined) return open ? [{ from: -Infinity, raised: -Infinity, cleared: null }] : [];
  const gaps = (known?.silentTimes(rule) ?? []).filter(({ from }) => from !== open?.from);
  return [{ from: -Infinity, raised: -Infinity, cleared: first * DAY_MS }, ...gaps, ...(open ? [open] : [])];
}
