import type { Act, Deed } from '../../domain/alarm/acts/act.ts';
import { SITE } from '../../domain/alarm/rule.ts';
import { isNeeded, type Lived } from '../../domain/alarm/acts/life.ts';
import { formatDuration } from '../../domain/duration.ts';
import { AppError } from '../../domain/errors.ts';
import { dayOf, formatDay } from '../../domain/reading/wallClock.ts';
import type { Author } from '../../storage/files/keptActs.ts';
import type { ActBook, Standing } from './actBook.ts';
import { type Acknowledged, acknowledgement, type Acknowledging, type AlarmName, newest, type PumpOrAlarm, spansOf } from './acknowledgement.ts';
import { neededText, requirePump, requireRule, writtenText } from './names.ts';

/** Where alarms come from. */
export interface AlarmSource<Alarm extends Lived> {
  /** A pump's alarms in order of time, those among them that are pending. */
  alarmsOf(pump: string): Promise<readonly Alarm[]>;
  /** Every pump with readings or in the vendor file. */
  pumps(): Promise<readonly string[]>;
}

/** Who does something, as far as the desk has to be told; `key` makes a repeated request do it once. */
export interface Doer extends Omit<Author, 'at'> {
  /** The longest shelf that this person may set, ms. */
  readonly longestShelfMs: number;
}

/** What is to be set aside; without `forMs` only what is set once, for as long as this person may. */
export interface Shelving extends PumpOrAlarm {
  readonly forMs?: number | undefined;
  readonly once?: boolean | undefined;
  readonly reason?: string | undefined;
}

/** What acts of a request are about. */
interface Meant {
  readonly kind: Act['kind'];
  readonly names: readonly PumpOrAlarm[];
}

/** A review may be this far away. */
const LONGEST_REVIEW_DAYS = 366;
const LEAST_SHELF_MS = 1000;

/**
 * Where people do something about alarms. Each method resolves when it is on disk, with the alarms as they are then. Throws
 * NOT_FOUND for a pump, rule or alarm that is not there, CONFLICT for what can't be done as things stand, USAGE for what
 * can't be understood, STORE_UNAVAILABLE when alarms can't be read or the log can't be written.
 */
export class AlarmDesk<Alarm extends Lived> {
  readonly book: ActBook;
  readonly source: AlarmSource<Alarm>;

  constructor(book: ActBook, source: AlarmSource<Alarm>) {
    this.book = book;
    this.source = source;
  }

  /** Says that alarms were seen; with `forMs` for so long. All of them are one write. */
  async acknowledge(
    asked: readonly Acknowledging[],
    { comment, forMs }: { readonly comment?: string | undefined; readonly forMs?: number | undefined },
    doer: Doer,
  ): Promise<Acknowledged<Alarm>[]> {
    const written = writtenText('comment', comment);
    const at = this.book.now();
    const until = forMs === undefined ? null : at + forMs;
    const renews = written !== null || until !== null;
    const each = await Promise.all(asked.map(async (one) => ({ ...one, alarms: await this.#alarmsOf(one) })));
    let outcomes: readonly Acknowledged<Alarm>['outcome'][] = [];
    await this.#append(doer, { kind: 'acknowledge', names: asked }, at, () => {
      const planned = each.map(({ alarms, ...one }) => acknowledgement(one, this.book.standings(alarms), { renews }));
      outcomes = planned.map(({ outcome }) => outcome);
      return planned.flatMap(({ pump, rule, level, seen }): Deed[] =>
        level === undefined ? [] : [{ kind: 'acknowledge', pump, rule, seen, level, until, comment: written }],
      );
    });
    return each.map(({ pump, rule, alarms }, i) => ({
      pump, rule,
      outcome: outcomes[i] ?? 'acknowledged', // the same request came before
      standings: newest(this.book.standings(alarms)),
    }));
  }

  /** Notes something about an alarm that needs somebody, or about the last one. */
  async comment(name: AlarmName & { readonly comment?: string | undefined }, doer: Doer): Promise<Standing<Alarm>[]> {
    const comment = neededText('comment', name.comment);
    const alarms = await this.#alarmsOf(name);
    await this.#append(doer, { kind: 'comment', names: [name] }, this.book.now(), () => {
      const seen = spansOf(newest(this.book.standings(alarms)));
      return [{ kind: 'comment', pump: name.pump, rule: name.rule, seen, comment }];
    });
    return newest(this.book.standings(alarms));
  }

