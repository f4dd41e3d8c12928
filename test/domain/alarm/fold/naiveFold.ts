import type { AlarmRule } from '../../../../domain/alarm/fold/alarmRule.ts';

/** A reading as the model sees it; a missing cell is undefined. */
export interface Reading {
  readonly time: number;
  readonly psi: number | undefined;
  readonly hz: number | undefined;
}

/** An alarm as far as the model tells of it. */
export interface ModelAlarm {
  readonly from: number;
  readonly raised: number;
  readonly returned: number | null;
  readonly cleared: number | null;
  readonly worst: number | null;
  readonly worstAt: number | null;
  readonly readings: number;
  readonly priority: string;
}

/** A reading that says something for the rule: how far it is out, level by level, and what people see of it. */
interface Said {
  readonly time: number;
  readonly x: number;
  readonly value: number;
  /** When that was. */
  readonly at: number;
  readonly weight: number;
  /** Where an alarm that begins with it begins. */
  readonly from: number;
}

interface Limit { readonly priority: string; readonly beyond: number; readonly back: number }

/** A run of readings that breach a level: from the index `a` to the index `b`, which is back, or the number of readings. */
interface Run { readonly a: number; readonly b: number }

interface Span { readonly raised: number; readonly cleared: number | null; readonly runs: readonly Run[] }

/**
 * The alarms of a rule, a second time: written from what the contract says in words, over all readings at once, looking back
 * to the beginning for each. `readings` in order of time; after `known` nothing is known.
 */
export function naiveAlarms(rule: AlarmRule, readings: readonly Reading[], known: number): ModelAlarm[] {
  const { condition } = rule;
  if (condition.kind === 'silent') return naiveSilences(rule, readings);
  const all = counted(rule, readings);
  const said = condition.kind === 'deviates' ? saidByMedians(rule, all, known) : saidByReadings(rule, all);
  const limits = limitsOf(rule);
  const clock = { said, known, hold: condition.kind === 'deviates' ? condition.overMs : rule.holdMs };
  const [outer, ...inner] = limits.map((limit, k) => spansOf(rule, runsOf(said, limit), { ...clock, repeats: k === 0 }));
  return outer.map(({ raised, cleared, runs }) => {
    const beyond = runs.flatMap(({ a, b }) => said.slice(a, b)).filter(({ x }) => x > limits[0].beyond);
    const farthest = Math.max(...beyond.map(({ x }) => x));
    const worst = beyond.find(({ x }) => x === farthest)!;
    const lastRun = runs[runs.length - 1];
    const within = (span: Span) => span.runs[0].a >= runs[0].a && span.runs[0].a < lastRun.b;
    const at = limits.map((_, k) => k === 0 || inner[k - 1].some((span) => within(span) && (cleared !== null || span.cleared === null)));
    return {
      from: said[runs[0].a].from,
      raised,
      returned: lastRun.b < said.length ? said[lastRun.b].time : null,
      cleared,
      worst: worst.value,
      worstAt: worst.at,
      readings: beyond.reduce((sum, { weight }) => sum + weight, 0),
      priority: limits[at.lastIndexOf(true)].priority,
    };
  });
}

interface Counted { readonly time: number; readonly value: number; readonly counts: boolean; readonly since: number }

/** The readings that say something, and whether the rule counts there; `since` is from when on it has. */
function counted(rule: AlarmRule, readings: readonly Reading[]): Counted[] {
  const all = readings.flatMap(({ time, psi, hz }) => {
    if (psi === undefined || (rule.when && hz === undefined)) return [];
    return [{ time, value: psi, holds: !rule.when || hz! > 0 }];
  });
  const counts = all.map(({ holds }, i) => {
    if (!holds) return false;
    if (!rule.when) return true;
    let first = i;
    while (first > 0 && all[first - 1].holds) first--;
    let held = 0;
    for (let j = first; j < i; j++) held += Math.min(all[j + 1].time - all[j].time, rule.holdMs);
    return held >= rule.afterMs;
  });
  return all.map(({ time, value }, i) => {
    let first = i;
    while (first > 0 && counts[first - 1]) first--;
    return { time, value, counts: counts[i], since: all[first].time };
  });
}

