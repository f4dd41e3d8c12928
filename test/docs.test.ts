import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildProgram } from '../app/cli/program.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROOMS = ['app', 'batch', 'data', 'deploy', 'docs', 'domain', 'ingest', 'query', 'storage', 'test'];
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'data/README.md',
  'deploy/hbase/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];

const sources = ROOMS.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((path) => `${room}/${path}`),
);

/** Paths that a text speaks of: below one of the project's folders, in backticks, in a drawing or a shell line. */
function namedPaths(text: string): string[] {
  const path = new RegExp(`(?<![\\w./@-])(?:${ROOMS.join('|')})/[\\w./*{},-]*`, 'g');
  return [...text.matchAll(path)].flatMap(([found]) => alternatives(found.replace(/[.,]+$/, '')));
}

/** `a/{b,c}.ts` is `a/b.ts` and `a/c.ts`; of `a/*.test.ts` and of `a/NAME/` the folder counts. */
function alternatives(path: string): string[] {
  const braces = /^([^{]*)\{([^}]*)\}(.*)$/.exec(path);
  if (braces) return braces[2].split(',').flatMap((part) => alternatives(`${braces[1]}${part.trim()}${braces[3]}`));
  return [path.replace(/(?<=\/)([^/]*\*|[A-Z]+\b(?!\.)).*$/, '')];
}

/** Whether a file, a folder, or a file without its `.ts` is there. */
const isThere = (path: string) => ['', '.ts', '.test.ts'].some((end) => existsSync(join(root, path + end)));

test.each(pages)('every path that %s names exists', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const paths = new Set(namedPaths(text));
  expect([...paths].filter((path) => !isThere(path))).toEqual([]);
});

test.each(pages)('every source file that %s names by its end, such as `job/steps.ts`, exists', (page) => {
  const ends = [...readFileSync(join(root, page), 'utf8').matchAll(/`([\w./{},-]+\.tsx?)`/g)].flatMap(([, end]) => alternatives(end));
  expect(ends.filter((end) => !sources.some((source) => `/${source}`.endsWith(`/${end}`)))).toEqual([]);
});

test.each(pages)('every relative link of %s leads to a file', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const targets = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target]) => target);
  expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
});

/** The calls of `wellwatch` in a page's code: the words behind it, up to what a shell does not give to it. */
function calls(text: string): string[][] {
  const code = [...text.matchAll(/^```[^\n]*\n(.*?)^```|`([^`\n]+)`/gms)].map(([, block = '', span = '']) => block.replace(/(^|\s)#.*/gm, '') + span);
  return code.flatMap((piece) => [...piece.matchAll(/(?<![\w/.-])(?:npx )?wellwatch ((?:wellwatch )?[a-z][^\n|;&#`]*)/g)])
    .map(([, words]) => words.replace(/"[^"]*"|'[^']*'/g, 'TEXT').split(/\s+/).filter((word) => word !== 'wellwatch' && word !== ''));
}

/** What is wrong with a call, or undefined. */
function mistake(words: readonly string[]): string | undefined {
  const program = buildProgram(() => undefined);
  const command = program.commands.find((each) => each.name() === words[0]);
  if (!command) return words[0] === 'help' ? undefined : `there is no command ${words[0]}`;
  const part = command.commands.find((each) => each.name() === words[1]) ?? command;
  const known = [program, command, part].flatMap(({ options }) => options.map(({ long }) => long)).concat('--help');
  const unknown = words.filter((word) => word.startsWith('--')).map((word) => word.replace(/[^\w-].*$/, '')).find((flag) => !known.includes(flag));
  return unknown && `${words.join(' ')}: there is no ${unknown}`;
}

test.each(pages)('every call of wellwatch in %s is one that it takes: command and flags', (page) => {
  expect(calls(readFileSync(join(root, page), 'utf8')).map(mistake).filter((each) => each !== undefined)).toEqual([]);
});

test('calls are found, and mistakes in them', () => {
  expect(calls(readFileSync(join(root, 'docs/operator.md'), 'utf8')).length).toBeGreaterThan(10);
  expect(calls('`sudo -u wellwatch wellwatch alarms ack A low-psi --comment "so --what"`')).toEqual([['alarms', 'ack', 'A', 'low-psi', '--comment', 'TEXT']]);
  expect([['alrms'], ['alerts', '--pumps', 'A'], ['alarms', 'ack', 'A', 'r', '--comment', 'x']].map(mistake)).toEqual([
    'there is no command alrms', 'alerts --pumps A: there is no --pumps', undefined,
  ]);
});

test('of what the pages name, a good part is paths', () => {
  expect(namedPaths('`domain/{errors,nothing}.ts` and app/cli.ts, data/*.csv.')).toEqual([
    'domain/errors.ts',
    'domain/nothing.ts',
    'app/cli.ts',
    'data/',
  ]);
  expect(namedPaths(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')).length).toBeGreaterThan(50);
});

test('the guided reading is read in an afternoon: a dozen files, 1,500 lines at most', () => {
  const rows = readFileSync(join(root, 'docs/reading.md'), 'utf8').match(/^\| \d+ \| \[[^\]]+\]\(\.\.\/([^)]+)\)/gm) ?? [];
  const files = rows.map((row) => /\(\.\.\/([^)]+)\)/.exec(row)![1]);
  const lines = files.map((file) => readFileSync(join(root, file), 'utf8').split('\n').length - 1);
  expect(files.length).toBeGreaterThanOrEqual(10);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1500);
});

test('each line of what strangers can do names the tests that show it, but for what the system forbids', () => {
  const rows = readFileSync(join(root, 'docs/security.md'), 'utf8').split('\n').filter((line) => /^\| (?!who \|)[^-]/.test(line) && !line.endsWith('| a setting of the system |'));
  expect(rows.length).toBeGreaterThan(15);
  for (const row of rows) {
    const tests = namedPaths(row).filter((path) => path.startsWith('test/'));
    expect(tests, row).not.toEqual([]);
    expect(tests.filter((path) => !existsSync(join(root, path))), row).toEqual([]);
  }
});
