import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkForRun, loadConfig } from '../../../app/config/load.ts';
import type { Config } from '../../../app/config/types.ts';
import { addToken } from '../../../app/access/tokens.ts';
import { AppError } from '../../../domain/errors.ts';
import { PLAIN } from '../../support/rules.ts';
import { tempDir } from '../../support/tempDir.ts';

function load(yaml: string, env: Record<string, string> = {}, cwd = tempDir()): Config {
  writeFileSync(join(cwd, 'site.yaml'), yaml);
  return loadConfig({ file: 'site.yaml', env, cwd });
}

/** The lines of the error, without the first. */
function problems(yaml: string, env: Record<string, string> = {}, cwd?: string): string[] {
  try {
    load(yaml, env, cwd);
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG') return error.message.split('\n').slice(1).map((line) => line.trim());
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('hold for every key, so that no file is needed', () => {
    expect(loadConfig({ env: {}, cwd: '/site' })).toEqual({
      site: { name: hostname(), timezone: 'America/Chicago' },
      dataDir: '/site/var',
      batchInterval: 2000,
      window: { lengthMs: 6000, slideMs: 2000 },
      limits: {
        maxRowsPerStep: 65_536, maxRate: Infinity, journal: 10e9, disk: Infinity, latenessMs: 3_600_000, futureMs: 86_400_000,
        rejects: { most: 100_000, ageMs: 90 * 86_400_000 },
      },
      formats: [],
      receivers: {
        directory: { path: '/site/var/inbox', settle: 'auto', formats: [] },
        mqtt: { broker: 'embedded', host: '127.0.0.1', port: 1883, topics: [{ topic: 'pumps/+/readings' }], clientId: 'wellwatch' },
        kafka: false,
      },
      forward: false,
      reference: {
        pumps: '/site/reference/sensorvendor.csv',
        maintenance: '/site/reference/sensormaint.csv',
        configured: { pumps: false, maintenance: false },
      },
      store: { kind: 'embedded', ttl: { data: null, alerts: null } },
      rules: [{ id: 'low-psi', measure: 'psi', comparison: 'below', threshold: 5, pumps: '*', priority: 'high' }],
      alarms: {
        rules: [PLAIN, {
          ...PLAIN, id: 'psi-low-for-this-pump', priority: 'low', acknowledge: false,
          condition: { kind: 'deviates', factor: 4, side: 'below', overMs: 3_600_000, days: 14, inARow: 2 },
        }],
        holdMs: 300_000, shelveMs: 8 * 3_600_000, lateMs: 3_600_000,
      },
      maintenance: [],
      notify: {
        channels: {}, routes: [], smtp: undefined, heartbeat: undefined, page: 'http://127.0.0.1:8090', nothingReceivedMs: 86_400_000,
      },
      summary: { at: '00:30', report: [] },
      sql: { memory: 512_000_000, rows: 100_000, timeoutMs: 30_000 },
      parquet: false,
      http: { host: '127.0.0.1', port: 8090, tokens: '/site/var/tokens.json' },
      log: { level: 'info' },
      warnings: [],
    });
  });

  test('every key of the configuration may stand in one file; what has no effect with the embedded broker is a warning', () => {
    const cwd = tempDir();
    mkdirSync(join(cwd, 'reference'));
    for (const name of ['sensorvendor.csv', 'sensormaint.csv']) writeFileSync(join(cwd, 'reference', name), '');
    const config = load(
      `
receivers:
  mqtt: { url: embedded, host: 0.0.0.0, port: 1883, users: users.json, topic: pumps/+/readings, clientId: wellwatch, connections: 1, protocol: 5, username: gateway, tls: { ca: ca.pem, cert: server.pem, key: server.key } }
reference: { pumps: reference/sensorvendor.csv, maintenance: reference/sensormaint.csv }
store: { kind: embedded, url: http://127.0.0.1:8080, table: sensor, timeout: 10s, ttl: { data: none, alerts: none } }
http: { host: 127.0.0.1, port: 8090, tokens: var/tokens.json }
`,
      {},
      cwd,
    );
    expect(config.receivers.mqtt).toEqual({
      broker: 'embedded',
      host: '0.0.0.0',
      port: 1883,
      topics: [{ topic: 'pumps/+/readings' }],
      clientId: 'wellwatch',
      users: join(cwd, 'users.json'),
      tls: { ca: join(cwd, 'ca.pem'), cert: join(cwd, 'server.pem'), key: join(cwd, 'server.key') },
    });
    expect(config.warnings.map((warning) => warning.split(' ')[0])).toEqual(['receivers.mqtt.username']);
  });

  test('users and host are for the embedded broker: with another one they are warnings', () => {
    const { warnings } = load('receivers: { mqtt: { url: "mqtt://broker", users: users.json, host: 10.0.0.1 } }');
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(['receivers.mqtt.users', 'receivers.mqtt.host']);
  });

  test('the port of the embedded broker does not matter with a broker of your own', () => {
    expect(
      load('receivers: { mqtt: { port: 1883 } }', { WELLWATCH_RECEIVERS_MQTT_URL: 'mqtt://127.0.0.1:1884' }).receivers.mqtt,
    ).toMatchObject({ broker: 'external', url: 'mqtt://127.0.0.1:1884' });
  });

  test.each(['', '# nothing', 'http:\nreceivers:\n  mqtt:\n'])('hold for an empty file or section: %j', (yaml) => {
    const cwd = tempDir();
    expect(load(yaml, {}, cwd)).toEqual(loadConfig({ env: {}, cwd }));
  });

  test('a window is three batch intervals long and slides by one', () => {
    expect(load('batchInterval: 500ms').window).toEqual({ lengthMs: 1500, slideMs: 500 });
  });

  test('inbox and tokens lie in the data directory', () => {
    const config = load('dataDir: /srv/pumps');
    expect(config.receivers.directory).toMatchObject({ path: '/srv/pumps/inbox' });
    expect(config.http).toMatchObject({ tokens: '/srv/pumps/tokens.json' });
  });

  test('of a command lie below what somebody configures', () => {
    const defaults = { dataDir: 'var/demo' };
    expect(loadConfig({ defaults, env: {}, cwd: '/site' }).dataDir).toBe('/site/var/demo');
    expect(loadConfig({ defaults, env: { WELLWATCH_DATA_DIR: 'mine' }, cwd: '/site' }).dataDir).toBe('/site/mine');
  });

  test('are frozen all the way down', () => {
    const config = loadConfig({ env: {}, cwd: '/site' });
    expect([config, config.limits, config.receivers.mqtt, config.rules, config.rules[0]].every(Object.isFrozen)).toBe(true);
  });
});