function saidByReadings(rule: AlarmRule, readings: readonly Counted[]): Said[] {
  return readings.map(({ time, value, counts, since }, i) => {
    const x = counts ? distance(rule, readings.slice(0, i + 1).filter((other) => other.counts && other.time >= since)) : -Infinity;
    return { time, x, value: rule.condition.kind === 'change' ? x : value, at: time, weight: 1, from: time };
  });
}

/** How far the last of the readings is out. */
function distance({ condition, holdMs }: AlarmRule, readings: readonly Counted[]): number {
  const { time, value } = readings[readings.length - 1];
  switch (condition.kind) {
    case 'limit': return condition.side === 'above' ? value : -value;
    case 'range': return Math.max(condition.low - value, value - condition.high);
    case 'change': {
      const others = readings.slice(0, -1).filter((other) => other.time >= time - condition.withinMs);
      return Math.max(-Infinity, ...others.map((other) => (condition.direction === 'falls' ? other.value - value : value - other.value)));
    }
    case 'stuck': {
      const start = time - condition.forMs;
      const within = readings.filter((other) => other.time >= start);
      const values = within.map((other) => other.value);
      let known = 0;
      readings.forEach((other, i) => {
        const end = Math.min(other.time + holdMs, readings[i + 1]?.time ?? other.time);
        known += Math.max(0, end - Math.max(other.time, start));
      });
      const flat = Math.max(...values) - Math.min(...values) <= condition.tolerance;
      return within.length >= 3 && flat && known >= 0.9 * condition.forMs ? 1 : -1;
    }
    default: throw new Error(`no reading decides ${condition.kind}`);
  }
}

const DAY = 86_400_000;

function saidByMedians(rule: AlarmRule, readings: readonly Counted[], known: number): Said[] {
  const { condition } = rule;
  if (condition.kind !== 'deviates') return [];
  const { overMs, days, factor, side, inARow } = condition;
  const until = Math.max(known, ...readings.map(({ time }) => time));
  const spans = new Map<number, number[]>();
  for (const { time, value, counts } of readings) {
    const start = time - (time % overMs);
    if (counts) spans.set(start, [...(spans.get(start) ?? []), value]);
  }
  const medians = [...spans].filter(([start, values]) => values.length >= 3 && start + overMs <= until)
    .map(([start, values]) => ({ start, median: middle(values), weight: values.length }));
  const judged = medians.flatMap((span) => {
    const day = Math.floor(span.start / DAY);
    const before = medians.filter((other) => Math.floor(other.start / DAY) < day && Math.floor(other.start / DAY) >= day - days);
    if (before.length < 20) return [];
    const usual = middle(before.map(({ median }) => median));
    const reach = factor * 1.4826 * middle(before.map(({ median }) => Math.abs(median - usual)));
    const out = span.median - usual;
    return [{ ...span, x: (side === 'both' ? Math.abs(out) : side === 'below' ? -out : out) - reach }];
  });
  const all = judged.map(({ start, median, weight, x }) =>
    ({ time: start + overMs, at: start + overMs, x, value: median, weight, from: start }));
  return inRows(all, { inARow, deadband: rule.deadband });
}

/** Too few in a row are none; of enough in a row the last stands for all. */
function inRows(all: readonly Said[], { inARow, deadband }: { inARow: number; deadband: number }): Said[] {
  let row: Said[] = [];
  let breach = false;
  return all.map((one) => {
    if (breach) {
      breach = one.x > -deadband;
      return one;
    }
    row = one.x > 0 ? [...row, one] : [];
    if (row.length < inARow) return { ...one, x: -Infinity };
    const farthest = row.reduce((worst, other) => (other.x > worst.x ? other : worst));
    const whole = { ...farthest, time: one.time, from: row[0].from, weight: row.reduce((sum, { weight }) => sum + weight, 0) };
    row = [];
    breach = true;
    return whole;
  });
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
}

