import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import { type Measure, MEASURES } from '../../../domain/reading/measures.ts';
import type { Answers } from '../../preview/answers.ts';
import { type Decoded, replacedText } from '../../preview/decoded.ts';
import { type Preview, previewOf } from '../../preview/preview.ts';
import { readSample, type Sample } from '../../preview/sample.ts';
import { leftOutText } from '../../run/leftOutNews.ts';
import type { Context } from '../context.ts';
import { measureColumns } from '../measureHeads.ts';
import { printable, TextTable } from '../textTable.ts';

export interface PreviewCommandOptions {
  /** A format of the configuration. */
  readonly format?: string;
  readonly dateOrder?: string;
  readonly decimal?: string;
  readonly pump?: string;
  readonly pumpColumn?: string;
  /** `psi=NAME`, each. */
  readonly measure?: readonly string[];
  /** Words with commas between. */
  readonly good?: string;
}

const SHOWN_RAW = 60;

/**
 * `wellwatch preview`: what a file would become, and the entry of the configuration that makes it so. Stores nothing. Gives 1
 * when there are questions or the file would be refused. Throws USAGE.
 */
export async function preview({ config, json, output, notes }: Context, path: string, options: PreviewCommandOptions): Promise<number> {
  const { format } = options;
  if (format !== undefined && !config.formats.some(({ name }) => name === format))
    throw new AppError(
      'USAGE',
      `--format: expected a format of the configuration (${config.formats.map(({ name }) => name).join(', ') || 'it has none'}), got "${format}"`,
    );
  const sample = await readSample(path);
  const found = previewOf(sample, { config, format, answers: answersOf(options), now: Date.now() });
  if (json) output.line(jsonOf(found));
  else show(found, sample, output);
  await output.flush();
  for (const question of found.questions) notes.say(printable(question));
  return found.questions.length > 0 || found.decoded?.refusal !== undefined ? 1 : 0;
}

function answersOf({ dateOrder, decimal, pump, pumpColumn, measure = [], good }: PreviewCommandOptions): Answers {
  if (decimal !== undefined && decimal !== 'comma' && decimal !== 'point')
    throw new AppError('USAGE', `--decimal: expected comma or point, got "${decimal}"`);
  if (dateOrder !== undefined && dateOrder !== 'day' && dateOrder !== 'month')
    throw new AppError('USAGE', `--date-order: expected day or month, got "${dateOrder}"`);
  const measures = measure.map((text) => {
    const [name, place] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
    if (!MEASURES.includes(name as Measure) || place === '')
      throw new AppError(
        'USAGE',
        `--measure: expected ${MEASURES.join(', ')}, = and a name in the file, such as psi=Druck, got "${text}"`,
      );
    return [name, place];
  });
  return { dateOrder, decimal, pump, pumpColumn, measures: Object.fromEntries(measures) as Answers['measures'], good: good?.split(',') };
}

function jsonOf({ form, format, found, questions, entry, yaml, decoded, leftOut }: Preview): string {
  return JSON.stringify({
    form,
    format,
    found,
    questions,
    entry,
    yaml,
    rows: decoded?.rows ?? 0,
    readings: decoded?.readings.map(({ pump, at, values }) => ({ pump, at, ...values })) ?? [],
    rejected: decoded?.rejected ?? 0,
    replaced: decoded?.replaced ?? 0,
    rejects: decoded?.rejects.map(({ line, reason, raw }) => ({ line, reason, raw })) ?? [],
    refused: decoded?.refusal ?? null,
    leftOut: leftOut ?? null,
  });
}

function show({ found, yaml, decoded, leftOut }: Preview, { name, isCut }: Sample, output: Context['output']): void {
  output.line(printable(`${name}${isCut ? ' (its first 4 MiB)' : ''}:`));
  for (const line of found) output.line(`  ${printable(line)}`);
  if (decoded) showDecoded(decoded, output);
  for (const line of leftOut ? leftOutText(leftOut) : []) output.line(printable(line));
  if (yaml === null) return;
  output.line('\nTo have such files read so, add this to the configuration:\n');
  for (const line of yaml.trimEnd().split('\n')) output.line(line);
}

function showDecoded({ readings, rows, rejects, rejected, replaced, refusal }: Decoded, output: Context['output']): void {
  output.line('');
  if (refusal !== undefined) return output.line(printable(`It would be refused: ${refusal}`));
  const table = new TextTable([{ head: 'Pump' }, { head: 'At' }, ...measureColumns()], output);
  table.add(readings.map(({ pump, at, values }) => [pump, at, ...MEASURES.map((measure) => values[measure]?.toString() ?? '')]));
  table.end(
    `${counted(rows, 'row')} would be taken, ${counted(rejected, 'reject')}${readings.length < rows ? '; these are the first' : ''}.`,
  );
  const replacedOnes = replacedText(replaced);
  if (replacedOnes !== undefined) output.line(`${replacedOnes} Say --pump-column NAME`);
  if (rejects.length === 0) return;
  output.line('');
  const bad = new TextTable(
    [
      { head: 'Line', align: 'right' },
      { head: 'Reason', clipTo: 40 },
      { head: 'Row', clipTo: 12, rank: 1 },
    ],
    output,
  );
  bad.add(rejects.map(({ line, reason, raw }) => [String(line), reason, raw.slice(0, SHOWN_RAW)]));
  bad.end();
}
