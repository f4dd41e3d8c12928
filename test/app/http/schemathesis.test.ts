import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../../support/tempDir.ts';
import { batchAt, liveJob } from './liveJob.ts';
import { openSite, ROWS } from './site.ts';

/** Where test/prepare.mjs puts it. */
const SCHEMATHESIS = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'wellwatch', 'test-python', 'bin', 'schemathesis');

/** The sequence of requests, which is always the same, and how many for each operation beside those that the schema's own limits give. */
const GENERATION = ['--seed', '1', '--max-examples', '15', '--continue-on-failure'];
/** The stream has no end. A cursor is a word of ours, which no schema can tell from others. */
const LEFT_OUT = ['--exclude-path', '/api/v1/stream', '--exclude-path', '/api/v1/sql', '--exclude-checks', 'positive_data_acceptance'];

/** What wrong requests may be answered with: 413 is for a text that is longer than a body may be, let alone a reason. */
const SETTINGS = `[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
`;

test.skipIf(!existsSync(SCHEMATHESIS) && process.env.CI !== 'true')(
  'requests made from our own description are answered as it says, and none fails',
  async () => {
    const rows = [...ROWS, '<b>&"\' 2014-03-14T12:00 1 1 1 1 4 1', '泵 2014-03-10T00:00 -0 1e-300 1e308 1 0 1'];
    const site = await openSite({ rows, live: liveJob({ batches: [batchAt(1_700_000_000_000)] }).live });
    mkdirSync(join(site.dir, 'var/inbox'), { recursive: true });
    const cwd = tempDir();
    writeFileSync(join(cwd, 'schemathesis.toml'), SETTINGS);
    const child = spawn(SCHEMATHESIS, ['run', `${site.url}/api/docs/json`, ...GENERATION, ...LEFT_OUT], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let report = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        report += text;
      });
    const [code] = (await once(child, 'close')) as [number | null];
    // What it warns of stays: acknowledgements are of alarms that there are, and made-up ones are not.
    expect(report).toMatch(/ (\d+) generated, \1 passed/);
    expect(code).toBe(0);
    // Its generated tokens do not hold, which is said; nothing else is.
    expect(site.events.filter(({ message }) => !/tr(ied|y) to sign in|sign-in/.test(message))).toEqual([]);
  },
  120_000,
);
