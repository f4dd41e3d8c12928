import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import type { Config } from '../../../app/config/types.ts';
import { AppError } from '../../../domain/errors.ts';
import { tempDir } from '../../support/tempDir.ts';

const SECRET = 'hunter2';

function load(yaml: string, env: Record<string, string> = {}, cwd = tempDir()): Config {
  writeFileSync(join(cwd, 'site.yaml'), yaml);
  return loadConfig({ file: 'site.yaml', env: { WELLWATCH_STORE_KIND: 'hbase', ...env }, cwd });
}

/** The lines of the error, without the first. */
function problems(yaml: string, env: Record<string, string> = {}): string[] {
  try {
    load(yaml, env);
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG') return error.message.split('\n').slice(1).map((line) => line.trim());
    throw error;
  }
  return [];
}

describe('HBase', () => {
  test('has defaults for all but its kind', () => {
    expect(load('').store).toEqual({
      kind: 'hbase',
      url: 'http://127.0.0.1:8080',
      table: 'sensor',
      timeoutMs: 10_000,
      ttl: { data: null, alerts: null },
    });
  });

  test('takes a base path, credentials, TLS files and headers', () => {
    const cwd = tempDir();
    const yaml =
      'store: { url: "https://proxy.example/hbase", table: "field:sensor", timeout: 3s, username: me, tls: { ca: ca.pem, cert: c.pem, ' +
        'key: k.pem }, headers: { X-Team: field, x-site: "7" } }';
    expect(load(yaml, { WELLWATCH_STORE_PASSWORD: SECRET }, cwd).store).toEqual({
      kind: 'hbase', url: 'https://proxy.example/hbase', table: 'field:sensor', timeoutMs: 3000, ttl: { data: null, alerts: null },
      username: 'me', password: SECRET, headers: { 'x-team': 'field', 'x-site': '7' },
      tls: { ca: join(cwd, 'ca.pem'), cert: join(cwd, 'c.pem'), key: join(cwd, 'k.pem') },
    });
  });

  test('has several gateways, as a list or with commas between them, all with TLS or all without', () => {
    const gateways = { url: 'http://g1:8080', others: ['http://g2:8080'] };
    expect(load('store: { url: [http://g1:8080, http://g2:8080] }').store).toMatchObject(gateways);
    expect(load('', { WELLWATCH_STORE_URL: 'http://g1:8080,http://g2:8080' }).store).toMatchObject(gateways);
    expect(problems('store: { url: [http://g1:8080, https://g2:8080] }')).toEqual([
      'store.url: expected all gateways at http:// or all at https://, got both: http://g1:8080, https://g2:8080',
    ]);
  });

  test('is shared by workers that read Kafka and nothing else, and what is not there for them is refused', () => {
    const shared = (more: string) => `store: { shared: true }\nreceivers: { kafka: { brokers: ["k1:9092"] }${more} }\n`;
    expect(load(shared(''))).toMatchObject({ store: { shared: true }, receivers: { directory: false, mqtt: false, kafka: { topic: 'readings' } } });
    expect(load(shared(', directory: false, mqtt: false')).store).toMatchObject({ shared: true });
    const places = (yaml: string) => problems(yaml).map((line) => line.split(':', 1)[0]);
    expect(places('store: { shared: true }')).toEqual(['store.shared']);
    expect(places('store: { kind: embedded, shared: true }')).toEqual(['store.shared']);
    expect(places(`${shared(', directory: { path: inbox }, mqtt: { port: 0 }')}forward: { brokers: ["k1:9092"], topic: t }\nparquet: { path: p }\n` +
      'notify: { channels: { duty: { webhook: "https://h" } } }\nlimits: { journal: 1GB, rejects: { most: 5 } }\nsummary: { report: [duty] }')).toEqual([
      'receivers.directory', 'receivers.mqtt', 'forward', 'parquet', 'limits.journal', 'summary.report', 'limits.rejects',
    ]);
  });

  test('headers of the environment, also from a file, go before those of the configuration, and may be credentials', () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'headers.yaml'), `Authorization: Negotiate ${SECRET}\nx-team: drill\n`);
    const { store } = load(
      'store: { url: "https://b", headers: { X-Team: field, X-Site: a } }',
      { WELLWATCH_STORE_HEADERS_FILE: 'headers.yaml' },
      cwd,
    );
    expect(store).toMatchObject({ headers: { authorization: `Negotiate ${SECRET}`, 'x-team': 'drill', 'x-site': 'a' } });
    expect(load('', { WELLWATCH_STORE_HEADERS: '{ cookie: a=b }' }).store).toMatchObject({ headers: { cookie: 'a=b' } });
  });

  test('an empty mapping of headers is none', () => {
    expect(load('store:\n  headers:\n').store).toMatchObject({ headers: {} });
  });
});

