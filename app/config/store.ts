import { carrySecrets } from './headers.ts';
import type { Issue } from './issues.ts';
import { isLoopback } from './loopback.ts';
import { STORE_DEFAULTS, type WrittenStore } from './storeSection.ts';
import { tlsProblems } from './tls.ts';
import { formatDuration } from '../../domain/duration.ts';

/** HBase keeps a time to live as a number of seconds in 31 bits; the largest means for ever. */
const LONGEST_TTL = (2 ** 31 - 2) * 1000;

/** Settings of HBase that are right by themselves but don't go together; nothing is concluded from `broken` ones. */
export function storeIssues(store: WrittenStore, broken: readonly string[]): Issue[] {
  if (store.kind === 'embedded') return [];
  const isBroken = (...names: readonly string[]) => broken.some((path) => names.includes(path.split('.')[1]) && path.startsWith('store.'));
  return [
    ...store.url.flatMap((url) => urlIssues(new URL(url))),
    ...(isBroken('url') ? [] : urlsProblems(store.url).map((problem) => issue('url', problem))),
    ...(store.table.startsWith('hbase:')
      ? [issue('table', `expected a table of your own, got ${store.table}: the namespace hbase has the tables that HBase itself lives on`)]
      : []),
    ...(isBroken('username', 'password', 'token', 'headers') ? [] : credentialProblems(store)).map(([name, problem]) =>
      issue(name, problem),
    ),
    ...(isBroken('url') ? [] : tlsProblems(store.tls, new URL(store.url[0]), 'https')).map((problem) => issue('tls', problem)),
    ...(['data', 'alerts'] as const).flatMap((family) => ttlProblems(store.ttl[family]).map((problem) => issue(`ttl.${family}`, problem))),
  ];
}

const issue = (name: string, problem: string): Issue => ({ path: `store.${name}`, problem });

/** What one gateway asks for, the others ask for too. */
function urlsProblems(urls: readonly string[]): string[] {
  const protocols = new Set(urls.map((url) => new URL(url).protocol));
  return protocols.size < 2 ? [] : [`expected all gateways at http:// or all at https://, got both: ${urls.join(', ')}`];
}

function urlIssues(url: URL): Issue[] {
  return [
    ...(url.username === '' && url.password === ''
      ? []
      : [
          issue(
            'url',
            'expected no user or password in the URL; set store.username and WELLWATCH_STORE_PASSWORD, or WELLWATCH_STORE_TOKEN',
          ),
        ]),
    ...(url.search === '' && url.hash === ''
      ? []
      : [
          issue(
            'url',
            'expected a URL without ? and #, as paths are appended to it; what lets you in goes into WELLWATCH_STORE_TOKEN or ' +
            'WELLWATCH_STORE_HEADERS',
          ),
        ]),
  ];
}

/** What somebody may count on although it has no effect, and what others could read on the way. */
export function storeWarnings(store: WrittenStore): string[] {
  if (store.kind === 'embedded') {
    const given = [
      ...(store.url.length > 1 || store.url[0] !== STORE_DEFAULTS.url ? ['url'] : []),
      ...(['table', 'timeout'] as const).filter((name) => store[name] !== STORE_DEFAULTS[name]),
      ...(['username', 'password', 'token', 'tls', 'headers'] as const).filter((name) => store[name] !== undefined),
    ];
    return given.map(
      (name) =>
        `store.${name} has no effect: the embedded store is a folder of the data directory. It is for HBase: set store.kind to ` +
        'hbase if that is meant',
    );
  }
  const secret = store.username !== undefined || store.token !== undefined || carrySecrets(store.headers ?? {});
  return store.url.map((url) => new URL(url)).filter(({ protocol, hostname }) => secret && protocol !== 'https:' && !isLoopback(hostname))
    .map(({ host }) => `store.url: credentials go to ${host} unencrypted, and whoever is on the way can read them: use https://`);
}

/** There is one way in: user and password, a token, or a header of one's own. */
function credentialProblems({ username, password, token, headers = {} }: WrittenStore): [string, string][] {
  const own = headers.authorization !== undefined;
  return [
    ...(username !== undefined && password === undefined
      ? [
          problem(
            'password',
            'expected a password to go with the user name, got nothing; set WELLWATCH_STORE_PASSWORD, or ' +
            'WELLWATCH_STORE_PASSWORD_FILE to a file that holds it',
          ),
        ]
      : []),
    ...(password !== undefined && username === undefined
      ? [problem('username', 'expected a user name to go with the password, got nothing')]
      : []),
    ...(token !== undefined && (username !== undefined || password !== undefined)
      ? [problem('token', 'expected either a token, or user name and password, got both')]
      : []),
    ...(own && (token !== undefined || username !== undefined)
      ? [
          problem(
            'headers.authorization',
            `expected one way to sign in, got ${token === undefined ? 'user name and password' : 'a token'} as well`,
          ),
        ]
      : []),
  ];
}

function problem(name: string, text: string): [string, string] {
  return [name, text];
}

function ttlProblems(ms: number | null): string[] {
  if (ms === null || (ms % 1000 === 0 && ms <= LONGEST_TTL)) return [];
  return [`expected whole seconds up to ${formatDuration(LONGEST_TTL)} with HBase, or none, got ${formatDuration(ms)}`];
}
