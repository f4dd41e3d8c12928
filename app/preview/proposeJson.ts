import { pathReader } from '../../ingest/decode/mapping/json/path.ts';
import type { Answers, Proposal } from './answers.ts';
import { guessMeasure } from './guessMeasure.ts';
import { lastOf, type Leaf, leavesOf, listPath, type Lists, listsBeside, texts } from './leaves.ts';
import { guessTags } from './tagPattern.ts';
import { guessTime, kindOfTime, unitText } from './guessTime.ts';
import { noSuchPlace, placeFor } from './places.ts';
import { PUMP_NAMES } from './pumpNames.ts';
import { goodWords, measuresOf } from './words.ts';

const MOST_DOCUMENTS = 200;
const MOST_NAMED = 10;
const VALUE_PATH = /(^|\.)(v|val|value)(\.(v|val|value|body|(double|float|integer|int|long)_?value))?$/i;

/** The entry of `formats` for documents of JSON. */
export function proposeJson(documents: readonly unknown[], answers: Answers): Proposal {
  const roots = documents
    .flatMap((document): readonly unknown[] => (Array.isArray(document) ? document : [document]))
    .slice(0, MOST_DOCUMENTS);
  const questions: string[] = [];
  const found: string[] = ['JSON'];
  const each = listPath(roots[0], '');
  const lists = each === undefined ? undefined : listsBeside(each, roots[0]);
  if (lists?.areAll && lists.names.length > 1) return proposeLists(lists, roots, answers);
  const items = each === undefined ? roots : roots.flatMap((root) => (pathReader(each)(root, root) as unknown[] | undefined) ?? []);
  if (each !== undefined) found.push(`a list at ${each}`);
  const unread = (lists?.names ?? []).filter((name) => name !== lastOf(each!));
  if (unread.length > 0)
    questions.push(`${unread.slice(0, MOST_NAMED).join(', ')} ${unread.length > 1 ? 'are lists' : 'is a list'} like ${each}, and an entry reads one: write one list, with the name in each item`);
  const leaves = leavesOf(items.slice(0, MOST_DOCUMENTS));
  const around =
    each === undefined
      ? []
      : leavesOf(roots)
          .filter(([path]) => !path.startsWith(`${each}.`))
          .map(([path, values]): Leaf => [`$.${path}`, values]);
  const time = timeOf([...leaves, ...around], answers, { questions, found });
  const value = valueLeaf(leaves);
  const hasPump = pumpLeaf([...leaves, ...around], answers, questions);
  const tag =
    value &&
    leaves.find(
      ([path, values]) =>
        /(id|tag|tagname|name|n|point|metric|alias)$/i.test(path) && path !== hasPump?.[0] && guessTags(texts(values), hasPump !== undefined, answers),
    );
  const told = { questions, found };
  const body =
    tag && value ? tagged(tag, value, { hasPump: hasPump !== undefined, answers, ...told }) : readings(leaves, time.path, answers, told);
  const quality = qualityOf(leaves, answers, told);
  const pump = body.tagHasPump ? {} : pumpOf(hasPump, answers, questions);
  const entry = {
    kind: 'json',
    ...(each === undefined ? {} : { each }),
    ...pump,
    ...body.entry,
    time: time.entry,
    ...quality,
    measures: body.measures,
  };
  return { entry, questions, found };
}

/** The entry for lists by pump, such as `{"W12": [{…}], "W13": [{…}]}`, or by measure. */
function proposeLists({ parent, names }: Lists, roots: readonly unknown[], answers: Answers): Proposal {
  const questions: string[] = [];
  const areMeasures = names.some((name) => guessMeasure(name) !== undefined);
  const found = ['JSON', `a list for each ${areMeasures ? 'measure' : 'pump'}${parent === '.' ? '' : ` at ${parent}`}: ${names.slice(0, MOST_NAMED).join(', ')}`];
  const told = { questions, found };
  const read = pathReader(parent);
  const items = roots.flatMap((root) => names.flatMap((name) => ((read(root, root) as Readonly<Record<string, unknown[] | undefined>>)[name] ?? [])));
  const leaves = leavesOf(items.slice(0, MOST_DOCUMENTS));
  const time = timeOf(leaves, answers, told);
  const value = valueLeaf(leaves);
  if (areMeasures && !value) questions.push('No path in the lists has the values. Set value in the entry: path');
  const body = areMeasures
    ? {
      ...pumpOf(pumpLeaf(leaves, answers, questions), answers, questions),
      tag: { key: true }, value: { path: value?.[0] ?? 'value' },
      measures: measuresOf(names.map((place) => ({ place, unit: '' })), answers, told),
    }
    : { pump: { key: true }, measures: readings(leaves, time.path, answers, told).measures };
  const { measures, ...where } = body;
  const quality = qualityOf(leaves, answers, told);
  return { entry: { kind: 'json', ...(parent === '.' ? {} : { each: parent }), ...where, time: time.entry, ...quality, measures }, questions, found };
}

/** The path of the values that stand beside their tags. */
function valueLeaf(leaves: readonly Leaf[]): Leaf | undefined {
  return leaves.find(([path, values]) => VALUE_PATH.test(path) && values.some(isNumberLike));
}

interface Told {
  readonly questions: string[];
  readonly found: string[];
}

