import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkForRun, loadConfig } from '../../app/config/load.ts';
import { tempDir } from '../support/tempDir.ts';

interface Service {
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const { services, volumes } = parse(readFileSync(join(root, 'compose.yaml'), 'utf8')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};

/** The variables that an image sets by itself. */
const imageEnvironment = (dockerfile: string) =>
  Object.fromEntries(
    [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, pairs]) => pairs.split(' ').map((pair) => pair.split('=') as [string, string])),
  );

test('the settings in compose.yaml and the image are a configuration that run takes', () => {
  const image = imageEnvironment(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  const env = { ...image, ...services.wellwatch.environment };
  expect(env).toMatchObject({ WELLWATCH_DATA_DIR: '/data' });
  const config = loadConfig({ env, cwd: tempDir() });
  checkForRun(config);
  expect(config.warnings).toEqual([]);
  expect(config).toMatchObject({ store: { kind: 'hbase' }, receivers: { mqtt: { broker: 'external' } } });
  const hosts = [new URL((config.store as { url: string }).url), new URL((config.receivers.mqtt as { url: string }).url)].map(
    ({ hostname }) => hostname,
  );
  expect(Object.keys(services)).toEqual(expect.arrayContaining(hosts));
  expect(Object.keys(services.wellwatch.depends_on!).sort()).toEqual(hosts.sort());
});

test('what compose.yaml names is there: Dockerfiles, files, volumes', () => {
  for (const { build, volumes: mounts = [] } of Object.values(services)) {
    if (build !== undefined) expect(existsSync(join(root, build, 'Dockerfile'))).toBe(true);
    for (const mount of mounts) {
      const [source] = mount.split(':');
      if (source.startsWith('.')) expect(existsSync(join(root, source)), source).toBe(true);
      else expect(volumes).toHaveProperty(source);
    }
  }
});

test('the ports in compose.yaml are open on the loopback address only', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test.each(['Dockerfile', 'deploy/hbase/Dockerfile'])('%s copies what exists and what .dockerignore lets in', (path) => {
  const context = join(root, path, '..');
  const allowed = readFileSync(join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [...readFileSync(join(root, path), 'utf8').matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, sources]) =>
    sources.split(' '),
  );
  expect([...new Set(copied)].sort()).toEqual(allowed.sort());
  for (const source of copied) expect(statSync(join(context, source), { throwIfNoEntry: false }), source).toBeDefined();
});

test('the worker and the site of the fleet are configurations that run takes, and what they ask for is there', () => {
  const fleet = parse(readFileSync(join(root, 'deploy/fleet/compose.yaml'), 'utf8'), { merge: true }) as { services: Record<string, Service>; volumes: object };
  const image = imageEnvironment(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  const configOf = (name: string) => {
    const config = loadConfig({ env: { ...image, ...fleet.services[name].environment }, cwd: tempDir() });
    checkForRun(config);
    expect(config.warnings).toEqual([]);
    return config;
  };
  const [worker, site] = [configOf('worker'), configOf('site')];
  expect(worker).toMatchObject({ store: { shared: true }, receivers: { directory: false, mqtt: false, kafka: { brokers: ['kafka:9092'], topic: 'readings' } } });
  expect(site).toMatchObject({ store: { kind: 'embedded' }, forward: { brokers: ['kafka:9092'], topic: 'readings', prefix: 'NORTH' } });
  expect(Object.keys(fleet.services)).toEqual(expect.arrayContaining(['kafka', new URL((worker.store as { url: string }).url).hostname]));
  for (const { build, volumes: mounts = [] } of Object.values(fleet.services)) {
    if (build !== undefined) expect(existsSync(join(root, 'deploy/fleet', build, 'Dockerfile'))).toBe(true);
    for (const mount of mounts) expect(fleet.volumes).toHaveProperty(mount.split(':')[0]);
  }
});
