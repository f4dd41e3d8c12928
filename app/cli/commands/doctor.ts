import pc from 'picocolors';
import { counted } from '../../../domain/counted.ts';
import { AppError, messageOf } from '../../../domain/errors.ts';
import type { GivenOptions, Surface } from '../context.ts';
import { printable } from '../textTable.ts';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/types.ts';
import { checkNode, checkReference, checkStore, checkTimezone } from '../../doctor/content.ts';
import { checkDataDirectory, checkInbox, checkParquet } from '../../doctor/disk.ts';
import { failed, type Finding, ok } from '../../doctor/finding.ts';
import { checkHBase } from '../../doctor/hbase.ts';
import { checkForward, checkKafka } from '../../doctor/kafka.ts';
import { checkBroker, checkHttp } from '../../doctor/network.ts';
import { checkDeep } from '../../doctor/deep.ts';
import { checkNotify } from '../../doctor/notify.ts';
import { checkSql } from '../../doctor/sql.ts';
import { treeFindings } from '../../doctor/trees.ts';

const MARKS = { ok: '✔ ok     ', warning: '▲ warning', failed: '✖ failed ' } as const;

/** What `doctor` is called with; `deep` reads all that is stored. */
export type DoctorOptions = GivenOptions & { readonly deep?: boolean | undefined };

/** `wellwatch doctor`: 0 when nothing is broken, otherwise 1, and 2 when it is the configuration. With `--json` a line a finding. */
export async function doctor({ json, output, notes }: Surface, options: DoctorOptions): Promise<number> {
  const colors = pc.createColors(pc.isColorSupported && output.isTTY);
  const paint = { ok: colors.green, warning: colors.yellow, failed: colors.red };
  const count = { ok: 0, warning: 0, failed: 0 };
  const { config, findings } = configured(options);
  const show = (finding: Finding) => {
    const { check, state, message, fix } = finding;
    count[state] += 1;
    if (json) return output.line(JSON.stringify({ check, state, message, ...(fix === undefined ? {} : { fix }) }));
    const [first, ...more] = message.split('\n').map(printable);
    output.line(`${paint[state](MARKS[state])}  ${check}: ${first}`);
    for (const line of more) output.line(`             ${line}`);
    if (fix !== undefined) output.line(`             → ${fix}`);
  };
  [...checkNode(), ...findings].forEach(show);
  // Pages that lmdb can't follow end the process: they are looked for before anything opens the table.
  const broken = config && options.deep ? await treeFindings(config) : [];
  broken.forEach(show);
  const checks = [
    checkTimezone,
    checkDataDirectory,
    checkInbox,
    checkParquet,
    ...(broken.length > 0 ? [] : [checkStore, checkHBase]),
    checkReference,
    checkBroker,
    checkKafka,
    checkForward,
    checkHttp,
    checkNotify,
    checkSql,
  ];
  if (config) for (const check of checks) (await findingsOf(check, config)).forEach(show);
  if (config && options.deep && broken.length === 0) {
    const progress = (text: string) => notes.progress(text);
    for await (const finding of checkDeep(config, progress)) {
      notes.progress('');
      show(finding);
    }
  }
  if (!json)
    output.line(
      `\n${counted(count.ok + count.warning + count.failed, 'check')}: ${count.ok} ok, ${counted(count.warning, 'warning')}, ` +
      `${count.failed} failed`,
    );
  await output.flush();
  return config ? Math.min(count.failed, 1) : 2;
}

/** A check that fails itself is a finding too: the others still have something to say. */
async function findingsOf(check: (config: Config) => Finding[] | Promise<Finding[]>, config: Config): Promise<Finding[]> {
  try {
    return await check(config);
  } catch (error) {
    return [failed(check.name, messageOf(error), 'see what the message says')];
  }
}

function configured({ config: file, dataDir }: GivenOptions): { config?: Config; findings: Finding[] } {
  const check = 'configuration';
  try {
    const config = loadConfig({ file, flags: { dataDir } });
    const valid = ok(check, file === undefined ? 'no file is given, the defaults hold' : `${file} is valid`);
    return { config, findings: [valid, ...config.warnings.map((message): Finding => ({ check, state: 'warning', message }))] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { findings: [failed(check, error.message, 'correct what is listed; nothing else can be checked before')] };
  }
}