describe('is refused', () => {
  test.each([
    [
      'store: { username: me }',
      {},
      'store.password: expected a password to go with the user name, got nothing; set WELLWATCH_STORE_PASSWORD, or ' +
        'WELLWATCH_STORE_PASSWORD_FILE to a file that holds it',
    ],
    ['', { WELLWATCH_STORE_PASSWORD: SECRET }, 'store.username: expected a user name to go with the password, got nothing'],
    [
      'store: { username: me }',
      { WELLWATCH_STORE_PASSWORD: SECRET, WELLWATCH_STORE_TOKEN: SECRET },
      'store.token: expected either a token, or user name and password, got both',
    ],
    ['store: { username: "a:b" }', { WELLWATCH_STORE_PASSWORD: SECRET }, 'store.username: expected a user name without a colon, got "a:b"'],
    ['', { WELLWATCH_STORE_TOKEN: `${SECRET} x` }, 'store.token: expected a bearer token, one line without blanks, got something else'],
    [
      '',
      { WELLWATCH_STORE_TOKEN: SECRET, WELLWATCH_STORE_HEADERS: '{ Authorization: Basic x }' },
      'store.headers.authorization: expected one way to sign in, got a token as well',
    ],
    [
      `store: { url: "http://me:${SECRET}@h:8080" }`,
      {},
      'store.url: expected no user or password in the URL; set store.username and WELLWATCH_STORE_PASSWORD, or WELLWATCH_STORE_TOKEN',
    ],
    [
      `store: { url: "http://h:8080/?token=${SECRET}" }`,
      {},
      'store.url: expected a URL without ? and #, as paths are appended to it; what lets you in goes into WELLWATCH_STORE_TOKEN or ' +
        'WELLWATCH_STORE_HEADERS',
    ],
    [`store: { url: "http://me:${SECRET}/x@h" }`, {}, 'store.url: expected a URL such as http://127.0.0.1:8080, got "http://…@h"'],
    [`store: { url: "htp://h/?token=${SECRET}" }`, {}, 'store.url: expected a URL such as http://127.0.0.1:8080, got "htp://h/?…"'],
    ['store: { tls: { ca: ca.pem } }', {}, 'store.tls: expected only with an https:// URL; the connection would not be encrypted'],
    ['store: { url: "https://h", tls: { key: k.pem } }', {}, 'store.tls: expected cert and key together, got only key'],
    ['store: { ttl: { data: 1500ms } }', {}, 'store.ttl.data: expected whole seconds up to 2147483646s with HBase, or none, got 1500ms'],
    [
      'store: { ttl: { alerts: 36500d } }',
      {},
      'store.ttl.alerts: expected whole seconds up to 2147483646s with HBase, or none, got 36500d',
    ],
    [
      `store: { headers: { Authorization: ${SECRET} } }`,
      {},
      'store.headers.Authorization: expected credentials in the environment, got some in the file; set WELLWATCH_STORE_HEADERS to "{ ' +
        'Authorization: … }", or WELLWATCH_STORE_HEADERS_FILE to a file that holds that',
    ],
    [
      `store: { headers: { cookie: ${SECRET} } }`,
      {},
      'store.headers.cookie: expected credentials in the environment, got some in the file; set WELLWATCH_STORE_HEADERS to "{ cookie: … ' +
        '}", or WELLWATCH_STORE_HEADERS_FILE to a file that holds that',
    ],
    ['store: { headers: { x-site: 7 } }', {}, 'store.headers.x-site: expected text; put it in quotation marks'],
    [
      'store: { headers: { "x site": a } }',
      {},
      'store.headers.x site: expected the name of an HTTP header, which has neither blanks nor colons',
    ],
    [
      'store: { headers: { x-site: "a\\r\\nb: c" } }',
      {},
      'store.headers.x-site: expected one line of up to 8,192 ASCII characters, without blanks at its ends',
    ],
    ['store: { headers: [a] }', {}, 'store.headers: expected a mapping such as { x-team: field }, got something else'],
    ['', { WELLWATCH_STORE_HEADERS: SECRET }, 'store.headers: expected a mapping such as { x-team: field }, got something else'],
    ['', { WELLWATCH_STORE_HEADERS: '{ a: b' }, 'store.headers: expected a mapping such as { x-team: field }, got something else'],
    [
      'store: { table: "hbase:meta" }',
      {},
      'store.table: expected a table of your own, got hbase:meta: the namespace hbase has the tables that HBase itself lives on',
    ],
    [
      `store: { username: me, password: ${SECRET} }`,
      {},
      'store.password: expected secrets in the environment, got one in the file; set WELLWATCH_STORE_PASSWORD, or ' +
        'WELLWATCH_STORE_PASSWORD_FILE to a file that holds it',
    ],
    ['store: { table: "a/b" }', {}, 'store.table: expected a table name of letters, digits, dot, dash and underscore, got "a/b"'],
  ] as [string, Record<string, string>, string][])('%s %j', (yaml, env, problem) => {
    expect(problems(yaml, env)).toEqual([problem]);
    expect(problem).not.toContain(SECRET);
  });

  test.each([
    'Host',
    'connection',
    'Keep-Alive',
    'TE',
    'transfer-encoding',
    'upgrade',
    'Content-Type',
    'content-length',
    'accept-encoding',
    'proxy-connection',
  ])('the header %s, wherever it stands', (name) => {
    const problem = [`store.headers.${name}: expected no header that wellwatch sets itself, or that holds for one connection only`];
    expect(problems(`store: { headers: { ${name}: x } }`)).toEqual(problem);
    expect(problems('', { WELLWATCH_STORE_HEADERS: `{ ${name}: x }` })).toEqual(problem);
  });
});

