import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { batchAt, DISK, liveJob, NOW } from '../app/http/liveJob.ts';
import { sessionOver } from '../query/sql/session.ts';

const deploy = fileURLToPath(new URL('../../deploy', import.meta.url));
const RULES = join(deploy, 'prometheus/wellwatch.rules.yaml');
const promtool = [
  ...(process.env.PATH ?? '').split(delimiter),
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'wellwatch/prometheus/usr/bin'),
].map((dir) => join(dir, 'promtool')).find((path) => existsSync(path));
if (promtool === undefined) {
  if (process.env.CI === 'true') throw new Error('the tests of the rules need promtool: node test/prepare.mjs');
  console.warn('promtool is not here: the rules for Prometheus are not tried. To try them: node test/prepare.mjs');
}

/** All that /metrics can say. */
async function metricsText(): Promise<string> {
  const channel = {
    name: 'duty', waiting: 2, oldestAt: NOW, lastSentAt: NOW, sent: 7, failed: 1, problem: null, isStuck: false, waitedMs: 3500, longestWaitMs: 1200, dead: 3,
  };
  const { metrics, state } = liveJob({ batches: [batchAt(NOW - 4000)], status: { disk: DISK, notify: { channels: [channel], system: [] } } });
  state.hear({ kind: 'status', status: state.status, loopDelay: { p50: 1, p99: 2, max: 30 } });
  metrics.observe(batchAt(NOW - 4000));
  metrics.answered({ route: '/x', status: 200, ms: 1 });
  return metrics.text('text/plain; version=0.0.4; charset=utf-8');
}

interface Target { readonly expr?: string; readonly url_options?: { readonly data: string } }
interface Dashboard {
  readonly id: null;
  readonly uid: string;
  readonly panels: readonly { readonly type: string; readonly title: string; readonly datasource?: { readonly uid: string }; readonly targets?: readonly Target[] }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[] };
}

const dashboards = readdirSync(join(deploy, 'grafana')).filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(deploy, 'grafana', name), 'utf8')) as Dashboard);

describe('rules and dashboards', () => {
  test('ask only for metrics that there are, with labels that they have', async () => {
    const text = await metricsText();
    const samples = new Map([...text.matchAll(/^(\w+)(\{.*\})? /gm)].map(([, name, labels = '']) => [name, labels]));
    const { groups } = parse(readFileSync(RULES, 'utf8')) as { groups: readonly { rules: readonly { expr: string }[] }[] };
    const asked = [
      ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
      ...dashboards.flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr ?? []))),
    ];
    expect(asked.length).toBeGreaterThan(40);
    for (const expr of asked) {
      for (const [, name, labels = ''] of expr.matchAll(/\b((?:wellwatch|process)_\w+)(?:\{([^}]*)\})?/g)) {
        expect([...samples.keys()], expr).toContain(name);
        for (const [, label] of labels.matchAll(/(\w+)=/g))
          if (label !== 'job' && label !== 'instance') expect(samples.get(name), expr).toContain(`${label}="`);
      }
    }
  });

  test('dashboards can be provisioned anywhere: ids of their own, and a data source that is chosen', () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { id, uid, panels, templating } of dashboards) {
      expect(id, uid).toBeNull();
      expect(templating.list[0], uid).toMatchObject({ name: 'datasource', type: 'datasource' });
      for (const { type, title, datasource } of panels) if (type !== 'row') expect(datasource?.uid, title).toBe('${datasource}');
    }
  });

  test('the questions of the dashboard of pumps are answered', async () => {
    const statements = [...JSON.stringify(dashboards).matchAll(/"data":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text) as string);
    expect(statements.length).toBe(10);
    const session = await sessionOver({});
    try {
      for (const statement of statements) {
        const sql = statement.replaceAll('${pump:singlequote}', "'A','B'").replaceAll(/\$\{__(from|to):date:YYYY-MM-DD\}/g, '2014-03-14')
          .replaceAll(/\$\{__(from|to):date:YYYY-MM-DDTHH:mm:ss\}/g, '2014-03-14T12:00:00');
        expect(sql).not.toContain('${');
        for await (const page of (await session.ask(sql)).pages) expect(page).toBeDefined();
      }
    } finally {
      session.close();
    }
  });

  describe.skipIf(promtool === undefined)('by promtool', () => {
    const run = (words: readonly string[], input?: string) => {
      const { status, stdout, stderr } = spawnSync(promtool!, words, { encoding: 'utf8', input });
      return { status, said: `${stdout}${stderr}` };
    };

    test('the configuration that compose.yaml mounts is taken, with the rules beside it', () => {
      const { status, said } = run(['check', 'config', join(deploy, 'prometheus/prometheus.yaml')]);
      expect(status, said).toBe(0);
      expect(said).toContain('1 rule files found');
    });

    test('rules are well formed, fire when they should, and stay quiet when all is well', () => {
      expect(run(['check', 'rules', RULES])).toMatchObject({ status: 0, said: expect.stringContaining('SUCCESS') as string });
      const tests = fileURLToPath(new URL('prometheus/rules.yaml', import.meta.url));
      expect(run(['test', 'rules', tests])).toMatchObject({ status: 0, said: expect.stringContaining('SUCCESS') as string });
    });

    test('the metrics keep to the conventions of Prometheus', async () => {
      expect(run(['check', 'metrics'], await metricsText())).toEqual({ status: 0, said: '' });
    });
  });
});
