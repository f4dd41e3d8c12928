import type { Act, Span } from '../../../../domain/alarm/acts/act.ts';
import type { AlarmState, Lived } from '../../../../domain/alarm/acts/life.ts';
import type { MaintenanceWindow } from '../../../../domain/alarm/acts/maintenanceWindow.ts';

const MINUTE = 60_000;
const SEVERITY = { low: 1, medium: 2, high: 3 };
/** The last minute that the model walks to. */
const END = 200;

interface Question {
  readonly now: number;
  readonly zone: number;
  readonly rule: { readonly acknowledge: boolean; readonly latch: boolean; readonly realarm: number | null };
  readonly windows: readonly MaintenanceWindow[];
}

/**
 * The state of an occurrence, found in another way than the program does: time is a row of minutes, spans and occurrences are
 * sets of them, and what people did is played minute by minute.
 */
export function modelState(one: Lived, acts: readonly Act[], { now, zone, rule, windows }: Question): AlarmState {
  const minuteOfNow = (now + zone) / MINUTE;
  const life = minutes(one.from, one.cleared === null ? Infinity : one.cleared - MINUTE);
  const isOver = one.cleared !== null;
  if (one.raised === null) return isOver ? 'normal' : 'pending';

  // Played through: what covers the occurrence at each minute of the wall clock.
  const shelvedAt = new Set<number>();
  const outAt = new Set<number>();
  const inWindow = new Set(windows.flatMap(({ from, to }) => [...minutes(from, to - MINUTE)]));
  /** One continuous time aside each: number of the act that began it, and its minutes. */
  const times = new Map<string, Set<number>>();
  for (let minute = 0; minute <= END; minute++) {
    const shelves = new Map<string, Act & { kind: 'shelve' }>();
    let out: Act | undefined;
    for (const act of acts) {
      if (act.at + zone > minute * MINUTE) break;
      if (act.kind === 'shelve') shelves.set(act.rule ?? '', act);
      if (act.kind === 'unshelve') {
        if (act.rule === null) shelves.clear();
        else shelves.delete(act.rule);
      }
      if (act.kind === 'out-of-service') out = act;
      if (act.kind === 'return') out = undefined;
    }
    for (const shelf of [shelves.get(''), shelves.get(one.rule)]) {
      if (!shelf || shelf.until + zone <= minute * MINUTE) continue;
      const upTo = shelf.levels[one.rule];
      if (upTo !== undefined && SEVERITY[upTo] < SEVERITY[one.level]) continue;
      shelvedAt.add(minute);
      put(times, `shelf ${shelf.number}`, minute);
    }
    if (out) {
      outAt.add(minute);
      put(times, `out ${out.number}`, minute);
    }
  }

  const acknowledged = acts.some((act) => {
    if (act.kind !== 'acknowledge' || act.rule !== one.rule) return false;
    if (SEVERITY[act.level] < SEVERITY[one.level] || !meets(act.seen, life)) return false;
    const ends = [act.until ?? Infinity, act.at + (rule.realarm ?? Infinity)];
    const runsOut = Math.min(...ends) + zone;
    if (!isOver) return minuteOfNow * MINUTE < runsOut;
    return one.cleared <= runsOut || one.cleared <= act.at + zone;
  });
  const reset = acts.some((act) => act.kind === 'reset' && act.rule === one.rule && meets(act.seen, life));

  let state: AlarmState;
  if (!isOver) state = acknowledged ? 'active-acknowledged' : 'active-unacknowledged';
  else {
    const told = [...minutes(one.raised, one.cleared - MINUTE)];
    const asideWhole = [...times.values(), ...windows.map(({ from, to }) => minutes(from, to - MINUTE))]
      .some((time) => told.every((minute) => time.has(minute)));
    if (one.late || one.suppressed || asideWhole) return 'normal';
    if (rule.acknowledge && !acknowledged) state = 'returned-unacknowledged';
    else if (rule.latch && !reset) state = 'latched';
    else return 'normal';
  }
  if (outAt.has(minuteOfNow)) return 'out-of-service';
  const judgedAt = one.stale ? one.to / MINUTE : minuteOfNow;
  if (one.suppressed || (!isOver && inWindow.has(judgedAt))) return 'suppressed';
  return shelvedAt.has(minuteOfNow) ? 'shelved' : state;
}

function minutes(from: number, to: number): Set<number> {
  const all = new Set<number>();
  for (let minute = from / MINUTE; minute <= Math.min(to / MINUTE, END); minute++) all.add(minute);
  return all;
}

function meets(spans: readonly Span[], life: ReadonlySet<number>): boolean {
  return spans.some(({ from, to }) => [...minutes(from, to)].some((minute) => life.has(minute)));
}

function put(times: Map<string, Set<number>>, key: string, minute: number): void {
  const time = times.get(key) ?? new Set<number>();
  times.set(key, time.add(minute));
}
