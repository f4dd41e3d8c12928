import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBesideBare, measureFleet } from './fleet.ts';
import { measureFormats } from './formats.ts';
import { killAll, Workspace } from './harness.ts';
import { measureHBase } from './hbase.ts';
import { measureHttp } from './http.ts';
import { measureLoad } from './load.ts';
import { measureFiles } from './p1.ts';
import { measureNotifications } from './notify.ts';
import { measureMqtt } from './p2.ts';
import { measureAlerts } from './p3.ts';
import { measureSummaries } from './p4.ts';
import { measureGrowth } from './p5.ts';
import { type Figure, isMet, ratioOf, table } from './report.ts';
import { FULL, HUGE, QUICK, type Sizes } from './sizes.ts';
import { measureRunaway } from './sqlRunaway.ts';
import { measureSql } from './sql.ts';
import { measureStream } from './stream.ts';

/*
 * npm run bench -- [p1 … p5 | fleet | kafka | formats | hbase | stream | http | load | notify | sql | runaway] [--quick | --huge] [--json FILE]
 *
 * Measures the built program against its goals, each beside the bare loop that is its limit, in turn and
 * in this one run: the ratio tells, absolute figures drift with the machine. Figures are medians. The
 * memory goal, P6, is the last column of all of them.
 */
const MEASUREMENTS: Readonly<Record<string, (workspace: Workspace, sizes: Sizes) => Promise<Figure[]>>> = {
  p1: measureFiles,
  p2: measureMqtt,
  p3: measureAlerts,
  p4: measureSummaries,
  p5: measureGrowth,
  fleet: measureFleet,
  kafka: measureBesideBare,
  formats: measureFormats,
  hbase: measureHBase,
  stream: measureStream,
  http: measureHttp,
  load: measureLoad,
  notify: measureNotifications,
  sql: measureSql,
  runaway: measureRunaway,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, huge: { type: 'boolean', default: false }, json: { type: 'string' } },
});
/** What needs Java and a minute to start, or takes minutes by the clock, is measured when it is asked for. */
const ON_REQUEST = ['fleet', 'kafka', 'hbase', 'stream', 'load'];
const chosen =
  positionals.length > 0
    ? positionals.map((name) => name.toLowerCase())
    : Object.keys(MEASUREMENTS).filter((name) => !ON_REQUEST.includes(name));
const unknown = chosen.find((name) => !Object.hasOwn(MEASUREMENTS, name));
if (unknown !== undefined) throw new Error(`expected some of ${Object.keys(MEASUREMENTS).join(', ')}, got ${unknown}`);

const sizes = values.quick ? QUICK : values.huge ? HUGE : FULL;
const workspace = new Workspace();
process.once('exit', () => {
  killAll();
  workspace.close();
});
process.once('SIGINT', () => process.exit(130));

const figures: Figure[] = [];
for (const name of chosen) {
  process.stderr.write(`${name} …\n`);
  global.gc?.(); // the bench's own garbage is not to be collected while it measures
  figures.push(...(await MEASUREMENTS[name](workspace, sizes)));
}
console.log(table(figures));
if (values.json !== undefined) {
  const machine = { node: process.version, cpu: cpus()[0].model, cores: cpus().length, at: new Date().toISOString() };
  writeFileSync(
    values.json,
    `${JSON.stringify({ ...machine, figures: figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), met: isMet(figure) })) }, undefined, 2)}\n`,
  );
}
