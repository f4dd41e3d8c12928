// Installs what the tests need beyond npm packages, where it may; otherwise says which tests will not run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needs = [
  { program: 'mosquitto', debian: 'mosquitto', tests: 'the MQTT tests against a real broker' },
  { program: 'openssl', debian: 'openssl', tests: 'the MQTT tests over TLS' },
  { program: 'java', debian: 'default-jre-headless', tests: 'the tests with a real HBase' },
  { program: 'mvn', debian: 'maven', tests: 'the tests with a real HBase' },
  // Without a window it takes half the processor time; the whole browser does where a system does not have it.
  { program: 'chromium-headless-shell', debian: 'chromium-headless-shell', or: 'chromium', tests: 'the tests of the page' },
  { program: 'python3', debian: 'python3-venv', tests: 'the generated requests to the API' },
];

const found = (program) => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].some((dir) => existsSync(join(dir, program)));
const run = (...words) => spawnSync(words[0], words.slice(1), { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;

const isHere = ({ program, or }) => found(program) || (or !== undefined && found(or));

const mayInstall = process.getuid?.() === 0 && found('apt-get');
// The package starts a broker of its own where there is an init system; the tests bring their own.
const install = (...packages) => run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages);
// What would only do better is worth an installation on a machine that starts anew each time.
const missing = needs.filter((need) => (process.env.CI === 'true' ? !found(need.program) : !isHere(need)));
if (missing.length > 0) {
  if (mayInstall) {
    const packages = missing.map(({ debian }) => debian);
    console.log(`installing ${packages.join(', ')} for the tests …`);
    run('apt-get', 'update', '-qq');
    // Where one package is unknown, none is installed: then each alone, and what does instead.
    if (!install(...packages)) for (const need of missing) if (!install(need.debian) && !isHere(need) && need.or) install(need.or);
  }
  for (const { program, debian, tests } of needs.filter((need) => !isHere(need))) {
    console.log(`${program} is not here: ${tests} will not run. To run them: sudo apt-get install ${debian}`);
    if (process.env.CI === 'true') process.exitCode = 1;
  }
}

// promtool comes out of Debian's package of Prometheus, whose daemon is not wanted: it is unpacked, not installed.
const promtool = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'wellwatch', 'prometheus');
if (!found('promtool') && !existsSync(join(promtool, 'usr/bin/promtool'))) {
  mkdirSync(promtool, { recursive: true });
  const download = () => spawnSync('apt-get', ['download', '-qq', 'prometheus'], { cwd: promtool, stdio: 'ignore' }).status === 0;
  if (found('apt-get') && (download() || (mayInstall && run('apt-get', 'update', '-qq') && download())))
    for (const name of readdirSync(promtool).filter((each) => each.endsWith('.deb'))) {
      run('dpkg', '-x', join(promtool, name), promtool);
      rmSync(join(promtool, name));
    }
  if (!existsSync(join(promtool, 'usr/bin/promtool'))) {
    console.log('promtool is not here: the tests of the rules for Prometheus will not run. To run them: sudo apt-get install prometheus');
    if (process.env.CI === 'true') process.exitCode = 1;
  }
}

// Jars come here, once, so that no test waits for a download. The launchers say themselves what they lack.
for (const [launcher, without] of [
  ['hbase/hbase', 'the tests with a real HBase will not run, unless WELLWATCH_TEST_HBASE names a REST gateway'],
  ['kafka/kafka', 'the tests with a real Kafka will not run'],
]) {
  const path = fileURLToPath(new URL(`../deploy/${launcher}`, import.meta.url));
  if (spawnSync(path, ['fetch'], { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0) continue;
  console.log(without);
  if (process.env.CI === 'true') process.exitCode = 1;
}

// What makes requests of the API's own description, in a Python environment of its own.
const python = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'wellwatch', 'test-python');
const hasPip = () => existsSync(join(python, 'bin', 'pip'));
if (!hasPip()) {
  const create = () => run('python3', '-m', 'venv', '--clear', python);
  // Debian keeps a part of venv in a package of its own.
  if (!create() && mayInstall) {
    run('apt-get', 'update', '-qq');
    if (run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'python3-venv')) create();
  }
}
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
if (!hasPip() || !run(join(python, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', requirements)) {
  console.log('Python packages can’t be installed: the generated requests to the API will not run. They need python3-venv and a package index');
  if (process.env.CI === 'true') process.exitCode = 1;
}
