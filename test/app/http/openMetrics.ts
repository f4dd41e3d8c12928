/** What an OpenMetrics text says. */
export interface OpenMetrics {
  /** By name and labels, as they stand there. */
  readonly samples: ReadonlyMap<string, number>;
  /** By family. */
  readonly types: ReadonlyMap<string, string>;
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count', '_created'],
};
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const SAMPLE = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{${LABEL}(?:,${LABEL})*\\})? (\\S+)$`);

/**
 * Reads OpenMetrics 1.0 as far as it is used here, and throws at what it does not allow:
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function openMetrics(text: string): OpenMetrics {
  if (!text.endsWith('# EOF\n')) throw new Error('expected # EOF at the end');
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  let family = '';
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const [, what, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (what !== undefined) {
      if (what === 'TYPE' && types.has(name)) throw new Error(`${name} has two types`);
      if (what === 'TYPE') types.set(name, rest);
      family = name;
      continue;
    }
    const [, sample, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (sample === undefined) throw new Error(`expected a sample, got ${line}`);
    const type = types.get(family);
    if (!sample.startsWith(family) || !type || !SUFFIXES[type].includes(sample.slice(family.length)))
      throw new Error(`${line} stands in ${type} ${family}`);
    if (samples.has(sample + labels)) throw new Error(`${sample}${labels} stands there twice`);
    if (Number.isNaN(Number(value))) throw new Error(`expected a number: ${line}`);
    samples.set(sample + labels, Number(value));
  }
  return { samples, types };
}
