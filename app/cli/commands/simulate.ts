import { resolve } from 'node:path';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Context } from '../context.ts';
import { interruptible } from '../interrupt.ts';
import type { Config } from '../../config/types.ts';
import { isBrokerUrl } from '../../config/brokerUrl.ts';
import { shown } from '../../config/issues.ts';
import { writeCsvFiles } from '../../simulator/csvFiles.ts';
import { ReadingGenerator } from '../../simulator/generator.ts';

/** What stands on the command line, as it was written there. */
export interface SimulateOptions {
  readonly files?: string | undefined;
  readonly mqtt?: string | undefined;
  readonly rows?: string | undefined;
  readonly seed?: string | undefined;
  readonly corrupt?: string | undefined;
  readonly out?: string | undefined;
}

/** One day of the ten simulated pumps. */
const DEFAULT_ROWS = 9600;
const DEFAULT_SEED = 1;
const MOST_ROWS = 1e10;
const MOST_FILES = 100_000;
/** Where the rows go when no topic is configured: the default of receivers.mqtt.topic. */
const DEFAULT_FILTER = 'pumps/+/readings';
/** Messages that a broker has not acknowledged yet. */
const IN_FLIGHT = 1000;

interface Job {
  readonly generator: ReadingGenerator;
  readonly rows: number;
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number) => void;
}

/**
 * `wellwatch simulate`: generated readings, the same for the same options, as files or over MQTT. One
 * summary line at the end. Throws USAGE for options that can't be used, BROKER_UNAVAILABLE and
 * INBOX_UNAVAILABLE when there is nowhere to put the readings.
 */
export async function simulate({ config, json, output, notes }: Context, options: SimulateOptions): Promise<number> {
  const rows = wholeNumber('--rows', options.rows, { least: 1, most: MOST_ROWS }) ?? DEFAULT_ROWS;
  const seed = wholeNumber('--seed', options.seed, { least: 0, most: Number.MAX_SAFE_INTEGER }) ?? DEFAULT_SEED;
  const files = wholeNumber('--files', options.files, { least: 1, most: MOST_FILES }) ?? 1;
  const corrupt = shareOf('--corrupt', options.corrupt) ?? 0;
  const { mqtt } = options;
  if (mqtt !== undefined && !isBrokerUrl(mqtt))
    throw new AppError('USAGE', `--mqtt: expected mqtt://host:1883 or mqtts://host:8883, got ${shown(mqtt)}`);
  if (mqtt !== undefined && options.out !== undefined) throw new AppError('USAGE', '--out: expected no folder together with --mqtt');

  const generator = new ReadingGenerator({ rows, seed, corrupt });
  const onProgress = (done: number) => notes.progress(`${Math.floor((done / rows) * 100)} % of ${counted(rows, 'row')}`);
  const written = await interruptible((signal) => {
    const job: Job = { generator, rows, signal, onProgress };
    if (mqtt !== undefined) return publish(mqtt, config, job);
    return writeCsvFiles({ ...job, files, dir: outFolder(options.out, config), name: `simulated-${seed}` });
  });
  notes.progress('');

  const { corrupted } = generator;
  if (json) output.line(JSON.stringify({ rows, corrupted, written }));
  else
    output.line(`Generated ${counted(rows, 'row')}, ${corrupted === 0 ? 'none' : corrupted.toLocaleString('en')} bad: ${where(written)}.`);
  await output.flush();
  return 0;
}

/** Publishes each row as a message of its own, at least once, and gives the broker's URL. */
async function publish(url: string, { receivers: { mqtt } }: Config, { generator, rows, signal, onProgress }: Job): Promise<string[]> {
  const { publishLines } = await import('../../simulator/publisher.ts');
  const filter = (mqtt ? mqtt.topics.find(({ format }) => format === undefined)?.topic : undefined) ?? DEFAULT_FILTER;
  const credentials = mqtt && mqtt.broker === 'external' && mqtt.url === url ? credentialsOf(mqtt) : {};
  await publishLines({
    url, qos: 1, maxInflight: IN_FLIGHT, signal,
    topicOf: (pump) => topicFor(filter, pump),
    lines: watched(),
    ...credentials,
  });
  signal.throwIfAborted();
  return [url];

  function* watched() {
    for (const line of generator.lines(rows)) {
      yield line;
      if (generator.generated % IN_FLIGHT === 0) onProgress(generator.generated);
    }
  }
}

/** The name and password for the site's own broker are for that one only. */
function credentialsOf({ username, password }: { readonly username?: string; readonly password?: string }) {
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

/** A topic of a pump that the configured filter matches: its wildcards stand for the pump. */
function topicFor(filter: string, pump: string): string {
  return filter.split('/').map((level) => (level === '+' || level === '#' ? pump : level)).join('/');
}

function outFolder(out: string | undefined, { receivers: { directory } }: Config): string {
  if (out !== undefined) return resolve(out);
  if (!directory) throw new AppError('USAGE', '--out: expected a folder, as receivers.directory is switched off and there is no inbox');
  return directory.path;
}

function where(written: readonly string[]): string {
  return written.length === 1 ? written[0] : `${written[0]} … ${written.at(-1)} (${counted(written.length, 'file')})`;
}

function wholeNumber(flag: string, text: string | undefined, { least, most }: { least: number; most: number }): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most))
    throw new AppError('USAGE', `${flag}: expected a whole number from ${least} to ${most}, got "${text}"`);
  return value;
}

function shareOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (!(value >= 0 && value <= 1)) throw new AppError('USAGE', `${flag}: expected a share from 0 to 1, such as 0.01, got "${text}"`);
  return value;
}