describe('values', () => {
  test.each([
    ['batchInterval: 1m', (c: Config) => c.batchInterval, 60_000],
    ['limits: { journal: 512MB }', (c: Config) => c.limits.journal, 512e6],
    ['limits: { journal: 64 KiB }', (c: Config) => c.limits.journal, 65_536],
    ['limits: { journal: none }', (c: Config) => c.limits.journal, Infinity],
    ['limits: { maxRate: 5000 }', (c: Config) => c.limits.maxRate, 5000],
    ['limits: { maxRate: none }', (c: Config) => c.limits.maxRate, Infinity],
    ['limits: { rejects: { most: 10, age: 1d } }', (c: Config) => c.limits.rejects, { most: 10, ageMs: 86_400_000 }],
    ['limits: { lateness: 0s }', (c: Config) => c.limits.latenessMs, 0],
    ['limits: { future: 2h }', (c: Config) => c.limits.futureMs, 7_200_000],
    ['limits: { future: none }', (c: Config) => c.limits.futureMs, Infinity],
    ['receivers: { directory: { settle: 1.5s } }', (c: Config) => c.receivers.directory && c.receivers.directory.settle, 1500],
    ['receivers: { directory: { settle: 0 } }', (c: Config) => c.receivers.directory && c.receivers.directory.settle, 0],
    ['store: { ttl: { data: 30d, alerts: none } }', (c: Config) => c.store.ttl, { data: 30 * 86_400_000, alerts: null }],
    [
      'receivers: { mqtt: { port: 0 } }',
      (c: Config) => c.receivers.mqtt,
      { broker: 'embedded', host: '127.0.0.1', port: 0, topics: [{ topic: 'pumps/+/readings' }], clientId: 'wellwatch' },
    ],
    ['receivers: { mqtt: false }', (c: Config) => c.receivers.mqtt, false],
    ['receivers: { directory: false }', (c: Config) => c.receivers.directory, false],
    ['http: false', (c: Config) => c.http, false],
    ['http: true', (c: Config) => c.http && c.http.port, 8090],
    ['summary: false', (c: Config) => c.summary, false],
    ['summary: { at: false }', (c: Config) => c.summary, false],
    ['summary: { at: 23:59 }', (c: Config) => c.summary, { at: '23:59', report: [] }],
    ['rules: []', (c: Config) => c.rules, []],
    ['alarms: { shelve: 2h }', (c: Config) => c.alarms.shelveMs, 7_200_000],
    [
      'maintenance: [{ pumps: "CO*", from: "2026-12-01T06:00", to: "2026-12-02", reason: Tighten mounts }]',
      (c: Config) => c.maintenance,
      [{ pumps: 'CO*', from: Date.UTC(2026, 11, 1, 6), to: Date.UTC(2026, 11, 2), reason: 'Tighten mounts' }],
    ],
    [
      'rules: [{ id: hot, measure: hz, above: 11.5, pumps: "CO*" }]',
      (c: Config) => c.rules,
      [{ id: 'hot', measure: 'hz', comparison: 'above', threshold: 11.5, pumps: 'CO*', priority: 'medium' }],
    ],
    ['site: { timezone: UTC }', (c: Config) => c.site.timezone, 'UTC'],
  ])('%s', (yaml, of, expected) => {
    expect(of(load(yaml))).toEqual(expected);
  });

  test('a broker of its own has protocol 5, one connection, and what else is given', () => {
    const yaml = 'receivers: { mqtt: { url: "mqtts://broker:8883", connections: 4, username: gateway, tls: { ca: ca.pem } } }';
    const cwd = tempDir();
    expect(load(yaml, { WELLWATCH_RECEIVERS_MQTT_PASSWORD: 'secret' }, cwd).receivers.mqtt).toEqual({
      broker: 'external', url: 'mqtts://broker:8883', topics: [{ topic: 'pumps/+/readings' }], clientId: 'wellwatch', connections: 4, protocol: 5,
      username: 'gateway', password: 'secret', tls: { ca: join(cwd, 'ca.pem') },
    });
  });

  test('a reference path counts as configured when somebody set it, also to the default', () => {
    const cwd = tempDir();
    mkdirSync(join(cwd, 'reference'));
    writeFileSync(join(cwd, 'reference/sensorvendor.csv'), '');
    expect(load('reference: { pumps: reference/sensorvendor.csv }', {}, cwd).reference.configured).toEqual({
      pumps: true,
      maintenance: false,
    });
  });
});