  /** Sets a pump's alarms of a rule, or all of them, aside for a time; with `once` what goes on now, until it is over or that time has passed. */
  async shelve(
    { pump, rule, once = false, forMs: asked, reason }: Shelving,
    doer: Doer,
  ): Promise<Standing<Alarm>[]> {
    const forMs = asked ?? (once ? doer.longestShelfMs : 0);
    const why = neededText('reason', reason);
    if (!(forMs >= LEAST_SHELF_MS && forMs <= doer.longestShelfMs))
      throw new AppError(
        'USAGE',
        `for: expected a time from 1s to ${formatDuration(doer.longestShelfMs)} (three times alarms.shelve with the role manage, ` +
        `alarms.shelve with operate), got ${formatDuration(forMs)}. A pump under repair is better out of service, which has a review date`,
      );
    const alarms = await this.#alarmsOfPump(pump, rule);
    const at = this.book.now();
    await this.#append(doer, { kind: 'shelve', names: [{ pump, rule }] }, at, () => {
      const active = alarms.filter(({ raised, cleared }) => raised !== null && cleared === null);
      const levels = Object.fromEntries(active.map((alarm) => [alarm.rule, alarm.level]));
      if (once && active.length === 0)
        throw new AppError('CONFLICT', `once: expected an alarm of ${pump} that goes on, but there is none; a shelf for a time covers what comes`);
      const covered = once ? { once: active.map(({ rule: id, from, to }) => ({ rule: id, from, to })) } : {};
      return [{ kind: 'shelve', pump, rule: rule ?? null, levels, until: at + forMs, reason: why, ...covered }];
    });
    return this.#listed(alarms);
  }

  /** Takes them down again. */
  async unshelve(
    { pump, rule, comment }: PumpOrAlarm & { readonly comment?: string | undefined },
    doer: Doer,
  ): Promise<Standing<Alarm>[]> {
    const written = writtenText('comment', comment);
    const alarms = await this.#alarmsOfPump(pump, rule);
    const at = this.book.now();
    await this.#append(doer, { kind: 'unshelve', names: [{ pump, rule }] }, at, () => {
      const shelves = this.book.of(pump).shelves.filter((shelf) => shelf.end > at && isNeeded(shelf, alarms));
      const isMeant = rule === undefined ? shelves.length > 0 : shelves.some((shelf) => shelf.rule === rule);
      const whole = shelves.find((shelf) => shelf.rule === null);
      if (!isMeant && whole)
        throw new AppError('CONFLICT', `${pump} is shelved as a whole by ${whole.by}, not rule by rule: unshelve ${pump} without a rule`);
      if (!isMeant) throw new AppError('CONFLICT', `expected something of ${pump} on the shelf, but there is nothing`);
      return [{ kind: 'unshelve', pump, rule: rule ?? null, comment: written }];
    });
    return this.#listed(alarms);
  }

  /** Takes a pump out until somebody returns it; `review` is a day number. */
  async outOfService(
    { pump, reason, review }: { readonly pump: string; readonly reason?: string | undefined; readonly review: number },
    doer: Doer,
  ): Promise<Standing<Alarm>[]> {
    const why = neededText('reason', reason);
    const at = this.book.now();
    const today = dayOf(this.book.clock.wallTimeAt(at));
    if (review < today || review > today + LONGEST_REVIEW_DAYS)
      throw new AppError(
        'USAGE',
        `review: expected a date from today (${formatDay(today)}) to ${formatDay(today + LONGEST_REVIEW_DAYS)}, got ${formatDay(review)}`,
      );
    const alarms = await this.#alarmsOfPump(pump);
    await this.#append(doer, { kind: 'out-of-service', names: [{ pump }] }, at, () => [{ kind: 'out-of-service', pump, reason: why, review }]);
    return this.#listed(alarms);
  }

  /** Brings a pump back. */
  async return(
    { pump, comment }: { readonly pump: string; readonly comment?: string | undefined },
    doer: Doer,
  ): Promise<Standing<Alarm>[]> {
    const written = writtenText('comment', comment);
    const alarms = await this.#alarmsOfPump(pump);
    await this.#append(doer, { kind: 'return', names: [{ pump }] }, this.book.now(), () => {
      if (!this.book.of(pump).outOfService.some(({ end }) => end === Infinity))
        throw new AppError('CONFLICT', `expected ${pump} to be out of service, but it is not`);
      return [{ kind: 'return', pump, comment: written }];
    });
    return this.#listed(alarms);
  }

  /** Lets go of latched alarms. */
  async reset(name: AlarmName & { readonly comment?: string | undefined }, doer: Doer): Promise<Standing<Alarm>[]> {
    const written = writtenText('comment', name.comment);
    const { pump, rule } = name;
    const alarms = await this.#alarmsOf(name);
    await this.#append(doer, { kind: 'reset', names: [name] }, this.book.now(), () => {
      const standings = this.book.standings(alarms);
      const latched = standings.filter(({ life }) => life.beneath === 'latched');
      const needy = standings.find(({ life }) => life.beneath.endsWith('acknowledged'));
      if (latched.length === 0)
        throw new AppError(
          'CONFLICT',
          `expected a latched alarm ${rule} of ${pump}, ` +
          (needy ? `but it is ${needy.life.beneath}: reset it when it is over and acknowledged` : 'but there is none'),
        );
      return [{ kind: 'reset', pump, rule, seen: spansOf(latched), comment: written }];
    });
    return newest(this.book.standings(alarms));
  }

  /** The alarms of a pump and rule; there is at least one. */
  async #alarmsOf({ pump, rule }: AlarmName): Promise<readonly Alarm[]> {
    // The silence of the whole site is seen like any other alarm; to set all pumps aside at once is not meant by that.
    const all = await this.#alarmsOfPump(pump, rule, [SITE]);
    const raised = all.filter((alarm) => alarm.raised !== null);
    if (raised.length === 0) throw new AppError('NOT_FOUND', `expected an alarm ${rule} of ${pump}, but there has never been one`);
    return raised;
  }

  async #alarmsOfPump(pump: string, rule?: string, more: readonly string[] = []): Promise<readonly Alarm[]> {
    requirePump(pump, [...(await this.source.pumps()), ...more]);
    const alarms = await this.source.alarmsOf(pump);
    if (rule === undefined) return alarms;
    requireRule(rule, [...new Set([...this.book.ruleIds, ...alarms.map((alarm) => alarm.rule)])]);
    return alarms.filter((alarm) => alarm.rule === rule);
  }

  /** Those that are not normal. */
  #listed(alarms: readonly Alarm[]): Standing<Alarm>[] {
    return this.book.standings(alarms).filter(({ life }) => life.state !== 'normal' && life.state !== 'pending');
  }

  /** Throws CONFLICT where the same key came before for something else, which would pass for done. */
  async #append({ by, verified, via, key }: Doer, { kind, names }: Meant, at: number, deeds: () => readonly Deed[]): Promise<void> {
    let isRepeated = true;
    const acts = await this.book.log.append({ at, by, verified, via, key }, () => {
      isRepeated = false;
      return deeds();
    });
    const isMeant = (act: Act) => {
      const rule = 'rule' in act ? act.rule : null;
      return act.kind === kind && names.some((name) => 'pump' in act && name.pump === act.pump && (name.rule ?? null) === rule);
    };
    if (isRepeated && !acts.every(isMeant))
      throw new AppError('CONFLICT', 'Idempotency-Key: expected a new one, as this one came with another request before; nothing was done');
  }
}