describe('is warned of', () => {
  const warnings = (yaml: string, env: Record<string, string> = {}) => load(yaml, env).warnings.map((warning) => warning.split(/[: ]/)[0]);

  test('credentials that go unencrypted to another machine', () => {
    expect(load('store: { url: "http://h:8080" }', { WELLWATCH_STORE_TOKEN: SECRET }).warnings).toEqual([
      'store.url: credentials go to h:8080 unencrypted, and whoever is on the way can read them: use https://',
    ]);
    for (const header of ['authorization', 'x-api-key', 'cookie'])
      expect(warnings('store: { url: "http://h" }', { WELLWATCH_STORE_HEADERS: `{ ${header}: x }` })).toEqual(['store.url']);
    for (const url of ['https://h', 'http://127.0.0.1:8080', 'http://[::1]:8080', 'http://localhost'])
      expect(warnings(`store: { url: "${url}" }`, { WELLWATCH_STORE_TOKEN: SECRET })).toEqual([]);
    expect(warnings('store: { url: "http://h", headers: { x-team: a } }')).toEqual([]);
  });

  test('what has no effect with the embedded store, unless it is the default', () => {
    const embedded = { WELLWATCH_STORE_KIND: 'embedded' };
    expect(warnings('store: { url: "http://127.0.0.1:8080", table: sensor, timeout: 10s }', embedded)).toEqual([]);
    expect(
      warnings('store: { url: "http://h", table: t, timeout: 1s, username: me, tls: { ca: x }, headers: { a: b } }', {
        ...embedded,
        WELLWATCH_STORE_PASSWORD: SECRET,
        WELLWATCH_STORE_TOKEN: SECRET,
      }),
    ).toEqual([
      'store.url',
      'store.table',
      'store.timeout',
      'store.username',
      'store.password',
      'store.token',
      'store.tls',
      'store.headers',
    ]);
    expect(load('', { ...embedded, WELLWATCH_STORE_TABLE: 't' }).warnings).toEqual([
      'store.table has no effect: the embedded store is a folder of the data directory. It is for HBase: set store.kind to hbase if ' +
        'that is meant',
    ]);
  });
});
