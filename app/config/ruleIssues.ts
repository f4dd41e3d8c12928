import { MEASURES } from '../../domain/reading/measures.ts';
import { isMapping } from './file.ts';
import { type Issue, shown } from './issues.ts';
import { RULE_KEYS } from './ruleSection.ts';

type Written = Readonly<Record<string, unknown>>;

/** What a rule can be about, and the keys that go with nothing else. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'below or above': ['below', 'above'],
  'falls or rises': ['falls', 'rises'],
  stuck: ['stuck'],
  range: ['range'],
  deviates: ['deviates'],
  silent: ['silent'],
};

/** Keys that belong to one of these only. */
const BELONGS: Readonly<Record<string, readonly string[]>> = {
  within: ['falls', 'rises'],
  tolerance: ['stuck'],
  over: ['deviates'],
  of: ['deviates'],
  hours: ['deviates'],
  after: ['when'],
};

/** What says nothing of a pump that is silent. */
const NOT_OF_SILENCE = ['measure', 'when', 'after', 'deadband', 'onDelay', 'offDelay', 'repeated'] as const;

/** Rules as they were written: what is wrong with one of them by itself does not hide what is wrong with the others. */
export function ruleIssues(rules: unknown, broken: readonly string[]): Issue[] {
  if (!Array.isArray(rules)) return [];
  const ids = rules.map((rule: unknown) => (isMapping(rule) && typeof rule.id === 'string' ? rule.id : undefined));
  return rules.flatMap((rule: unknown, i) => {
    const id = ids[i];
    const path = `rules[${i}]`;
    return [
      ...(isMapping(rule) ? [...kindIssues(rule, { path, broken }), ...partIssues(rule, path), ...causeIssues(rule, path, ids)] : []),
      ...(id !== undefined && ids.indexOf(id) < i
        ? [{ path: `${path}.id`, problem: `expected an id that no other rule has, got ${shown(id)} again` }]
        : []),
    ];
  });
}

function kindIssues(rule: Written, { path, broken }: { readonly path: string; readonly broken: readonly string[] }): Issue[] {
  const misspelt = Object.keys(rule).some((key) => !RULE_KEYS.includes(key) && broken.includes(`${path}.${key}`));
  const where = typeof rule.id === 'string' ? ` in rule ${rule.id}` : '';
  const given = Object.entries(KINDS)
    .filter(([, keys]) => keys.some((key) => rule[key] !== undefined))
    // Beside `deviates` they are only directions.
    .filter(([kind]) => kind !== 'below or above' || rule.deviates === undefined)
    .map(([kind]) => kind);
  if (given.length === 0 && misspelt) return [];
  if (given.length !== 1) {
    const what = given.length === 0 ? 'none' : given.join(' and ');
    return [{ path, problem: `expected one of ${Object.keys(KINDS).join(', ')}, got ${what}${where}` }];
  }
  const pairs = rule.deviates === undefined ? [['below', 'above'], ['falls', 'rises']] : [];
  const both = pairs.find(([one, other]) => rule[one] !== undefined && rule[other] !== undefined);
  return both ? [{ path, problem: `expected either ${both.join(' or ')}, got both${where}` }] : [];
}

function partIssues(rule: Written, path: string): Issue[] {
  const at = (key: string, problem: string): Issue => ({ path: `${path}.${key}`, problem });
  const silent = rule.silent !== undefined;
  const issues = Object.entries(BELONGS)
    .filter(([key, owners]) => rule[key] !== undefined && !owners.some((owner) => rule[owner] !== undefined))
    .map(([key, owners]) => at(key, `expected only beside ${owners.join(' or ')}`));
  if (silent)
    issues.push(...NOT_OF_SILENCE.filter((key) => rule[key] !== undefined).map((key) => at(key, 'expected nothing beside silent')));
  else if (rule.measure === undefined) issues.push(at('measure', `expected one of ${MEASURES.join(', ')}, got nothing`));
  if ((rule.falls ?? rule.rises) !== undefined && rule.within === undefined)
    issues.push(at('within', 'expected the longest time that the change may take, such as 5m, got nothing'));
  if (rule.repeated !== undefined && (rule.onDelay ?? 0) === 0)
    issues.push(at('repeated', 'expected only beside an onDelay: without one each breach is an alarm at once'));
  return [...issues, ...(['below', 'above'] as const).flatMap((side) => limitIssues(rule, side, at))];
}

function limitIssues(rule: Written, side: 'below' | 'above', at: (key: string, problem: string) => Issue): Issue[] {
  const limit = rule[side];
  if (limit === undefined) return [];
  const beside = rule.deviates !== undefined;
  if (beside !== (limit === true))
    return [at(side, `expected ${beside ? 'true beside deviates' : 'a limit such as 5'}, got ${shown(limit)}`)];
  if (!isMapping(limit)) return [];
  const levels = ['low', 'medium', 'high'].flatMap((priority) => (typeof limit[priority] === 'number' ? [limit[priority]] : []));
  const inOrder = levels.every((level, i) => i === 0 || (side === 'below' ? level < levels[i - 1] : level > levels[i - 1]));
  return [
    ...(inOrder ? [] : [at(side, `expected a ${side === 'below' ? 'lower' : 'higher'} limit for each higher priority`)]),
    ...(rule.priority === undefined ? [] : [at('priority', 'expected none beside levels, each of which is a priority')]),
  ];
}

function causeIssues({ suppressedBy, id }: Written, path: string, ids: readonly (string | undefined)[]): Issue[] {
  if (!Array.isArray(suppressedBy)) return [];
  return suppressedBy.flatMap((cause: unknown, i) =>
    typeof cause !== 'string' || (ids.includes(cause) && cause !== id)
      ? []
      : [{ path: `${path}.suppressedBy[${i}]`, problem: `expected the id of another rule, got ${shown(cause)}` }]);
}