describe('precedence', () => {
  const cwd = '/site';

  test('a flag goes before the environment, the environment before the file, the file before the default', () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'site.yaml'), 'dataDir: /file\nhttp: { port: 1 }\nlog: { level: warn }');
    const file = join(folder, 'site.yaml');
    const env = { WELLWATCH_DATA_DIR: '/env', WELLWATCH_HTTP_PORT: '2' };
    const config = loadConfig({ file, env, flags: { dataDir: '/flag' }, cwd });
    expect([config.dataDir, config.http && config.http.port, config.log.level, config.site.name]).toEqual([
      '/flag',
      2,
      'warn',
      hostname(),
    ]);
    expect(loadConfig({ file, env, cwd }).dataDir).toBe('/env');
    expect(loadConfig({ file, env: {}, cwd }).dataDir).toBe('/file');
  });

  test.each([
    ['WELLWATCH_BATCH_INTERVAL', '500ms', (c: Config) => c.batchInterval, 500],
    ['WELLWATCH_RECEIVERS_DIRECTORY_PATH', '/drop', (c: Config) => c.receivers.directory && c.receivers.directory.path, '/drop'],
    ['WELLWATCH_RECEIVERS_MQTT_CLIENT_ID', '007', (c: Config) => c.receivers.mqtt && c.receivers.mqtt.clientId, '007'],
    ['WELLWATCH_LIMITS_MAX_ROWS_PER_STEP', '100', (c: Config) => c.limits.maxRowsPerStep, 100],
    ['WELLWATCH_LIMITS_MAX_RATE', '5000', (c: Config) => c.limits.maxRate, 5000],
    ['WELLWATCH_LIMITS_MAX_RATE', 'none', (c: Config) => c.limits.maxRate, Infinity],
    ['WELLWATCH_SITE_NAME', '123', (c: Config) => c.site.name, '123'],
    ['WELLWATCH_STORE_TTL_DATA', '30d', (c: Config) => c.store.ttl.data, 30 * 86_400_000],
    ['WELLWATCH_STORE_URL', 'http://hbase:8080', (c: Config) => c.store.kind, 'embedded'],
    ['WELLWATCH_HTTP', 'false', (c: Config) => c.http, false],
    ['WELLWATCH_RECEIVERS_MQTT', 'false', (c: Config) => c.receivers.mqtt, false],
    ['WELLWATCH_SUMMARY_AT', 'false', (c: Config) => c.summary, false],
    ['WELLWATCH_RULES', '[{ id: a, measure: hz, above: 11 }]', (c: Config) => c.rules[0].threshold, 11],
    ['WELLWATCH_HTTP_PORT', '', (c: Config) => c.http && c.http.port, 8090],
  ])('%s=%s', (name, value, of, expected) => {
    expect(of(loadConfig({ env: { [name]: value }, cwd }))).toEqual(expected);
  });

  test('with _FILE the value is read from that file, without its line end', () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'secret'), ' p@ss \n');
    const env = {
      WELLWATCH_RECEIVERS_MQTT_URL: 'mqtt://b',
      WELLWATCH_RECEIVERS_MQTT_USERNAME: 'u',
      WELLWATCH_RECEIVERS_MQTT_PASSWORD_FILE: 'secret',
    };
    expect(loadConfig({ env, cwd: folder }).receivers.mqtt).toMatchObject({ password: ' p@ss ' });
  });

  test('a switch in the environment goes before the one in the file, and a key switches nothing on', () => {
    expect(load('http: false', { WELLWATCH_HTTP: 'true' }).http).toMatchObject({ port: 8090 });
    expect(load('http: { port: 9 }', { WELLWATCH_HTTP: 'false' }).http).toBe(false);
    expect(load('http: false', { WELLWATCH_HTTP_PORT: '9' }).http).toBe(false);
  });

  test('variables of others are left alone', () => {
    expect(() => loadConfig({ env: { HOME: '/', WELL: '1' }, cwd })).not.toThrow();
  });
});

