// Installs what the tests need beyond npm packages, where it may; otherwise says which tests will not run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needs = [
  { program: 'mosquitto', debian: 'mosquitto', tests: 'the MQTT tests against a real broker' },
  { program: 'openssl', debian: 'openssl', tests: 'the MQTT tests over TLS' },
  { program: 'java', debian: 'default-jre-headless', tests: 'the tests with a real HBase' },
  { program: 'mvn', debian: 'maven', tests: 'the tests with a real HBase' },
];

const found = (program) => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].some((dir) => existsSync(join(dir, program)));
const run = (...words) => spawnSync(words[0], words.slice(1), { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;

const missing = needs.filter(({ program }) => !found(program));
if (missing.length > 0) {
  const packages = missing.map(({ debian }) => debian);
  const mayInstall = process.getuid?.() === 0 && found('apt-get');
  if (mayInstall) {
    console.log(`installing ${packages.join(', ')} for the tests …`);
    // The package starts a broker of its own where there is an init system; the tests bring their own.
    run('apt-get', 'update', '-qq');
    run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages);
  }
  for (const { program, debian, tests } of needs.filter(({ program }) => !found(program))) {
    console.log(`${program} is not here: ${tests} will not run. To run them: sudo apt-get install ${debian}`);
    if (process.env.CI === 'true') process.exitCode = 1;
  }
}

// HBase's jars come here, once, so that no test waits for a download. The launcher says itself what it lacks.
const fetched = spawnSync(fileURLToPath(new URL('../deploy/hbase/hbase', import.meta.url)), ['fetch'], { stdio: ['ignore', 'inherit', 'inherit'] });
if (fetched.status !== 0) {
  console.log('the tests with a real HBase will not run, unless WELLWATCH_TEST_HBASE names a REST gateway');
  if (process.env.CI === 'true') process.exitCode = 1;
}