function timeOf(leaves: readonly Leaf[], { dateOrder }: Answers, { questions, found }: Told) {
  for (const [path, values] of timesFirst(leaves)) {
    const guess = guessTime(texts(values), dateOrder);
    if (!guess) continue;
    if (guess.kind === 'ask')
      questions.push(
        `Is ${guess.example} written ${guess.day} or ${guess.month}? Nothing proves it: say --date-order day or --date-order month`,
      );
    else found.push(`times are ${guess.kind === 'unit' ? unitText(guess.unit) : guess.format} at ${path}`);
    return {
      path,
      entry: guess.kind === 'unit' ? { path, unit: guess.unit } : { path, ...(guess.kind === 'ask' ? {} : { format: guess.format }) },
    };
  }
  questions.push('No path has a time that can be read. Set time in the entry: path, and format or unit');
  return { path: undefined, entry: { path: 'time' } };
}

/** What may have the times: paths that are named so, those of the source before those of servers in between; then texts with dates. */
function timesFirst(leaves: readonly Leaf[]): Leaf[] {
  const isNamed = ([path]: Leaf) => /(^|[._])(t|ts|time|timestamp|date|datetime|at|received_at|zeit)$/i.test(path);
  const isSource = ([path]: Leaf) => /(source|device|event).?time(stamp)?$/i.test(path);
  const isDated = ([, values]: Leaf) => values.every((value) => typeof value === 'string' && kindOfTime(value) === 'both');
  const isCalledTime = ([path]: Leaf) => /time|stamp/i.test(path);
  return [...new Set([isSource, isNamed, isDated, isCalledTime].flatMap((test) => leaves.filter(test)))];
}

function pumpLeaf(leaves: readonly Leaf[], { pumpColumn }: Answers, questions: string[]): Leaf | undefined {
  if (pumpColumn !== undefined) {
    const paths = leaves.map(([path]) => path);
    const place = placeFor(pumpColumn, paths);
    if (place === undefined) questions.push(noSuchPlace('--pump-column', pumpColumn, paths));
    return leaves.find(([path]) => path === place);
  }
  const ids = leaves.filter(([, values]) => values.every((value) => typeof value === 'string'));
  for (const names of PUMP_NAMES) {
    const leaf = ids.find(([path]) => names.test(path.replace(/\.(id|name)$/i, '')));
    if (leaf) return leaf;
  }
  return undefined;
}

function pumpOf(leaf: Leaf | undefined, { pump }: Answers, questions: string[]): Record<string, unknown> {
  if (pump !== undefined) return { pump: { value: pump } };
  if (leaf) return { pump: { path: leaf[0] } };
  questions.push('No path names the pump. Say --pump ID if all of it is of one, or --pump-column PATH; for messages pump: { topic: 2 } takes it from the topic');
  return {};
}

function tagged(
  [path, values]: Leaf,
  [value]: Leaf,
  { hasPump, answers, ...told }: Told & { readonly hasPump: boolean; readonly answers: Answers },
) {
  const guess = guessTags(texts(values), hasPump, answers)!;
  const names = new Set(
    texts(values)
      .map((text) => guess.measureOf(text))
      .filter((name) => name !== undefined),
  );
  told.found.push(`values with their tags at ${path}`);
  return {
    entry: { tag: { path, ...(guess.pattern === undefined ? {} : { pattern: guess.pattern }) }, value: { path: value } },
    measures: measuresOf(
      [...names].map((place) => ({ place, unit: '' })),
      answers,
      told,
    ),
    tagHasPump: guess.pattern !== undefined,
  };
}

function readings(leaves: readonly Leaf[], time: string | undefined, answers: Answers, told: Told) {
  const numbers = leaves.filter(([path, values]) => path !== time && values.some(isNumberLike));
  const names = numbers.map(([path]) => ({ place: path, unit: '', name: lastOf(path) }));
  const asText = numbers.filter(([, values]) => values.some((value) => typeof value === 'string' && isNumberLike(value))).map(([path]) => path);
  if (asText.length > 0) told.found.push(`numbers are written as texts at ${asText.slice(0, 10).join(', ')}: they are taken as numbers`);
  if (numbers.length === 0 && Object.keys(answers.measures).length === 0) told.questions.push('Which paths are measures? Say --measure psi=PATH');
  return { entry: {}, measures: measuresOf(names, answers, told), tagHasPump: false };
}

/** A number, or a text that is written like one, whatever its decimal sign. */
function isNumberLike(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\s*[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d{1,3})?\s*$/.test(value));
}

function qualityOf(leaves: readonly Leaf[], { good: answered }: Answers, { questions, found }: Told): Record<string, unknown> {
  const leaf = leaves.find(([path, values]) => /(^|\.)(q|quality|status|good|statuscode)$/i.test(path) && new Set(values).size <= 20);
  if (!leaf) return {};
  const words = [...new Set(leaf[1].map(String))];
  const good = answered ?? goodWords(words);
  if (good.length === 0) {
    questions.push(`Which words at ${leaf[0]} are good: ${words.slice(0, 8).join(', ')}? Say --good WORD, several with commas`);
    return {};
  }
  found.push(`the quality stands at ${leaf[0]}: ${good.join(', ')} is good of ${words.join(', ')}`);
  return { quality: { path: leaf[0], good: good.map((word) => (word === 'true' ? true : /^\d+$/.test(word) ? Number(word) : word)) } };
}