function limitsOf({ condition, deadband, priority }: AlarmRule): Limit[] {
  switch (condition.kind) {
    case 'limit':
      return condition.levels.map(({ priority: level, threshold }) => {
        const beyond = condition.side === 'above' ? threshold : -threshold;
        return { priority: level, beyond, back: beyond - deadband };
      });
    case 'change': return [{ priority, beyond: condition.by, back: condition.by - deadband }];
    default: return [{ priority, beyond: 0, back: -(condition.kind === 'stuck' ? 0 : deadband) }];
  }
}

/** A reading breaches a level when it, or the last one before it that is not between limit and deadband, is beyond. */
function runsOf(said: readonly Said[], { beyond, back }: Limit): Run[] {
  const breach = said.map((_, i) => {
    for (let j = i; j >= 0; j--) {
      if (said[j].x > beyond) return true;
      if (said[j].x <= back) return false;
    }
    return false;
  });
  const runs: Run[] = [];
  breach.forEach((is, a) => {
    if (!is || breach[a - 1]) return;
    const end = breach.indexOf(false, a);
    runs.push({ a, b: end < 0 ? said.length : end });
  });
  return runs;
}

interface Clock { readonly said: readonly Said[]; readonly known: number; readonly hold: number; readonly repeats: boolean }

function spansOf(rule: AlarmRule, runs: readonly Run[], clock: Clock): Span[] {
  const { said } = clock;
  const spans: Span[] = [];
  let short: Run[] = [];
  for (let r = 0; r < runs.length; r++) {
    const { a, b } = runs[r];
    const earlier = short.filter((run) => said[run.a].time >= said[a].time - (rule.repeated?.withinMs ?? 0));
    const repeated = clock.repeats && rule.repeated !== null && earlier.length + 1 >= rule.repeated.times;
    const raised = repeated ? said[a].time : reached(clock, a, b, rule.onDelayMs);
    if (raised === null) {
      short = [...short, runs[r]];
      continue;
    }
    const parts = [...(repeated ? earlier : []), runs[r]];
    short = [];
    let cleared = b < said.length ? reached(clock, b, runs[r + 1]?.a ?? said.length, rule.offDelayMs) : null;
    while (cleared === null && r + 1 < runs.length) {
      r++;
      parts.push(runs[r]);
      cleared = runs[r].b < said.length ? reached(clock, runs[r].b, runs[r + 1]?.a ?? said.length, rule.offDelayMs) : null;
    }
    spans.push({ raised, cleared, runs: parts });
  }
  return spans;
}

/** The moment when a delay that begins with reading `a` has passed in known time, if it is not after reading `b`. */
function reached({ said, known, hold }: Clock, a: number, b: number, delay: number): number | null {
  if (delay === 0) return said[a].time;
  let passed = 0;
  for (let i = a; i < b; i++) {
    const next = i + 1 < said.length ? said[i + 1].time : Math.max(known, said[i].time);
    const step = Math.min(next - said[i].time, hold);
    if (passed + step >= delay) return said[i].time + delay - passed;
    passed += step;
  }
  return null;
}

function naiveSilences({ condition, priority }: AlarmRule, readings: readonly Reading[]): ModelAlarm[] {
  if (condition.kind !== 'silent') return [];
  return readings.slice(1).flatMap(({ time }, i) => {
    const from = readings[i].time;
    if (time - from <= condition.afterMs) return [];
    return [{ from, raised: from + condition.afterMs, returned: time, cleared: time, worst: null, worstAt: null, readings: 0, priority }];
  });
}