describe('errors', () => {
  test.each([
    ['receivers: { mqtt: { connections: many } }', 'receivers.mqtt.connections: expected a number from 1 to 64, got "many"'],
    ['receivers: { mqtt: { connections: 65 } }', 'receivers.mqtt.connections: expected a number from 1 to 64, got 65'],
    ['receivers: { mqtt: { connections: 1.5 } }', 'receivers.mqtt.connections: expected a number from 1 to 64, got 1.5'],
    ['http: { port: "8090" }', 'http.port: expected a number from 0 to 65535, got "8090"'],
    ['http: 8090', 'http: expected a mapping, got 8090'],
    ['http: { port: }', 'http.port: expected a number from 0 to 65535, got nothing'],
    ['batchInterval: 2', 'batchInterval: expected a duration such as 2s, 500ms or 1h, at least 10ms, got 2'],
    ['batchInterval: 0s', 'batchInterval: expected a duration such as 2s, 500ms or 1h, at least 10ms, got "0s"'],
    ['limits: { journal: 10 }', 'limits.journal: expected a size such as 10GB or 512MB, or none, got 10'],
    ['limits: { maxRate: -1 }', 'limits.maxRate: expected a number of rows a second above 0, or none, got -1'],
    ['store: { ttl: { data: 30 } }', 'store.ttl.data: expected a duration such as 30d or 12h, or none, got 30'],
    ['store: { kind: mongo }', 'store.kind: expected embedded or hbase, got "mongo"'],
    ['store: { kind: hbase, url: "ftp://x" }', 'store.url: expected a URL such as http://127.0.0.1:8080, got "ftp://x"'],
    ['site: { timezone: Mars/Olympus }', 'site.timezone: expected an IANA time zone such as America/Chicago or UTC, got "Mars/Olympus"'],
    ['summary: { at: "24:00" }', 'summary.at: expected a time of day such as "00:30", or false, got "24:00"'],
    ['log: { level: loud }', 'log.level: expected one of debug, info, warn, error, got "loud"'],
    [
      'receivers: { mqtt: { url: "http://x" } }',
      'receivers.mqtt.url: expected embedded, mqtt://host:1883 or mqtts://host:8883, got "http://x"',
    ],
    ['receivers: { mqtt: { topic: "a/#/b" } }', 'receivers.mqtt.topic: expected a topic filter such as pumps/+/readings, got "a/#/b"'],
    ['receivers: { mqtt: { protocol: 3 } }', 'receivers.mqtt.protocol: expected 5 or 4, got 3'],
    ['receivers: { kafka: { brokers: [k1], topic: a } }', 'receivers.kafka.brokers: expected brokers such as [k1:9092, k2:9092], got a list'],
    ['receivers: { kafka: { brokers: "k1:9092", topic: "a b" } }', 'receivers.kafka.topic: expected a topic of letters, digits, dot, dash and underscore, got "a b"'],
    ['receivers: { kafka: { brokers: ["k1:9092"], tobic: a } }', 'receivers.kafka.tobic: unknown key; did you mean topic?'],
    [
      'receivers: { kafka: { brokers: ["k1:9092"], sasl: { mechanism: SCRAM, username: u } } }',
      'receivers.kafka.sasl.mechanism: expected one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, got "SCRAM"',
    ],
    [
      'forward: { brokers: ["k1:9092"], prefix: a.b }',
      'forward.prefix: expected a name of letters, digits, dash and underscore, 31 at most, got "a.b"',
    ],
    ['rules: none', 'rules: expected a list of rules, got "none"'],
    ['alarms: { shelve: 5s }', 'alarms.shelve: expected a duration such as 2s, 500ms or 1h, at least 1m, got "5s"'],
    [
      'maintenance: [{ pumps: A, from: "2026-12-01T06:00", to: "2026-12-01T05:00", reason: x }]',
      'maintenance[0].to: expected a time after from (2026-12-01T06:00), got 2026-12-01T05:00',
    ],
    [
      'maintenance: [{ pumps: A, from: monday, to: "2026-12-01T05:00", reason: x }]',
      'maintenance[0].from: expected a time of the site\'s wall clock such as "2026-12-01T06:00", got "monday"',
    ],
    [
      'rules: [{ id: a, measure: pressure, below: 5 }]',
      'rules[0].measure: expected one of hz, disp, flo, sedPPM, psi, chlPPM, got "pressure"',
    ],
    ['rules: [{ measure: psi, below: 5 }]', 'rules[0].id: expected an id of letters, digits, dot, dash and underscore, got nothing'],
    [
      'rules: [{ id: a, measure: psi, below: .inf }]',
      'rules[0].below: expected a limit such as 5, levels such as { medium: 20, high: 5 }, or true beside deviates, got Infinity',
    ],
    ['rules: [{ id: a, measure: psi, bellow: 5, below: 5 }]', 'rules[0].bellow: unknown key; did you mean below?'],
    ['windw: { slide: 2s }', 'windw: unknown key; did you mean window?'],
    ['limits: { colour: red }', 'limits.colour: unknown key; expected maxRowsPerStep, maxRate, journal, disk, lateness, future, rejects'],
    ['dataDir: a\ndataDir: b', 'line 2: Map keys must be unique at line 2, column 1:'],
    ['- a', 'the file: expected a mapping such as "dataDir: var", got a list'],
  ])('%s', (yaml, problem) => {
    expect(problems(yaml)).toEqual([problem]);
  });

  test.each([
    [
      'window: { length: 5s }',
      'window.length: expected a multiple of batchInterval (2s), because a window is made of whole batches, got 5s',
    ],
    [
      'batchInterval: 3s\nwindow: { slide: 2s }',
      'window.slide: expected a multiple of batchInterval (3s), because a window is made of whole batches, got 2s',
    ],
    [
      'receivers: { mqtt: { connections: 2 } }',
      'receivers.mqtt.connections: expected 1, as the embedded broker has no shared subscriptions, got 2',
    ],
    ['receivers: { mqtt: { url: "mqtt://b", tls: { ca: ca.pem } } }', 'receivers.mqtt.tls: expected only with an mqtts:// URL'],
    [
      'receivers: { mqtt: { url: "mqtts://b", tls: { cert: c.pem } } }',
      'receivers.mqtt.tls: expected cert and key together, got only cert',
    ],
    ['receivers: { kafka: { brokers: ["k1:9092"], tls: { key: k.pem } } }', 'receivers.kafka.tls: expected cert and key together, got only key'],
    [
      'receivers: { kafka: { brokers: ["k1:9092"], sasl: { mechanism: PLAIN, username: u } } }',
      'receivers.kafka.sasl.password: expected a password to go with the user name, got nothing; set WELLWATCH_RECEIVERS_KAFKA_SASL_PASSWORD',
    ],
    [
      'receivers: { kafka: { brokers: ["k1:9092"], format: plc } }',
      'receivers.kafka.format: expected a name that stands in formats, got "plc"; none is described',
    ],
    ['receivers: { mqtt: { url: "mqtt://u:p@b" } }', 'receivers.mqtt.url: expected no user or password in the URL'],
    [
      'rules: [{ id: a, measure: psi }]',
      'rules[0]: expected one of below or above, falls or rises, stuck, range, deviates, silent, got none in rule a',
    ],
    ['rules: [{ id: a, measure: psi, below: 5, above: 9 }]', 'rules[0]: expected either below or above, got both in rule a'],
    [
      'rules: [{ id: a, measure: psi, below: 5 }, { id: a, measure: hz, above: 9 }]',
      'rules[1].id: expected an id that no other rule has, got "a" again',
    ],
    [
      'reference: { pumps: nowhere.csv }',
      'reference.pumps: expected a CSV file with a line for each pump: id, type, purchase date, in-service date, vendor, latitude, ' +
        'longitude',
    ],
    [
      'reference: { maintenance: nowhere.csv }',
      'reference.maintenance: expected a CSV file with a line for each event: pump id, date, technician, description',
    ],
    ['reference: { contacts: nowhere.csv }', 'reference.contacts: expected a CSV file with a line for each vendor and technician: name, phone, mail'],
  ])('impossible together: %s', (yaml, beginning) => {
    const found = problems(yaml);
    expect(found).toHaveLength(1);
    expect(found[0].startsWith(beginning), found[0]).toBe(true);
  });

  test('all are told at once, those of combinations too', () => {
    const yaml =
      'windw: 1\nwindow: { length: 5s }\nreceivers: { mqtt: { connections: many, protocol: 5 } }\nrules: [{ id: a, measure: pis, below: ' +
        '1 }]';
    const paths = problems(yaml, { WELLWATCH_HTTP_PORT: '70000', WELLWATCH_RECIVERS: 'x' }).map((line) => line.split(':')[0]);
    expect(paths.sort()).toEqual([
      'WELLWATCH_RECIVERS',
      'http.port',
      'receivers.mqtt.connections',
      'rules[0].measure',
      'window.length',
      'windw',
    ]);
  });

  test('a rule that is wrong by itself does not hide what is wrong with the others', () => {
    expect(problems(`rules:
  - { id: a, measure: psi, below: 5, pumps: [A, B] }
  - { id: b, measure: pressure, below: 5 }
  - { id: a, measure: psi, below: 5, above: 9 }
  - { id: c, measure: psi, priority: urgent }
  - 7`)).toEqual([
      'rules[0].pumps: expected a pump id in which * stands for anything, got a list',
      'rules[1].measure: expected one of hz, disp, flo, sedPPM, psi, chlPPM, got "pressure"',
      'rules[3].priority: expected one of low, medium, high, got "urgent"',
      'rules[4]: expected a mapping, got 7',
      'rules[2]: expected either below or above, got both in rule a',
      'rules[2].id: expected an id that no other rule has, got "a" again',
      'rules[3]: expected one of below or above, falls or rises, stuck, range, deviates, silent, got none in rule c',
    ]);
  });

  test.each([
    ['__proto__: { a: 1 }', '__proto__'],
    ['__proto__: 1', '__proto__'],
    ['__proto__: { dataDir: x, http: false }', '__proto__'],
    ['window: { __proto__: { slide: 2s } }', 'window.__proto__'],
    ['rules: [{ id: a, measure: psi, below: 5, __proto__: { a: 1 } }]', 'rules[0].__proto__'],
    ['toString: { a: 1 }', 'toString'],
    ['window: { constructor: { a: 1 } }', 'window.constructor'],
  ])('a key that objects inherit is as unknown as any other: %s', (yaml, path) => {
    expect(problems(yaml).map((line) => line.split(';')[0])).toEqual([`${path}: unknown key`]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('a misspelt below is told once', () => {
    expect(problems('rules: [{ id: a, measure: psi, bellow: 5 }]')).toEqual(['rules[0].bellow: unknown key; did you mean below?']);
  });

  test('of a wrong setting nothing else is concluded', () => {
    expect(problems('batchInterval: often\nwindow: { length: 5s }')).toHaveLength(1);
    expect(problems('receivers: { mqtt: { url: "tcp://x", connections: 4 } }')).toHaveLength(1);
  });

  test('keys of a receiver that is switched off need not fit together', () => {
    expect(problems('receivers: { mqtt: { connections: 4 } }', { WELLWATCH_RECEIVERS_MQTT: 'false' })).toEqual([]);
  });

  test.each([
    ['WELLWATCH_RECEIVERS_MQTT_CONNECTIONS', 'many', 'receivers.mqtt.connections: expected a number from 1 to 64, got "many"'],
    ['WELLWATCH_HTTP', 'maybe', 'WELLWATCH_HTTP: expected true or false, got "maybe"'],
    ['WELLWATCH_HTPP_PORT', '1', 'WELLWATCH_HTPP_PORT: no setting has this name; did you mean WELLWATCH_HTTP_PORT?'],
    [
      'WELLWATCH_RECEIVERS_MQTT_PASSWORD_FILE',
      '/nowhere',
      'WELLWATCH_RECEIVERS_MQTT_PASSWORD_FILE: expected a file at /nowhere, but there is none',
    ],
  ])('%s=%s', (name, value, problem) => {
    expect(problems('', { [name]: value })).toEqual([problem]);
  });

  test('a variable and its _FILE together are one too many', () => {
    expect(problems('', { WELLWATCH_SITE_NAME: 'a', WELLWATCH_SITE_NAME_FILE: 'b' })).toEqual([
      'WELLWATCH_SITE_NAME_FILE: expected WELLWATCH_SITE_NAME or WELLWATCH_SITE_NAME_FILE, got both',
    ]);
  });

  test.each(['receivers.mqtt.password', 'store.password', 'store.token'])('a secret in the file is refused: %s', (path) => {
    const yaml = path.split('.').reduceRight((inner, part) => `{ ${part}: ${inner} }`, 'hunter2').slice(2, -2);
    const [problem, ...more] = problems(yaml);
    const variable = `WELLWATCH_${path.replaceAll('.', '_').toUpperCase()}`;
    expect(more).toEqual([]);
    expect(problem).toBe(
      `${path}: expected secrets in the environment, got one in the file; set ${variable}, or ${variable}_FILE to a file that holds it`,
    );
  });

  test('secrets are never shown', () => {
    expect(problems('receivers: { mqtt: { url: "tcp://me:hunter2@b", password: hunter2 } }').join()).not.toContain('hunter2');
  });

  test('a file that is not there is an error of its own, with exit code 2', () => {
    const cwd = tempDir();
    expect(() => loadConfig({ file: 'nowhere.yaml', env: {}, cwd })).toThrow(
      `--config: expected a YAML file at ${join(cwd, 'nowhere.yaml')}, but there is none`,
    );
    expect(() => loadConfig({ file: '.', env: {}, cwd })).toThrow(`--config: expected a YAML file at ${cwd}, but that is a directory`);
    expect(new AppError('CONFIG', '').exitCode).toBe(2);
  });
});

describe('what only run asks for', () => {
  const check = (env: Record<string, string>, cwd = tempDir()) => () => checkForRun(loadConfig({ env, cwd }));

  test('a non-loopback address without a token is refused, with one it is not', () => {
    const cwd = tempDir();
    const env = { WELLWATCH_HTTP_HOST: '0.0.0.0' };
    expect(check(env, cwd)).toThrow(/http\.host: expected a loopback address .* got "0\.0\.0\.0"; make one with: wellwatch token add/);
    addToken(join(cwd, 'var/tokens.json'), { name: 'a', role: 'read', now: new Date(0) });
    expect(check(env, cwd)).not.toThrow();
  });

  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s needs no token', (host) => {
    expect(check({ WELLWATCH_HTTP_HOST: host })).not.toThrow();
  });

  test('an HTTP side that is switched off needs no token', () => {
    expect(check({ WELLWATCH_HTTP_HOST: '0.0.0.0', WELLWATCH_HTTP: 'false' })).not.toThrow();
  });

  test('there must be something to receive from', () => {
    expect(check({ WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_RECEIVERS_DIRECTORY: 'false' })).toThrow(
      /receivers: expected at least one receiver/,
    );
  });

  test('the folder of Parquet files may be absent, and is no file', () => {
    const cwd = tempDir();
    expect(check({ WELLWATCH_PARQUET_PATH: 'out' }, cwd)).not.toThrow();
    writeFileSync(join(cwd, 'out'), '');
    expect(check({ WELLWATCH_PARQUET_PATH: 'out' }, cwd)).toThrow(/parquet\.path: expected a folder, got a file: .*out$/);
    expect(check({ WELLWATCH_PARQUET_PATH: 'out/in' }, cwd)).toThrow(/parquet\.path: expected a folder at .*out\/in, but there is none/);
    expect(check({ WELLWATCH_PARQUET_PATH: 'out', WELLWATCH_PARQUET: 'false' }, cwd)).not.toThrow();
  });

  test('TLS files must be there', () => {
    expect(check({ WELLWATCH_RECEIVERS_MQTT_URL: 'mqtts://b', WELLWATCH_RECEIVERS_MQTT_TLS_CA: 'ca.pem' })).toThrow(
      /receivers\.mqtt\.tls\.ca: expected a PEM file at .*ca\.pem, but there is none/,
    );
  });
});
