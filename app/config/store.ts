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
  const issue = (name: string, problem: string): Issue => ({ path: `store.${name}`, problem });
  const url = new URL(store.url);
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
    ...(store.table.startsWith('hbase:')
      ? [issue('table', `expected a table of your own, got ${store.table}: the namespace hbase has the tables that HBase itself lives on`)]
      : []),
    ...(isBroken('username', 'password', 'token', 'headers') ? [] : credentialProblems(store)).map(([name, problem]) =>
      issue(name, problem),
    ),
    ...(isBroken('url') ? [] : tlsProblems(store.tls, url, 'https')).map((problem) => issue('tls', problem)),
    ...(['data', 'alerts'] as const).flatMap((family) => ttlProblems(store.ttl[family]).map((problem) => issue(`ttl.${family}`, problem))),
  ];
}

/** What somebody may count on although it has no effect, and what others could read on the way. */
export function storeWarnings(store: WrittenStore): string[] {
  if (store.kind === 'embedded') {
    const given = [
      ...(['url', 'table', 'timeout'] as const).filter((name) => store[name] !== STORE_DEFAULTS[name]),
      ...(['username', 'password', 'token', 'tls', 'headers'] as const).filter((name) => store[name] !== undefined),
    ];
    return given.map(
      (name) =>
        `store.${name} has no effect: the embedded store is a folder of the data directory. It is for HBase: set store.kind to ` +
        'hbase if that is meant',
    );
  }
  const url = new URL(store.url);
  const secret = store.username !== undefined || store.token !== undefined || carrySecrets(store.headers ?? {});
  if (!secret || url.protocol === 'https:' || isLoopback(url.hostname)) return [];
  return [`store.url: credentials go to ${url.host} unencrypted, and whoever is on the way can read them: use https://`];
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
