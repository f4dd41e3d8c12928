import { pathReader } from '../../ingest/decode/mapping/json/path.ts';
import type { Answers, Proposal } from './answers.ts';
import { guessTags } from './tagPattern.ts';
import { guessTime, unitText } from './guessTime.ts';
import { noSuchPlace, placeFor } from './places.ts';
import { goodWords, measuresOf } from './words.ts';

type Leaf = readonly [path: string, values: readonly unknown[]];

const DEEPEST = 6;
const MOST_DOCUMENTS = 200;

/** The entry of `formats` for documents of JSON. */
export function proposeJson(documents: readonly unknown[], answers: Answers): Proposal {
  const roots = documents
    .flatMap((document): readonly unknown[] => (Array.isArray(document) ? document : [document]))
    .slice(0, MOST_DOCUMENTS);
  const questions: string[] = [];
  const found: string[] = ['JSON'];
  const each = listPath(roots[0], '');
  const items = each === undefined ? roots : roots.flatMap((root) => (pathReader(each)(root, root) as unknown[] | undefined) ?? []);
  if (each !== undefined) found.push(`a list at ${each}`);
  const leaves = leavesOf(items);
  const around =
    each === undefined
      ? []
      : leavesOf(roots)
          .filter(([path]) => !path.startsWith(`${each}.`))
          .map(([path, values]): Leaf => [`$.${path}`, values]);
  const time = timeOf([...leaves, ...around], answers, { questions, found });
  const value = leaves.find(([path]) => /(^|\.)(v|val|value)$/i.test(path));
  const hasPump = pumpLeaf([...leaves, ...around], answers, questions);
  const tag =
    value &&
    leaves.find(
      ([path, values]) =>
        /(id|tag|tagname|name|n|point|metric)$/i.test(path) && path !== hasPump?.[0] && guessTags(texts(values), hasPump !== undefined),
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

interface Told {
  readonly questions: string[];
  readonly found: string[];
}

/** The path of the first list of objects. */
function listPath(value: unknown, path: string, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return path !== '' && typeof value[0] === 'object' && value[0] !== null ? path : undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = listPath(inner, path === '' ? name : `${path}.${name}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The values at the end of each path of some documents. */
function leavesOf(items: readonly unknown[]): Leaf[] {
  const leaves = new Map<string, unknown[]>();
  const visit = (value: unknown, path: string, depth: number): void => {
    if (Array.isArray(value) || depth > DEEPEST) return;
    if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`, depth + 1);
    else if (path !== '') leaves.set(path, [...(leaves.get(path) ?? []), value]);
  };
  for (const item of items.slice(0, MOST_DOCUMENTS)) visit(item, '', 0);
  return [...leaves];
}

function texts(values: readonly unknown[]): string[] {
  return [...new Set(values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String))];
}

function timeOf(leaves: readonly Leaf[], { dateOrder }: Answers, { questions, found }: Told) {
  for (const [path, values] of leaves) {
    const guess = /(^|[._])(t|ts|time|timestamp|date|datetime|at|received_at|zeit)$/i.test(path)
      ? guessTime(texts(values), dateOrder)
      : undefined;
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

function pumpLeaf(leaves: readonly Leaf[], { pumpColumn }: Answers, questions: string[]): Leaf | undefined {
  if (pumpColumn !== undefined) {
    const paths = leaves.map(([path]) => path);
    const place = placeFor(pumpColumn, paths);
    if (place === undefined) questions.push(noSuchPlace('--pump-column', pumpColumn, paths));
    return leaves.find(([path]) => path === place);
  }
  const ids = leaves.filter(([, values]) => values.every((value) => typeof value === 'string'));
  return ids.find(([path]) => /(pump|well|device_?id|device|asset|resourceid|station|host)$/i.test(path));
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
  const guess = guessTags(texts(values), hasPump)!;
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

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
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
